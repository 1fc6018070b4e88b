"""A toy company on private servers, for each test anew."""

import secrets
from collections.abc import Iterator
from pathlib import Path

import pytest

from deploy.local.servers import Installation, PrivateServers
from tests.integration.rabbit.company import Company


@pytest.fixture
def company(servers: PrivateServers, tmp_path: Path) -> Iterator[Company]:
    installation = _installed(servers)
    made = Company(installation, tmp_path)
    try:
        yield made
    finally:
        made.close()
        servers.remove(installation)


@pytest.fixture
def own_servers() -> Iterator[PrivateServers]:
    """Servers for one test that crashes the broker.

    Where a virtual host is removed just after a crash, RabbitMQ 3.10 may lose what starts its dead-letter workers, and
    refuses every later queue that has one. The next test must not find such a broker.
    """
    with PrivateServers(durable=False) as servers:
        yield servers


@pytest.fixture
def own_company(own_servers: PrivateServers, tmp_path: Path) -> Iterator[Company]:
    """A company on the test's own servers; it goes when they go."""
    made = Company(_installed(own_servers), tmp_path)
    try:
        yield made
    finally:
        made.close()


def _installed(servers: PrivateServers) -> Installation:
    return servers.install(["mill", "bakery", "gateway"], name=f"toy_{secrets.token_hex(4)}")

"""Fixtures that give a test real servers: private RabbitMQ and PostgreSQL, started once when the first test asks.

A conftest hands them on: `from tests.servers import installation, servers`. Under pytest-xdist each worker has its
own pair, so that what one test does to them does not disturb those beside it.
"""

import secrets
from collections.abc import Iterator

import pytest

from deploy.local.servers import Installation, PrivateServers
from deploy.services import SERVICES


@pytest.fixture(scope="session")
def servers() -> Iterator[PrivateServers]:
    """A private RabbitMQ and PostgreSQL, gone after the session."""
    with PrivateServers(durable=False) as running:
        yield running


@pytest.fixture
def installation(servers: PrivateServers) -> Iterator[Installation]:
    """A Huotong of the test's own: a fresh virtual host, and a fresh database per service."""
    fresh = servers.install(SERVICES, name=f"test_{secrets.token_hex(4)}")
    yield fresh
    servers.remove(fresh)

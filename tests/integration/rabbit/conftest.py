"""A toy company on private servers, for each test anew."""

import secrets
from collections.abc import Iterator
from pathlib import Path

import pytest

from deploy.local.servers import PrivateServers
from tests.integration.rabbit.company import Company


@pytest.fixture
def company(servers: PrivateServers, tmp_path: Path) -> Iterator[Company]:
    installation = servers.install(["mill", "bakery", "gateway"], name=f"toy_{secrets.token_hex(4)}")
    made = Company(installation, tmp_path)
    try:
        yield made
    finally:
        made.close()
        servers.remove(installation)

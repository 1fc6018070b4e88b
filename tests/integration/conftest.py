"""What every test here shares: they run against real servers."""

import pytest

from tests.servers import installation, servers

_SERVERS = {"servers", "own_servers"}
__all__ = ["installation", "servers"]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark the tests that ask for servers, so that they can be left out."""
    for item in items:
        if isinstance(item, pytest.Function) and not _SERVERS.isdisjoint(item.fixturenames):
            item.add_marker("servers")

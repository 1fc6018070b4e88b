"""What every test here shares: they run against real servers."""

from pathlib import Path

import pytest

from tests.servers import installation, servers

_SERVERS = {"servers", "own_servers"}
__all__ = ["installation", "servers"]


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.servers)])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """An empty database of each kind in turn."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'test.db'}"
    url: str = request.getfixturevalue("installation").services["sales"].database_url
    return url


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark the tests that ask for servers, so that they can be left out."""
    for item in items:
        if isinstance(item, pytest.Function) and not _SERVERS.isdisjoint(item.fixturenames):
            item.add_marker("servers")

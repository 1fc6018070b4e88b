"""A migration killed or frozen half-way leaves the database as it was, and the next one brings it up to date."""

import os
import secrets
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import text

from deploy.local.processes import wait_until
from deploy.local.servers import Installation, PrivateServers
from deploy.services import SERVICES
from services.commands.installation import every_service
from services.commands.migrate import HOME
from services.commands.processes import PROJECT, huotong
from shared.storage.engine import open_engine
from shared.storage.migrations import drift
from tests.faults import striking
from tests.faults.sizes import FROZEN_SECONDS, FULL
from tests.faults.stage import SECONDS, is_stopped
from tests.faults.striking import Point, Strike
from tests.faults.table import PROPERTY, Row, packed

pytestmark = [pytest.mark.servers, pytest.mark.full]
_ENTRY = (
    f"import sys; sys.path.insert(0, {str(PROJECT)!r}); from tests.faults.struck_migration import main; "
    "sys.exit(main(sys.argv[1:]))"
)
_WAITING = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
_SERVICES = {service.name: service for service in every_service()}
_SOME = list(_SERVICES) if FULL else ["sales"]
Record = Callable[[str, object], None]


@pytest.fixture
def installation(servers: PrivateServers) -> Iterator[Installation]:
    """Databases with nothing in them."""
    fresh = servers.install(SERVICES, name=f"empty_{secrets.token_hex(4)}")
    yield fresh
    servers.remove(fresh)


@contextmanager
def struck(
    service: str, strike: Strike, installation: Installation, folder: Path
) -> Iterator["subprocess.Popen[bytes]"]:
    """A migration that has come to the point where it is struck."""
    striking.order(folder, "migrate", strike)
    settings = {**os.environ, striking.FOLDER: str(folder), "HUOTONG_DATABASE_URL": url(installation, service)}
    process = subprocess.Popen([sys.executable, "-c", _ENTRY, service], env=settings)
    try:
        assert wait_until(lambda: not striking.is_due(folder, "migrate"), SECONDS)
        yield process
    finally:
        process.kill()
        process.wait()


@pytest.mark.parametrize("passes", [1, 2], ids=["between its histories", "before commit"])
@pytest.mark.parametrize("service", _SOME)
def test_a_migration_is_killed(
    service: str, passes: int, installation: Installation, tmp_path: Path, record_property: Record
):
    strike = Strike(Point.MIGRATING, signal.SIGKILL, passes)
    with struck(service, strike, installation, tmp_path) as process:
        assert process.wait(SECONDS) == -signal.SIGKILL
    began = time.monotonic()
    assert migrated(installation, service).wait(SECONDS) == 0
    assert not differences(installation, service)
    fault = f"kill -9 of the migration of {service}, pass {passes}"
    record_property(PROPERTY, row(fault, "undone whole; the next one does all", began))


@pytest.mark.parametrize("service", _SOME)
def test_a_migration_is_frozen_while_another_comes(
    service: str, installation: Installation, tmp_path: Path, record_property: Record
):
    strike = Strike(Point.MIGRATING, signal.SIGSTOP, 1)
    with struck(service, strike, installation, tmp_path) as process:
        assert wait_until(lambda: is_stopped(process.pid), SECONDS)
        other = migrated(installation, service)
        assert wait_until(lambda: is_awaited(installation, service), SECONDS)
        with pytest.raises(subprocess.TimeoutExpired):
            other.wait(FROZEN_SECONDS)
        os.kill(process.pid, signal.SIGCONT)
        began = time.monotonic()
        assert (process.wait(SECONDS), other.wait(SECONDS)) == (0, 0)
    assert not differences(installation, service)
    fault = f"{FROZEN_SECONDS:g} s of SIGSTOP of the migration of {service}, another started meanwhile"
    record_property(PROPERTY, row(fault, "the other waits; both end well", began))


def migrated(installation: Installation, service: str) -> "subprocess.Popen[bytes]":
    settings = {**os.environ, "HUOTONG_DATABASE_URL": url(installation, service)}
    return subprocess.Popen(huotong("migrate", service), env=settings)


def is_awaited(installation: Installation, service: str) -> bool:
    """Whether someone waits for the frozen one."""
    engine = open_engine(url(installation, service))
    with engine.connect() as connection:
        waiting = connection.scalar(text(_WAITING))
    engine.dispose()
    return bool(waiting)


def differences(installation: Installation, service: str) -> list[object]:
    engine = open_engine(url(installation, service))
    found = drift(_SERVICES[service], engine)
    engine.dispose()
    return found


def url(installation: Installation, service: str) -> str:
    return installation.services[HOME.get(service, service)].database_url


def row(fault: str, outcome: str, began: float) -> list[object]:
    return packed(Row(fault, outcome, 0, time.monotonic() - began, "tables as declared"))

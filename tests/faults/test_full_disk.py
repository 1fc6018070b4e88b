"""The database's disk is full: what cannot be written is refused or waits, and is written when there is room again."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg2
import pytest

from deploy.local.servers import PrivateServers
from tests.faults.administrator import transaction
from tests.faults.conftest import Try
from tests.faults.sizes import LASTING_SECONDS
from tests.faults.stage import Trial

pytestmark = [pytest.mark.servers, pytest.mark.full]
_SIZE = "600m"
_FULL = "No space left on device"
_MEGABYTE = b"\0" * 1_000_000


@pytest.fixture(scope="module")
def servers() -> Iterator[PrivateServers]:
    """Servers of which the database has its data on a small disk."""
    with PrivateServers(durable=False) as running, mounted(disk_of(running)) as disk:
        running.database.stop()
        here, there = running.folder / "postgresql", disk / "postgresql"
        shutil.copytree(here, there)
        give(there, like=here)
        shutil.rmtree(here)
        here.symlink_to(there)
        running.restart_database()
        yield running
        running.database.kill()


def disk_of(servers: PrivateServers) -> Path:
    return servers.folder / "disk"


@contextmanager
def mounted(folder: Path) -> Iterator[Path]:
    """A small disk of our own; where we are not root, `sudo` must let us mount it without asking."""
    folder.mkdir()
    as_root = [] if os.geteuid() == 0 else ["sudo", "-n"]
    mount = ["mount", "-t", "tmpfs", "-o", f"size={_SIZE},mode=0777", "tmpfs", str(folder)]
    subprocess.run([*as_root, *mount], check=True)
    try:
        yield folder
    finally:
        subprocess.run([*as_root, "umount", "--lazy", str(folder)], check=True)


def give(there: Path, like: Path) -> None:
    """Make everything in a folder the server's, and the folder itself closed to others, as it insists upon."""
    owner = like.stat()
    for each in [there, *there.rglob("*")]:
        os.chown(each, owner.st_uid, owner.st_gid)
    there.chmod(0o700)


def test_the_disk_of_the_database_is_full(attempt: Try):
    with attempt(f"database's disk full for {LASTING_SECONDS:g} s") as trial, filled(trial):
        trial.until(lambda: _FULL in said(trial), "the database saying so")
        trial.last(LASTING_SECONDS)
        trial.outcome = "nothing lost, nothing doubled; what needs room waits, the server stands"


def test_the_database_cannot_write_its_log_ahead(attempt: Try):
    with attempt(f"database's disk full, its write-ahead log too, for {LASTING_SECONDS:g} s") as trial, filled(trial):
        trial.until(lambda: not is_written(trial), "the log of writes standing still")
        trial.last(LASTING_SECONDS)
        trial.outcome = "nothing lost, nothing doubled; the server panics, is there again when there is room"


@contextmanager
def filled(trial: Trial) -> Iterator[None]:
    """Have no room on the disk; afterwards a server that ended is started again, as by who looks after it."""
    servers = trial.stage.servers
    filler = disk_of(servers) / "filler"
    fill(filler)
    try:
        yield
    finally:
        filler.unlink()
    if not servers.database.running:
        servers.restart_database()
    trial.has_recovered()


def is_written(trial: Trial) -> bool:
    """Begin another segment of the write-ahead log; whether the server could."""
    try:
        with transaction(trial.stage, "sales") as statements:
            statements.execute("SELECT pg_logical_emit_message(false, '', ''), pg_switch_wal()")
    except psycopg2.OperationalError:
        return False
    return True


def fill(filler: Path) -> None:
    """Take all the room there is."""
    try:
        with filler.open("wb", buffering=0) as file:
            while file.write(_MEGABYTE):
                pass
    except OSError:
        return


def said(trial: Trial) -> str:
    """What the server has logged."""
    return (trial.stage.servers.folder / "postgresql.log").read_text(errors="replace")

"""The database's disk is full: what cannot be written is refused or waits, and is written when there is room again."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from deploy.local.servers import PrivateServers
from tests.faults.conftest import Try
from tests.faults.sizes import LASTING_SECONDS
from tests.faults.stage import Trial

pytestmark = [pytest.mark.servers, pytest.mark.full]
_SIZE = "600m"
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
    with attempt(f"database's disk full for {LASTING_SECONDS:g} s") as trial:
        filler = disk_of(trial.stage.servers) / "filler"
        fill(filler)
        trial.until(lambda: "No space left on device" in said(trial), "the database saying so")
        trial.last(LASTING_SECONDS)
        stood = trial.stage.servers.database.running
        filler.unlink()
        if not stood:
            trial.stage.servers.restart_database()
        trial.outcome = f"nothing lost, nothing doubled; the server {'stood' if stood else 'ended, was started again'}"
        trial.has_recovered()


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

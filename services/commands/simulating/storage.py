"""A service's database that fails when a fault strikes: before a transaction is committed, or after."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from sqlalchemy import Engine
from sqlalchemy.exc import OperationalError

from services.commands.simulating.faults import Faults
from services.commands.simulating.ids import CausedIds
from shared.runtime.registry import Service
from shared.storage.backbone import BACKBONE
from shared.storage.database import Database
from shared.storage.engine import open_engine
from shared.storage.session import Session

_BEFORE, _AFTER = "before commit", "after commit"
_MOST_FAILURES = 3
"""What fails more often in a row is given up by rule: a dead letter, or an answer that the service is busy."""


class Killed(BaseException):
    """A process died here. `service` is the one whose process it was, none where it ran the whole company."""

    def __init__(self, service: str | None) -> None:
        super().__init__(service)
        self.service = service


@dataclass
class Doing:
    """What is being done at the moment: what a fault in a transaction is named by."""

    what: str = ""


class FaultyDatabase(Database):
    """A database on which faults strike.

    `uncertain`: a transaction was committed, but whoever asked for it was told that it failed.
    """

    def __init__(self, name: str, folder: Path, faults: Faults, doing: Doing, ids: CausedIds) -> None:
        super().__init__(engine_of(name, folder))
        self._name, self._faults, self._doing, self._ids = name, faults, doing, ids
        self._failures, self.uncertain = 0, False

    @contextmanager
    def transaction(self, *claims: str) -> Iterator[Session]:
        """As it is, but it may fail or kill before the commit or after it."""
        at = self._faults.time("transaction", f"{self._name}, {self._doing.what}")
        self._ids.begin_transaction()
        with super().transaction(*claims) as session:
            yield session
            self._strike(_BEFORE, at)
        self._ids.commit()
        self._strike(_AFTER, at)
        self._failures = 0

    def _strike(self, moment: str, at: str) -> None:
        if self._faults.strikes(f"process killed {moment}", at):
            raise Killed(None)
        if self._faults.strikes(f"service killed {moment}", at):
            raise Killed(self._name)
        if self._failures < _MOST_FAILURES and self._faults.strikes(f"failed {moment}", at):
            self._failures, self.uncertain = self._failures + 1, self.uncertain or moment == _AFTER
            raise OperationalError(moment, None, ConnectionError(f"simulated fault {moment}"))


@cache
def engine_of(name: str, folder: Path) -> Engine:
    """The engine over a service's file: the same one after every death, as the statements it knows cost much to make.

    Its connections do not outlive a death: they are closed, and what they had not committed is gone.
    """
    return open_engine(f"sqlite:///{folder / name}.db")


def create(service: Service, folder: Path) -> None:
    """A new, empty database of a service."""
    engine = engine_of(service.name, folder)
    BACKBONE.create_all(engine)
    service.metadata.create_all(engine)
    engine.dispose()

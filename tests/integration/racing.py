"""What a service is told and asked by many at the same moment, on a database of its own on a private PostgreSQL."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from threading import Barrier
from typing import Any

import pytest

from deploy.local.servers import Installation
from shared.runtime.delivery import Delivery
from shared.runtime.registry import Service
from shared.storage.database import Database
from shared.storage.engine import open_engine
from shared.storage.migrations import migrate
from tests import company
from tests.company import Company

TRIES = 10


@contextmanager
def on_postgresql(service: Service, installation: Installation, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Companies under test made meanwhile keep this service's rows there."""
    engine = open_engine(installation.services[service.name].database_url)
    migrate(service, engine)
    monkeypatch.setattr(company, "_database", lambda _service, _folder: Database(engine))
    yield
    engine.dispose()


def race(there: Company, service: str, *moves: Delivery | Callable[[], Any]) -> list[Any]:
    """Make all moves from the same moment on; what came of each. A delivery put off is tried again."""
    start, receiver = Barrier(len(moves)), there.runtime.receivers[service]

    def make(move: Delivery | Callable[[], Any]) -> Any:
        start.wait()
        if not isinstance(move, Delivery):
            return move()
        outcomes = (receiver.take_apart(move) for _ in range(TRIES))
        return next(outcome for outcome in outcomes if isinstance(outcome, str))

    with ThreadPoolExecutor(len(moves)) as pool:
        outcomes = list(pool.map(make, moves))
    there.settle()
    return outcomes

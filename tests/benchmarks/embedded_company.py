"""A company on the embedded runtime in this process, with everything but sockets between caller and services."""

import random
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

from gateway.app import create_app
from gateway.identity.bootstrap import api_key, bootstrap
from gateway.identity.service import IDENTITY, identity_dispatcher
from services.commands.demo import DEMO
from services.commands.embedded import UNLIMITED
from services.commands.installation import DOMAINS, every_service
from shared.kernel.clocks import Clock, SetClock, SystemClock
from shared.kernel.ids import RandomIds
from shared.runtime.embedded import EmbeddedRuntime
from shared.runtime.installation import open_databases
from tests.benchmarks.callers import InProcess, Unexpected

_REST_SECONDS = 300.0
_TICK = timedelta(milliseconds=7)


@dataclass(frozen=True)
class EmbeddedCompany:
    """The runtime, who may do everything in it, and how everything told is brought to everyone who listens."""

    runtime: EmbeddedRuntime
    caller: InProcess
    rest: Callable[[], None]


@contextmanager
def threaded_company(folder: Path) -> Iterator[EmbeddedCompany]:
    """The company as `huotong run-embedded` serves it: a thread per service."""
    with _made(folder, SystemClock(), RandomIds(), threads=True) as company:
        company.runtime.start()
        try:
            yield company
        finally:
            company.runtime.stop()


@contextmanager
def stepping_company(folder: Path) -> Iterator[EmbeddedCompany]:
    """The company as `huotong replay` lives it: in one thread, facts delivered when someone waits for them."""
    with _made(folder, SystemClock(), RandomIds(), threads=False) as company:
        yield company


@contextmanager
def repeatable_company(folder: Path, seed: int) -> Iterator[EmbeddedCompany]:
    """The same with a set clock and seeded ids, so that a run repeats to the call."""
    with _made(folder, _SteadyClock(), RandomIds(random.Random(seed)), threads=False) as company:
        yield company


class _SteadyClock(SetClock):
    """Moves on by the same step whenever it is read."""

    def __init__(self) -> None:
        super().__init__(datetime(2026, 3, 2, 1, 0, tzinfo=UTC))

    def now(self) -> datetime:
        self.advance(_TICK / 1000)
        return super().now()


@contextmanager
def _made(folder: Path, clock: Clock, ids: RandomIds, *, threads: bool) -> Iterator[EmbeddedCompany]:
    """Without threads the gateway, where it would wait for a delivery, makes the deliveries itself."""
    databases = open_databases(every_service(), folder)
    identity = identity_dispatcher(databases[IDENTITY.name], clock, ids)
    bootstrap(identity, DEMO, {"system": "measured by a yardstick"})
    domains: dict[str, Any] = {service.name: databases[service.name] for service in DOMAINS}
    runtime = EmbeddedRuntime(DOMAINS, domains, clock, ids)
    contracts = [service.contract for service in DOMAINS]
    pause = time.sleep if threads else lambda _: runtime.settle()
    app = create_app(runtime, identity, contracts, UNLIMITED, sleep=pause)
    try:
        caller = InProcess(app, api_key(identity, DEMO.code, "system"))
        yield EmbeddedCompany(runtime, caller, partial(_wait, runtime) if threads else runtime.settle)
    finally:
        for database in databases.values():
            database.engine.dispose()


def _wait(runtime: EmbeddedRuntime) -> None:
    if not runtime.until_quiet(_REST_SECONDS):
        raise Unexpected("the company did not come to rest")

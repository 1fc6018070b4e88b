"""A company on the embedded runtime in this process, with everything but sockets between caller and services."""

import random
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
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
    """The runtime, and who may do everything in it."""

    runtime: EmbeddedRuntime
    caller: InProcess

    def rest(self) -> None:
        """Wait until the runtime's threads have delivered everything."""
        if not self.runtime.until_quiet(_REST_SECONDS):
            raise Unexpected("the company did not come to rest")

    def deliver(self) -> None:
        """Deliver everything in this thread."""
        deliver(self.runtime)


def deliver(runtime: EmbeddedRuntime) -> None:
    """Deliver everything in this thread, in the batches a service's thread would find, until nothing moves."""
    boxes = runtime._boxes
    while due := [name for name, box in boxes.items() if box.due]:
        for name in due:
            runtime._safely(name, runtime._next_batch(name))
    for name in boxes:
        runtime._mark_told(name)


@contextmanager
def embedded_company(folder: Path) -> Iterator[EmbeddedCompany]:
    """The company as it runs: a thread per service, the machine's clock."""
    with _made(folder, SystemClock(), RandomIds()) as company:
        company.runtime.start()
        try:
            yield company
        finally:
            company.runtime.stop()


@contextmanager
def repeatable_company(folder: Path, seed: int) -> Iterator[EmbeddedCompany]:
    """The company without threads, its clock set and its ids seeded, so that a run repeats to the call."""
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
def _made(folder: Path, clock: Clock, ids: RandomIds, *, threads: bool = True) -> Iterator[EmbeddedCompany]:
    """Without threads the gateway, where it would wait for a delivery, makes the deliveries itself."""
    databases = open_databases(every_service(), folder)
    identity = identity_dispatcher(databases[IDENTITY.name], clock, ids)
    bootstrap(identity, DEMO, {"system": "measured by a yardstick"})
    domains: dict[str, Any] = {service.name: databases[service.name] for service in DOMAINS}
    runtime = EmbeddedRuntime(DOMAINS, domains, clock, ids)
    contracts = [service.contract for service in DOMAINS]
    pause = time.sleep if threads else lambda _: deliver(runtime)
    app = create_app(runtime, identity, contracts, UNLIMITED, sleep=pause)
    try:
        yield EmbeddedCompany(runtime, InProcess(app, api_key(identity, DEMO.code, "system")))
    finally:
        for database in databases.values():
            database.engine.dispose()

"""While a company trades, each of its processes, the broker and the database are killed: nothing is lost or doubled.

The replay asks on, as any client should; the supervisor starts again what ended. What was lived is then what an
undisturbed company lives, to the cent: nothing runs short on these two days, so no two orders race for a last unit.
"""

import os
import random
import signal
import threading
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from deploy.local.servers import PrivateServers
from services.commands import audit
from services.commands.client import Client, Json
from services.commands.living.day import Life
from services.commands.living.figures import figures
from services.commands.living.people import JOBS, Clerk
from services.commands.proof.report import lines as proof_lines
from services.commands.replay import extent, live
from services.commands.trade.generate import write
from services.commands.trade.plan import Window
from shared.contracts.operations import Operation
from tests.flows.gateways import Gateway, Stack, embedded, stack

pytestmark = pytest.mark.servers
WINDOW = Window(days=2)
STAFFED = 2 * len(JOBS) + 1
"""Writes until everyone has an account: before that people sign in, and whoever cannot sign in is told so at once."""
BETWEEN = range(10, 40)
"""Writes from one kill to the next; the two days have some 400."""
SECONDS = 120


class Pace:
    """Counts the writes a replay has begun, so that things happen at a point of it."""

    def __init__(self) -> None:
        self.writes = 0
        self._begun = threading.Condition()

    def count(self) -> None:
        """Another write begins."""
        with self._begun:
            self.writes += 1
            self._begun.notify_all()

    def reached(self, moment: int) -> bool:
        """Whether that many writes have begun."""
        return self.writes >= moment

    def wait(self, seconds: float) -> None:
        """Until another write begins, at most so long."""
        with self._begun:
            self._begun.wait(seconds)


class Killer:
    """Kills what a company consists of while it lives, and sees that it comes back."""

    def __init__(self, stack: Stack, servers: PrivateServers, life: Future[Life], pace: Pace) -> None:
        self._stack, self._servers, self._life, self._pace = stack, servers, life, pace

    def victims(self) -> Mapping[str, Callable[[], None]]:
        """Everything that can be killed, by its name."""
        processes = {name: partial(self._kill, name) for name in self._stack.supervisor.running()}
        return {**processes, "broker": self._crash_broker, "database": self._crash_database}

    def until(self, done: Callable[[], bool], what: str) -> None:
        """Keep the processes running until something is so; a replay that failed ends the test."""

        def so() -> bool:
            if self._life.done():
                self._life.result()
            return done()

        self._stack.until(so, what, SECONDS, self._pace.wait)

    def _kill(self, name: str) -> None:
        pid = self._stack.supervisor.running()[name]
        os.kill(pid, signal.SIGKILL)
        self.until(lambda: self._stack.supervisor.running().get(name, pid) != pid, f"another {name}")

    def _crash_broker(self) -> None:
        self._servers.kill_broker()
        self.until(lambda: not self._stack.gateway.ready(), "an outage of the broker")
        self._servers.restart_broker()

    def _crash_database(self) -> None:
        self._servers.kill_database()
        self.until(lambda: not self._stack.gateway.ready(), "an outage of the database")
        self._servers.restart_database()


@pytest.fixture(scope="module")
def servers() -> Iterator[PrivateServers]:
    """Servers of this module's own: it crashes them."""
    with PrivateServers(durable=False) as started:
        yield started


@pytest.fixture
def pace(monkeypatch: pytest.MonkeyPatch) -> Pace:
    counting = Pace()
    plain = Client.do

    def counted(client: Client, operation: Operation[Any, Any], **fields: Any) -> Json:
        if operation.writes:
            counting.count()
        return plain(client, operation, **fields)

    monkeypatch.setattr(Client, "do", counted)
    return counting


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "trade.csv"
    write(path, 2, seed=7)
    return path


@pytest.fixture
def running(servers: PrivateServers, tmp_path: Path) -> Iterator[Stack]:
    with stack(servers, tmp_path) as started:
        yield started


def lived(gateway: Gateway, file: Path) -> Life:
    return live(gateway.enter, file, WINDOW, "KILLED", seed=1)


@pytest.mark.parametrize("seed", [1, *(pytest.param(seed, marks=pytest.mark.full) for seed in (2, 3, 4, 5))])
def test_every_part_is_killed_once_and_the_company_lives_as_if_nothing_had_been(
    seed: int, running: Stack, servers: PrivateServers, pace: Pace, file: Path, tmp_path: Path
):
    chance = random.Random(seed)
    with ThreadPoolExecutor(1) as thread:
        future = thread.submit(lived, running.gateway, file)
        killer = Killer(running, servers, future, pace)
        moment = STAFFED
        for name, strike in chance.sample(sorted(killer.victims().items()), k=len(killer.victims())):
            moment = max(moment, pace.writes) + chance.choice(BETWEEN)
            killer.until(partial(pace.reached, moment), f"write {moment}, to kill {name} at")
            assert not future.done(), f"the replay ended before {name} was killed"
            strike()
        killer.until(future.done, "the end of the replay")
        life = future.result()
    total, expected = life.office.outcomes.counts.total, extent(file, WINDOW)
    assert (total.lines, total.value) == (expected.lines, expected.value)
    assert isinstance(life.office.staff.operator, Clerk)
    proof = audit.take(life.office.staff.operator.client, wait=30)
    assert not proof.broken, "\n".join(proof_lines(proof))
    with embedded(tmp_path / "calm") as gateway:
        calm = lived(gateway, file)
        assert life.office.booked == calm.office.booked
        assert figures(life.office, life.first_day) == figures(calm.office, calm.first_day)

"""The clients of a run: a process that places orders, started, held back and stopped from here."""

import json
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil
from typing import IO, Self

from services.commands.processes import PROJECT
from tests.benchmarks.callers import Unexpected
from tests.benchmarks.stack import PLACED, Stack, Stage

_NO_LIMIT = 10**9
_LONGEST_SECONDS = 600.0
_LOOK = 0.05
_STEPS = 5
_EVENLY_SECONDS = 0.25
_CREATED, _TOO_BUSY = 201, (503, 504)


@dataclass(frozen=True)
class Placed:
    """One order as its client saw it; times are of CLOCK_MONOTONIC, which all processes share."""

    due: float
    answered: float
    order: str

    @property
    def seconds(self) -> float:
        """How long the client waited, from when it wanted to send."""
        return self.answered - self.due


class Clients:
    """A process of clients, at most so long and for so many orders, at a `rate` per second or as fast as answered."""

    def __init__(
        self, stack: Stack, connections: int, seed: int, *, seconds: float = _LONGEST_SECONDS,
        orders: int | None = None, rate: float | None = None, hot: bool = False,
    ) -> None:  # fmt: skip
        self.unanswered = 0
        self._plan = {
            "port": stack.port,
            "token": stack.token,
            "items": stack.market.items,
            "customers": stack.market.customers,
            "connections": connections,
            "seconds": seconds,
            "orders": orders,
            "seed": seed,
            "rate": rate,
            "hot": hot,
        }

    def __enter__(self) -> Self:
        """Start and connect; nothing is placed yet."""
        command = [sys.executable, "-m", "tests.benchmarks.load"]
        pipe = subprocess.PIPE
        self._process = subprocess.Popen(command, cwd=PROJECT, stdin=pipe, stdout=pipe, text=True)
        self._say(json.dumps(self._plan))
        if self._output.readline() != "ready\n":
            raise Unexpected("the clients could not connect")
        return self

    def __exit__(self, *_: object) -> None:
        """End the process, however far it is."""
        self._process.kill()
        self._process.wait()
        self._output.close()

    def allow(self, orders: int = _NO_LIMIT) -> None:
        """Let so many be placed in all from the start; the first call is the start."""
        self._say(str(orders))

    def results(self) -> Sequence[Placed]:
        """What was placed, once the plan is carried out. Raises Unexpected where an order was refused.

        A gateway too busy to answer in time is no refusal; such orders are counted in `unanswered` alone.
        """
        done = json.loads(self._output.read())
        self.unanswered = sum(1 for _, _, status, _ in done if status in _TOO_BUSY)
        refused = {status for _, _, status, _ in done} - {_CREATED, *_TOO_BUSY}
        if refused:
            raise Unexpected(f"orders were refused with {sorted(refused)}")
        return [Placed(due, answered, order) for due, answered, status, order in done if status == _CREATED]

    def stop(self) -> Sequence[Placed]:
        """Place nothing more; what was placed."""
        self._input.close()
        return self.results()

    @property
    def _input(self) -> IO[str]:
        assert self._process.stdin is not None
        return self._process.stdin

    @property
    def _output(self) -> IO[str]:
        assert self._process.stdout is not None
        return self._process.stdout

    def _say(self, line: str) -> None:
        self._input.write(f"{line}\n")
        self._input.flush()


def keep_up(stack: Stack, clients: Clients, end: Stage, window: int, seconds: float, *, evenly: bool = False) -> None:
    """For so long, let clients be no more than `window` orders ahead of what has come to `end`.

    Consumers work in batches. Where more is allowed as each ends, all clients send at that moment, as people who do not
    know of each other never do. Where it matters how long they wait it is allowed `evenly`, over a quarter of a second.
    """
    already = stack.reached(end)
    until = time.monotonic() + seconds
    allowed, share = 0.0, _LOOK / _STEPS / _EVENLY_SECONDS if evenly else 1.0
    while time.monotonic() < until:
        most = stack.reached(end) - already + window
        for _ in range(_STEPS):
            allowed += (most - allowed) * share
            clients.allow(int(allowed))
            time.sleep(_LOOK / _STEPS)


def come_to_rest(stack: Stack, end: Stage) -> float:
    """Wait until everything placed has come to `end` and every fact is taken in; how many seconds that took."""
    began = time.monotonic()
    stack.wait(end, stack.reached(PLACED))
    stack.rest()
    return time.monotonic() - began


def percentile(values: Sequence[float], share: float) -> float:
    """The value below which this share of the values lies, by nearest rank."""
    ordered = sorted(values)
    return ordered[max(0, ceil(share * len(ordered)) - 1)]

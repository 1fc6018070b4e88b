"""Strikes: where in a service's work a process is to be killed or frozen, and how that is asked of it.

A test puts an order down as a file; the process, at each pass of the point named there, counts, and at the last one
takes the file away and strikes itself. So one set of processes serves many tests, and none has a hook in its own code.
"""

import json
import os
import signal
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

FOLDER = "HUOTONG_TEST_STRIKES"
"""The variable that names the folder of orders."""


class Point(StrEnum):
    """A moment in the work of a process."""

    COMMAND_BEFORE_COMMIT = "a command, before commit"
    COMMAND_AFTER_COMMIT = "a command, after commit, before the answer"
    PUBLISHED = "the relay, after publish, before marking sent"
    EVENT_BEFORE_COMMIT = "an event, after delivery, before commit"
    EVENT_AFTER_COMMIT = "an event, after commit, before acknowledging"
    ANSWERED = "after the service's answer, before the client's"
    MIGRATING = "in a migration"


@dataclass(frozen=True)
class Strike:
    """The n-th pass of a point, and the signal that comes then."""

    point: Point
    signal: signal.Signals
    passes: int


def order(folder: Path, victim: str, strike: Strike) -> None:
    """Have a process struck; it is seen whole or not at all."""
    unfinished = folder / f".{victim}"
    unfinished.write_text(json.dumps([strike.point, strike.signal, strike.passes]))
    unfinished.rename(_file(folder, victim))


def is_due(folder: Path, victim: str) -> bool:
    """Whether the process has not been struck yet."""
    return _file(folder, victim).exists()


def slow_down(folder: Path, victim: str, factor: int) -> None:
    """Have a process take so many times as long for every batch of events, until it is let off."""
    _drag(folder, victim).write_text(str(factor))


def let_off(folder: Path, victim: str) -> None:
    """Let a process be as quick as it can again."""
    _drag(folder, victim).unlink()


class Struck:
    """The process's side: told of each pass of a point."""

    def __init__(self, folder: Path, victim: str) -> None:
        self._order, self._passes = _file(folder, victim), 0
        self._drag = _drag(folder, victim)

    def passes(self, point: Point) -> None:
        """Strike, if it is time."""
        try:
            name, number, passes = json.loads(self._order.read_text())
        except FileNotFoundError:
            self._passes = 0
            return
        if name != point:
            return
        self._passes += 1
        if self._passes >= passes:
            self._order.unlink()
            os.kill(os.getpid(), number)

    def factor(self) -> int:
        """How many times as long it is to take for its events."""
        try:
            return int(self._drag.read_text())
        except FileNotFoundError:
            return 1


def _file(folder: Path, victim: str) -> Path:
    return folder / f"{victim}.json"


def _drag(folder: Path, victim: str) -> Path:
    return folder / f"{victim}.drag"

"""Waiting, for a moment, for what a service has not heard of yet though it is just being told."""

from collections.abc import Callable
from datetime import timedelta

from shared.kernel.clocks import Clock
from shared.kernel.ids import born
from shared.runtime.port import Reply

WAITS = (0.01, 0.02, 0.03, 0.05, 0.08, 0.12, 0.19, 0.25, 0.25, 0.25, 0.25, 0.25, 0.25)
"""Seconds between tries: two in all."""


class Patience:
    """The gateway's with one request, of however many rows: for ids born less than `young` ago, two seconds in all."""

    def __init__(self, clock: Clock, young: timedelta, sleep: Callable[[float], None]) -> None:
        self._clock, self._young, self._sleep = clock, young, sleep
        self._waits = iter(WAITS)

    def ask(self, call: Callable[[], Reply]) -> Reply:
        """What `call` answers, tried again while it awaits a young id; nothing was done in between."""
        reply = call()
        while self._may_come(reply) and (wait := next(self._waits, None)) is not None:
            self._sleep(wait)
            reply = call()
        return reply

    def _may_come(self, reply: Reply) -> bool:
        awaits = reply.problem.awaits if reply.problem else None
        at = born(awaits) if awaits else None
        return at is not None and abs(self._clock.now() - at) < self._young

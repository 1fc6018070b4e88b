"""Waiting, for a moment, for what a service has not heard of yet though it is just being told."""

from collections.abc import Callable
from datetime import timedelta

from shared.kernel.clocks import Clock
from shared.kernel.ids import born
from shared.runtime.port import Reply

WAITS = (0.01, 0.02, 0.03, 0.05, 0.08, 0.12, 0.19, 0.25, 0.25, 0.25, 0.25, 0.25, 0.25)
"""Seconds between tries: two in all."""


def patiently(call: Callable[[], Reply], clock: Clock, young: timedelta, sleep: Callable[[float], None]) -> Reply:
    """What `call` answers, tried again while it awaits an id made only moments ago; nothing was done in between."""
    reply = call()
    for wait in WAITS:
        awaits = reply.problem.awaits if reply.problem else None
        if awaits is None or not _is_young(awaits, clock, young):
            break
        sleep(wait)
        reply = call()
    return reply


def _is_young(id_: str, clock: Clock, young: timedelta) -> bool:
    at = born(id_)
    return at is not None and abs(clock.now() - at) < young

"""Keeping rounds of work apart, so that under load each does more at once and the fixed cost of a round is shared."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Protocol

from shared.runtime.rabbit.crowd import Crowd

APART_SECONDS = 0.02
LONGEST_REST_SECONDS = 0.03
LONGEST_WAIT_SECONDS = 1.0
_LOOK_SECONDS = 0.1


class Stopping(Protocol):
    """What is set to end the work, such as a `threading.Event`."""

    def wait(self, timeout: float) -> bool:
        """Wait for the end, at most so long; whether it has come."""
        ...


class Pace:
    """Rounds begin 20 ms apart at least, and after one there is a rest as long as it took, up to 30 ms.

    The first round after a rest begins at once, and so does the one after a round that left more behind than it could
    take. Where processors are scarce rounds take longer, so they come less often
    and do more each: the busier the machine, the less a message costs.

    While a crowd waits for answers of this process a round waits too: half as long as the crowd has been there, for a
    second at most, or as long as is said. The longer a rush lasts, the more the answers get, and the larger what
    follows from them piles up.
    """

    def __init__(
        self, crowd: Crowd, clock: Callable[[], float] = time.monotonic, *, longest_wait: float = LONGEST_WAIT_SECONDS
    ) -> None:
        """`longest_wait`: for so many seconds at most a round waits for a crowd."""
        self._crowd, self._clock, self._longest_wait = crowd, clock, longest_wait
        self._next = 0.0
        self._more = False

    def left_more(self) -> None:
        """This round took as much as a round can: no rest makes the next one any larger."""
        self._more = True

    @contextmanager
    def round(self, stopping: "Stopping") -> Iterator[bool]:
        """Wait for the turn, but not once told to stop; what is done within is the round, a small one amid a crowd."""
        now = self._clock()
        begins = max(now, self._next)
        self._next = begins + APART_SECONDS
        if begins > now:
            stopping.wait(begins - now)
        crowded = self._still_crowded(stopping)
        began = self._clock()
        yield crowded
        ended = self._clock()
        self._next = ended if self._more else max(self._next, ended + min(ended - began, LONGEST_REST_SECONDS))
        self._more = False

    def _still_crowded(self, stopping: "Stopping") -> bool:
        """Wait while there is a crowd, but not too long; whether it is still there."""
        since = self._clock()
        while there := self._crowd.seconds():
            left = since + min(there / 2, self._longest_wait) - self._clock()
            if left <= 0 or stopping.wait(min(left, _LOOK_SECONDS)):
                return True
        return False

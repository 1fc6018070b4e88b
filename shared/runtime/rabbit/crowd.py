"""Knowing when many wait for answers of this process, so that what can wait does not stand in their way."""

import threading
import time
from collections.abc import Callable

MANY = 5
"""As many calls that had to wait for each other are no coincidence."""
QUIET_SECONDS = 0.25
"""Who has an answer may have the next question; a crowd has gone when for so long there was none."""
STEP_ASIDE_SECONDS = 0.01


class Crowd:
    """Those who wait for answers of this process, while they are many."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._under_way = 0
        self._since, self._last = 0.0, -QUIET_SECONDS
        self._calm = threading.Event()
        self._calm.set()

    def came(self, calls: int) -> None:
        """So many calls that waited have been taken on."""
        if calls >= MANY:
            if not self.seconds():
                self._since = self._clock()
            self._under_way += 1
            self._calm.clear()

    def answered(self, calls: int) -> None:
        """So many calls that came together are answered."""
        if calls >= MANY:
            self._under_way -= 1
            self._last = self._clock()
            if not self._under_way:
                self._calm.set()

    def seconds(self) -> float:
        """For how long there has been a crowd; 0 where there is none."""
        now = self._clock()
        return now - self._since if self._under_way or now - self._last < QUIET_SECONDS else 0.0

    def let_pass(self) -> None:
        """Let others get on, on the one thread there is for all: a crowd to its answers, if that does not take long."""
        time.sleep(0)
        self._calm.wait(STEP_ASIDE_SECONDS)

"""Keeping rounds of work apart, so that under load each does more at once and the fixed cost of a round is shared."""

import threading
import time


class Pace:
    """Rounds begin no sooner than `seconds` after one another; the first after a rest begins at once."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._next = 0.0

    def keep(self, stopping: threading.Event) -> None:
        """Wait for the next round's turn, which then counts as begun; not when told to stop."""
        now = time.monotonic()
        begins = max(now, self._next)
        self._next = begins + self._seconds
        if begins > now:
            stopping.wait(begins - now)

"""Waiting with an end: pauses that grow, until a time is up."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field

_FIRST = 0.2


@dataclass
class Patience:
    """How long something is waited for, in seconds, and the longest pause; clock and sleep are given in tests."""

    seconds: float = 60.0
    clock: Callable[[], float] = time.monotonic
    sleep: Callable[[float], object] = time.sleep
    longest: float = 5.0
    _next: float = _FIRST
    _deadline: float = field(init=False)

    def __post_init__(self) -> None:
        """The time begins to run now."""
        self._deadline = self.clock() + self.seconds

    @property
    def over(self) -> bool:
        """Whether the time is up."""
        return self.clock() >= self._deadline

    def pause(self) -> None:
        """Wait a little, longer each time, never beyond the end."""
        self.sleep(max(0.0, min(self._next, self._deadline - self.clock())))
        self._next = min(self._next * 2, self.longest)

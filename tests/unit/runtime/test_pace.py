"""Rounds of work keep apart, further the longer they take."""

from dataclasses import dataclass, field

import pytest

from shared.runtime.rabbit.crowd import Crowd
from shared.runtime.rabbit.pace import Pace


@dataclass
class Time:
    """A clock that moves as it is waited for, and remembers how long that was."""

    now: float = 100.0
    waits: list[float] = field(default_factory=list)

    def wait(self, timeout: float) -> bool:
        self.waits.append(round(timeout, 6))
        self.now += timeout
        return False


@pytest.mark.parametrize(
    ("took", "passed", "waits"),
    [
        (0.005, 0.0, [0.015]),
        (0.005, 0.01, [0.005]),
        (0.005, 0.02, []),
        (0.025, 0.0, [0.025]),
        (0.025, 0.01, [0.015]),
        (0.025, 0.025, []),
        (2.0, 0.0, [0.03]),
    ],
)
def test_the_second_round_waits(took: float, passed: float, waits: list[float]) -> None:
    time = Time()
    pace = Pace(Crowd(lambda: time.now), lambda: time.now)
    with pace.round(time):
        time.now += took
    time.now += passed
    with pace.round(time):
        pass
    assert time.waits == waits


def test_a_round_that_left_more_is_followed_at_once_by_one_that_rests_again() -> None:
    time = Time()
    pace = Pace(Crowd(lambda: time.now), lambda: time.now)
    with pace.round(time):
        time.now += 0.025
        pace.left_more()
    with pace.round(time):
        time.now += 0.025
    with pace.round(time):
        pass
    assert time.waits == [0.025]

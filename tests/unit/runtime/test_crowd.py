"""When many wait for answers, what can wait does."""

import pytest

from shared.runtime.rabbit.crowd import Crowd
from shared.runtime.rabbit.pace import Pace
from tests.unit.runtime.test_pace import Time


def crowded(time: Time, *groups: int) -> Crowd:
    """A crowd whose groups of calls come and are answered a twentieth of a second later, one after the other."""
    crowd = Crowd(lambda: time.now)
    for calls in groups:
        crowd.came(calls)
        time.now += 0.05
        crowd.answered(calls)
    return crowd


@pytest.mark.parametrize(
    ("groups", "seconds"), [([], 0.0), ([1, 4, 1], 0.0), ([5], 0.05), ([8, 1, 9], 0.15), ([8, *[1] * 6], 0.0)]
)
def test_a_crowd_lasts_from_its_first_calls_until_there_were_few_for_a_while(groups: list[int], seconds: float) -> None:
    assert crowded(Time(), *groups).seconds() == pytest.approx(seconds)


def test_a_crowd_is_there_while_its_calls_are_under_way() -> None:
    time = Time()
    crowd = crowded(time)
    crowd.came(5)
    crowd.came(5)
    time.now += 10
    crowd.answered(5)
    time.now += 10
    assert crowd.seconds() == pytest.approx(20)
    crowd.answered(5)
    time.now += 1
    assert crowd.seconds() == 0


@pytest.mark.parametrize(
    ("lasted", "longest", "waited"),
    [(0.4, 1.0, 0.4), (1.0, 1.0, 1.0), (60.0, 1.0, 1.0), (0.1, 0.25, 0.1), (60.0, 0.25, 0.25)],
)
def test_a_round_waits_half_as_long_as_the_crowd_is_there_but_no_longer_than_is_said(
    lasted: float, longest: float, waited: float
) -> None:
    time = Time()
    crowd = Crowd(lambda: time.now)
    crowd.came(5)
    time.now += lasted
    with Pace(crowd, lambda: time.now, longest_wait=longest).round(time) as small:
        assert small
    assert sum(time.waits) == pytest.approx(waited, abs=0.001)


def test_a_round_goes_on_once_the_crowd_has_gone() -> None:
    time = Time()
    with Pace(crowded(time, *[5] * 20), lambda: time.now).round(time) as small:
        assert not small
    assert sum(time.waits) == pytest.approx(0.3)


def test_a_round_waits_for_nobody_once_told_to_stop() -> None:
    class Told(Time):
        def wait(self, timeout: float) -> bool:
            super().wait(timeout)
            return True

    time = Told()
    crowd = Crowd(lambda: time.now)
    crowd.came(5)
    time.now += 5
    with Pace(crowd, lambda: time.now).round(time):
        pass
    assert len(time.waits) == 1

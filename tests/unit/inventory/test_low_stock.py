"""Low stock is told once, until it recovers above the minimum."""

from decimal import Decimal

import pytest

from services.inventory.replenishment.rules import LowStock, MinMax, judge
from shared.kernel.errors import InvalidInput

D = Decimal


def test_stock_below_the_minimum_is_low_and_says_what_fills_it_up() -> None:
    assert judge(MinMax(D(10), D(50)), D(6), D(3), was_low=False) == LowStock(low=True, fires=True, to_maximum=D(41))


def test_what_is_on_its_way_counts() -> None:
    assert not judge(MinMax(D(10), D(50)), D(0), D(10), was_low=False).low


def test_more_reserved_than_on_hand_is_ordered_on_top() -> None:
    assert judge(MinMax(D(10), D(50)), D(-5), D(0), was_low=False).to_maximum == 55


def test_low_stock_fires_once_until_it_recovers_above_the_minimum() -> None:
    low, fired = False, []
    for available in (12, 9, 8, 10, 9, 11, 10, 9):
        verdict = judge(MinMax(D(10), D(50)), D(available), D(0), was_low=low)
        low = verdict.low
        fired.append(verdict.fires)
    assert fired == [False, True, False, False, False, False, False, True]


@pytest.mark.parametrize(("minimum", "maximum"), [(-1, 5), (6, 5)])
def test_levels_that_make_no_sense_are_refused(minimum: int, maximum: int) -> None:
    with pytest.raises(InvalidInput):
        MinMax(D(minimum), D(maximum))

"""What a new item is stocked for."""

from datetime import timedelta
from decimal import Decimal

from services.commands.living.stocking import Demand, Pace, lasting_items, stocked
from services.commands.trade.moves import Cancellation, Day, NewItem
from services.commands.trade.supply import ItemSupply
from tests.unit.replay.recorder import AT, DAY, PARTY, order, portion

_GIVEN = ItemSupply("A", "SUP-01", Decimal(1), 10, 0, 0, 12, 24, Decimal(1), Decimal(1))


def test_nobody_stocks_up_for_an_order_that_is_cancelled_the_same_day() -> None:
    items = (NewItem("A", "A", Decimal(1), (Decimal(6), Decimal(74215), Decimal(6))), NewItem("B", "B", None, ()))
    undone = Cancellation("C1", PARTY, AT, order(), (portion(5, 2, "74215"), portion(6, 3, "6")), whole=False)
    lasting = lasting_items(Day(DAY, (), items, (undone,), ()))
    assert [item.demands for item in lasting] == [(Decimal(6),), ()]


def test_one_huge_order_does_not_fill_the_warehouse() -> None:
    huge = NewItem("A", "A", Decimal("2.50"), (Decimal(1200), Decimal(6)))
    (lasting,) = lasting_items(Day(DAY, (), (huge,), (), ()))
    assert lasting.demands == (Decimal(60), Decimal(6))


def test_an_item_that_sells_evenly_is_kept_for_its_lead_time_and_four_weeks_in_whole_packs() -> None:
    kept = stocked(_GIVEN, Pace(Decimal("2.5")))
    assert (kept.minimum, kept.maximum) == (48, 120)
    idle = stocked(_GIVEN, Pace(Decimal(0)))
    assert (idle.minimum, idle.maximum) == (24, 48)


def test_what_sells_in_fits_and_starts_is_kept_in_reserve() -> None:
    """Sixteen days of 2.5, and 2.5 deviations of 8 by the root of eleven days: 40 + 66.3, in packs of 12."""
    assert stocked(_GIVEN, Pace(Decimal("2.5"), Decimal(8))).minimum == 108


def test_the_pace_is_the_mean_of_all_days_and_their_deviation() -> None:
    demand = Demand(DAY)
    for days, quantity in ((0, 6), (2, 0), (7, 4)):
        demand.add(DAY + timedelta(days=days), Decimal(quantity))
    pace = demand.pace(DAY + timedelta(days=7))
    assert pace == Pace(Decimal(1), Decimal("4.2").sqrt())


def test_a_season_quickens_the_pace_at_once_and_its_end_does_not_stop_it() -> None:
    demand = Demand(DAY)
    for week in range(20):
        demand.add(DAY + timedelta(weeks=week), Decimal(7))
    for day in range(134, 148):
        demand.add(DAY + timedelta(days=day), Decimal(10))
    quick = demand.pace(DAY + timedelta(days=147)).daily
    assert quick == (2 * 7 + 14 * 10) / Decimal(28)
    demand.add(DAY + timedelta(days=200), Decimal(1))
    assert demand.pace(DAY + timedelta(days=200)).daily == Decimal(281) / 203

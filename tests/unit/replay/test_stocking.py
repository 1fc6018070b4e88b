"""What a new item is stocked for."""

from decimal import Decimal

from services.commands.living.stocking import lasting_items, stocked
from services.commands.trade.moves import Cancellation, Day, NewItem
from services.commands.trade.supply import ItemSupply
from tests.unit.replay.recorder import AT, DAY, PARTY, order, portion


def test_nobody_stocks_up_for_an_order_that_is_cancelled_the_same_day() -> None:
    items = (NewItem("A", "A", Decimal(1), (Decimal(6), Decimal(74215), Decimal(6))), NewItem("B", "B", None, ()))
    undone = Cancellation("C1", PARTY, AT, order(), (portion(5, 2, "74215"), portion(6, 3, "6")), whole=False)
    lasting = lasting_items(Day(DAY, (), items, (undone,), ()))
    assert [item.demands for item in lasting] == [(Decimal(6),), ()]


def test_one_huge_order_does_not_fill_the_warehouse() -> None:
    huge = NewItem("A", "A", Decimal("2.50"), (Decimal(1200), Decimal(6)))
    (lasting,) = lasting_items(Day(DAY, (), (huge,), (), ()))
    assert lasting.demands == (Decimal(60), Decimal(6))


def test_an_item_is_kept_for_its_lead_time_and_two_weeks_in_whole_packs() -> None:
    given = ItemSupply("A", "SUP-01", Decimal(1), 10, 0, 0, 12, 24, Decimal(1), Decimal(1))
    kept = stocked(given, Decimal("2.5"))
    assert (kept.minimum, kept.maximum) == (48, 84)
    assert (stocked(given, Decimal(0)).minimum, stocked(given, Decimal(0)).maximum) == (24, 48)

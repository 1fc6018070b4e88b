"""What a new item is stocked for."""

from decimal import Decimal

from services.commands.living.masters import lasting_items
from services.commands.trade.moves import Cancellation, Day, NewItem
from tests.unit.replay.recorder import AT, DAY, PARTY, order, portion


def test_nobody_stocks_up_for_an_order_that_is_cancelled_the_same_day() -> None:
    items = (NewItem("A", "A", Decimal(1), (Decimal(6), Decimal(74215), Decimal(6))), NewItem("B", "B", None, ()))
    undone = Cancellation("C1", PARTY, AT, order(), (portion(5, 2, "74215"), portion(6, 3, "6")), whole=False)
    lasting = lasting_items(Day(DAY, (), items, (undone,), ()))
    assert [item.demands for item in lasting] == [(Decimal(6),), ()]

"""What is asked for in the evening: what is needed then, not what was lacking at some moment of the day."""

from decimal import Decimal

import pytest

from services.commands.living.office import Office
from services.commands.living.replenishing import Need, review
from services.commands.trade.supply import ItemSupply
from tests.unit.replay.recorder import Recorder


@pytest.mark.parametrize(
    ("coming", "asked", "withdraw", "more"),
    [
        ("15", "35", False, "0"),  # as the alert had it
        ("-20", "35", False, "35"),  # more was sold since, and it would stay below the minimum
        ("10", "35", False, "0"),  # more was sold, but the minimum is reached
        ("45", "900", True, "0"),  # a large order was cancelled
        ("15", "900", True, "35"),  # a large order was cancelled, a smaller one stays
        ("25", "0", False, "0"),
        ("-300", "0", False, "350"),  # nothing asked for any more, as the alert came once
    ],
)  # fmt: skip
def test_need(coming: str, asked: str, withdraw: bool, more: str) -> None:
    need = Need(Decimal(20), Decimal(50), Decimal(coming), Decimal(asked))
    assert (need.withdraw, need.more) == (withdraw, Decimal(more))


def test_what_a_cancelled_order_caused_is_withdrawn(office: Office, recorder: Recorder) -> None:
    office.known.supplies["A"] = ItemSupply(
        "A", "SUP-01", Decimal(1), 5, 20, 50, 1, 1, Decimal(1), Decimal(1)
    )  # fmt: skip
    recorder.lists["list_requisitions"] = [{"id": "wish", "item_id": "item-a", "quantity": "900"}]
    recorder.lists["list_stock"] = [{"item_id": "item-a", "available": "12", "backordered": "0", "inbound": "3"}]
    review(office)
    assert [call["id"] for call in recorder.of("cancel_requisition")] == ["wish"]
    assert [call["quantity"] for call in recorder.of("request_purchase")] == [Decimal(35)]

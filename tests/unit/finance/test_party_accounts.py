"""What counts as owed on a party's account."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from services.finance.settlement.items import PartyAccount
from services.finance.settlement.tables import OpenItem

DAY = date(2026, 1, 5)


def item(**fields: Any) -> OpenItem:
    owed: dict[str, Any] = {
        "id": "i1", "side": "receivable", "party_id": "ann", "kind": "invoice", "document_id": "d1",
        "document_number": "INV-1", "order_id": "o1", "instalment": 1, "document_on": DAY, "due_on": DAY,
        "currency": "CNY", "amount": Decimal(100), "open_amount": Decimal(40), "base_amount": Decimal(100),
        "open_base": Decimal(40), "is_open": True,
    }  # fmt: skip
    return OpenItem(**{**owed, **fields})


@pytest.mark.parametrize("order", [None, "o1"])
def test_an_open_item_of_the_party_is_owed(order: str | None) -> None:
    assert PartyAccount("receivable", "ann", "CNY", order).owes(item())


@pytest.mark.parametrize(
    "fields",
    [
        {"side": "payable"},
        {"party_id": "bob"},
        {"currency": "USD"},
        {"order_id": "o2"},
        {"order_id": None},
        {"is_open": False},
        {"amount": Decimal(-100)},
    ],
)
def test_what_differs_in_anything_is_not(fields: dict[str, Any]) -> None:
    assert not PartyAccount("receivable", "ann", "CNY", "o1").owes(item(**fields))

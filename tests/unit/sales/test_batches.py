"""A batch of events reads what its handlers begin with at once, however many they are."""

from typing import Any

import pytest

from shared.contracts import finance, inventory
from shared.runtime.delivery import Delivery
from tests.unit.sales.shop import Shop


@pytest.mark.parametrize("many", [2, 12])
def test_orders_are_locked_and_read_with_their_lines_once_per_batch(shop: Shop, many: int) -> None:
    orders = [shop.place(shop.line("3"), shop.line("1", shop.post, "8")) for _ in range(many)]
    answers = [answer for order in orders for answer in (reserved(shop, order), approved(shop, order))]
    with shop.reading() as selects:
        assert set(shop.runtime.receivers["sales"].take(answers)) == {"handled"}
    for table in ("orders", "order_lines", "processes"):
        assert len([each for each in selects if f"FROM {table} " in " ".join(each.split())]) == 1, table
    assert {shop.order(order.id).status for order in orders} == {"confirmed"}
    assert {shop.order(order.id).version for order in orders} == {3}


def reserved(shop: Shop, order: Any) -> Delivery:
    line = {"line": 1, "item_id": shop.tea, "warehouse_id": shop.warehouse, "reserved": "3", "backordered": "0"}
    return shop.delivery(inventory.stock_reserved, {"order_id": order.id, "lines": [line]})


def approved(shop: Shop, order: Any) -> Delivery:
    amounts = {"amount": str(order.gross), "exposure": str(order.gross), "limit": None}
    return shop.delivery(finance.credit_approved, {"order_id": order.id, "customer_id": shop.ann, **amounts})

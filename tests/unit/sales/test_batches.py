"""A batch of events reads what its handlers begin with at once, however many they are."""

from datetime import date
from typing import Any

import pytest

from shared.contracts import finance, inventory, logistics
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


@pytest.mark.parametrize("many", [2, 9])
def test_shipments_are_looked_for_once_per_batch_there_or_not(shop: Shop, many: int) -> None:
    orders = [shop.place(shop.line("3")) for _ in range(many)]
    known, new = [shop.new_id() for _ in orders], [shop.new_id() for _ in orders]
    for order, shipment in zip(orders, known, strict=True):
        shop.planned(order, shipment)
    handed = {order.id: shop.new_id() for order in orders}
    facts = [
        shipped(shop, order.id, shipment, handed[order.id], on=date(2026, 3, day))
        for day, shipments in ((5, known), (6, new), (7, new), (4, known))
        for order, shipment in zip(orders, shipments, strict=True)
    ]
    with shop.reading() as selects:
        assert set(shop.runtime.receivers["sales"].take(facts)) == {"handled"}
    assert len([each for each in selects if "FROM order_shipments" in " ".join(each.split())]) == 1
    for order in orders:
        days = [each.shipped_on for each in shop.order(order.id).shipments if each.shipped_on]
        assert sorted(days) == [date(2026, 3, 5), date(2026, 3, 7)]


def shipped(shop: Shop, order_id: str, shipment_id: str, handover_id: str, *, on: date) -> Delivery:
    lines = [{"line": 1, "item_id": shop.tea, "quantity": "1"}]
    of = {"shipment_id": shipment_id, "handover_id": handover_id, "order_id": order_id}
    return shop.delivery(logistics.goods_shipped, {**of, "shipped_on": on, "lines": lines})


def reserved(shop: Shop, order: Any) -> Delivery:
    line = {"line": 1, "item_id": shop.tea, "warehouse_id": shop.warehouse, "reserved": "3", "backordered": "0"}
    return shop.delivery(inventory.stock_reserved, {"order_id": order.id, "lines": [line]})


def approved(shop: Shop, order: Any) -> Delivery:
    amounts = {"amount": str(order.gross), "exposure": str(order.gross), "limit": None}
    return shop.delivery(finance.credit_approved, {"order_id": order.id, "customer_id": shop.ann, **amounts})

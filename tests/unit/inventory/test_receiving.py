"""W1: goods come in against purchase orders, within tolerance; a receipt is undone, an order closed under lock."""

import pytest

from shared.contracts import inventory, purchasing
from tests.unit.inventory.stockroom import D, Stockroom, shown


def close(room: Stockroom, order: str) -> str:
    return room.given(purchasing.closing_requested, purchase_order_id=order, reason="enough")


def line(room: Stockroom, order: str) -> inventory.InboundLineView:
    return room.do(inventory.get_inbound, id=order).lines[0]


def receive(room: Stockroom, order: str, accepted: int, rejected: int = 0) -> inventory.ReceiptView:
    lines = [{"line": 1, "accepted": D(accepted), "rejected": D(rejected)}]
    return room.do(inventory.receive_goods, purchase_order_id=order, lines=lines)


def test_o1_receipt_in_parts_over_receipt_and_its_cancellation(room: Stockroom) -> None:
    order = room.approve({"sku": "A", "quantity": 10, "net": 100, "over": "0.5"})
    receive(room, order, 4)
    assert (line(room, order).open, room.level("A").inbound) == (D(6), D(6))
    eight = receive(room, order, 8)
    assert shown(line(room, order).received, line(room, order).open, room.level("A").on_hand) == "12 0 12"
    assert room.do(inventory.get_inbound, id=order).status == "received"
    assert room.value("A") == "12 120"
    undone = room.do(inventory.cancel_receipt, id=eight.id)
    assert (undone.status, room.do(inventory.get_receipt, id=eight.id).status) == ("cancelled", "cancelled")
    assert shown(line(room, order).received, line(room, order).open, room.level("A").inbound) == "4 6 6"
    assert room.value("A") == "4 40"
    (told,) = room.told(inventory.receipt_cancelled)
    assert shown(told.receipt_id, told.lines[0].accepted, told.lines[0].value) == f"{eight.id} 8 80"
    assert room.refused(inventory.cancel_receipt, id=eight.id).code == "already_cancelled"


def test_a_receipt_says_what_came_and_what_it_is_worth(room: Stockroom) -> None:
    order = room.approve({"sku": "A", "quantity": 3, "net": 10}, {"sku": "B", "quantity": 1, "net": 5})
    receipt = room.do(inventory.receive_goods, purchase_order_id=order)
    (told,) = room.told(inventory.goods_received)
    assert (told.receipt_id, told.number, told.lines) == (receipt.id, receipt.number, receipt.lines)
    assert [shown(each.line, each.accepted, each.rejected, each.value) for each in told.lines] == [
        "1 3 0 10",
        "2 1 0 5",
    ]
    assert room.do(inventory.list_receipts, purchase_order_id=order).data == [receipt]
    assert room.refused(inventory.receive_goods, purchase_order_id=order).code == "nothing_open"


def test_parts_of_a_line_sum_to_its_whole_value_also_after_one_was_undone(room: Stockroom) -> None:
    order = room.approve({"sku": "A", "quantity": 3, "net": 10})
    first, second = receive(room, order, 1), receive(room, order, 1)
    room.do(inventory.cancel_receipt, id=first.id)
    third, last = receive(room, order, 1), receive(room, order, 1)
    assert [shown(each.lines[0].value) for each in (first, second, third, last)] == ["3.33", "3.34", "3.33", "3.33"]
    assert room.value("A") == "3 10"


def test_beyond_the_tolerance_nothing_is_taken_in(room: Stockroom) -> None:
    order = room.approve({"sku": "A", "quantity": 10, "net": 100, "over": "0.1"})
    refused = room.refused(inventory.receive_goods, purchase_order_id=order, lines=[{"line": 1, "accepted": D(12)}])
    assert (refused.code, refused.errors[0]["pointer"]) == ("over_receipt", "/lines/0")
    assert line(room, order).received == 0


def test_what_is_rejected_stays_owed(room: Stockroom) -> None:
    order = room.approve({"sku": "A", "quantity": 10, "net": 100})
    received = receive(room, order, 7, 3)
    assert shown(received.lines[0].rejected, line(room, order).open, room.level("A").on_hand) == "3 3 7"


def test_goods_received_serve_those_who_wait(room: Stockroom) -> None:
    waiting = room.order(("A", 4))
    room.bought("A", 10, 100)
    assert room.told(inventory.backorder_served)[0].order_id == waiting
    assert shown(room.level("A").reserved, room.level("A").available) == "4 6"


def test_a_receipt_whose_goods_are_promised_cannot_be_undone(room: Stockroom) -> None:
    receipt = room.bought("A", 10, 100)
    room.order(("A", 1))
    assert room.refused(inventory.cancel_receipt, id=receipt.id).code == "insufficient_stock"
    assert room.level("A").on_hand == 10


def test_a_receipt_undone_leaves_at_what_is_left_of_its_value(room: Stockroom) -> None:
    room.bought("A", 10, 100)
    dear = room.bought("A", 10, 200)
    room.sold("A", 10)
    room.do(inventory.cancel_receipt, id=dear.id)
    assert room.told(inventory.receipt_cancelled)[0].lines[0].value == 150
    assert room.value("A") == "0 0"


def test_fifo_a_receipt_undone_takes_its_own_layer(room: Stockroom) -> None:
    room.fifo()
    room.bought("A", 1, 10)
    dear = room.bought("A", 1, 20)
    room.do(inventory.cancel_receipt, id=dear.id)
    assert room.value("A") == "1 10"
    _, left = room.sold("A", 1)
    assert left.lines[0].cost == 10


def test_a_closed_order_takes_nothing_more(room: Stockroom) -> None:
    order = room.approve({"sku": "A", "quantity": 10, "net": 100})
    receipt = receive(room, order, 4)
    close(room, order)
    (closed,) = room.told(inventory.inbound_closed)
    assert [shown(each.line, each.received, each.cancelled) for each in closed.lines] == ["1 4 6"]
    assert room.level("A").inbound == 0
    lines = [{"line": 1, "accepted": D(1)}]
    assert room.refused(inventory.receive_goods, purchase_order_id=order, lines=lines).code == "inbound_closed"
    assert room.refused(inventory.cancel_receipt, id=receipt.id).code == "inbound_closed"
    close(room, order)
    assert room.told(inventory.inbound_closed)[1] == closed


def test_closing_waits_for_the_order_it_closes(room: Stockroom) -> None:
    order = room.new_id()
    assert close(room, order) == "parked"
    room.approve({"sku": "A", "quantity": 10, "net": 100}, order_id=order)
    assert room.told(inventory.inbound_closed)[0].lines[0].cancelled == 10
    assert shown(room.level("A").inbound, len(room.troubles())) == "0 0"


def test_a_shortage_within_tolerance_is_not_awaited_though_it_may_come_until_the_order_closes(room: Stockroom) -> None:
    order = room.approve({"sku": "A", "quantity": 100, "net": 100, "under": "0.02"})
    receive(room, order, 98)
    assert shown(line(room, order).open, line(room, order).awaited, room.level("A").inbound) == "2 0 0"
    assert room.do(inventory.get_inbound, id=order).status == "received"
    receive(room, order, 1)
    close(room, order)
    assert shown(line(room, order).cancelled, line(room, order).open, room.level("A").inbound) == "1 0 0"


def test_goods_counted_in_another_unit_and_put_into_a_bin(room: Stockroom) -> None:
    room.item("A", units=[{"unit": "dozen", "numerator": 12, "denominator": 1}])
    room.do(inventory.register_bin, warehouse_id=room.main, code="B1")
    order = room.approve({"sku": "A", "quantity": 24, "net": 240})
    lines = [{"line": 1, "accepted": D(2), "unit": "dozen", "bin": "B1"}]
    assert room.do(inventory.receive_goods, purchase_order_id=order, lines=lines).lines[0].accepted == 24
    (balance,) = room.do(inventory.list_stock_balances, item_id=room.items["A"]).data
    assert shown(balance.bin, balance.quantity) == "B1 24"


@pytest.mark.parametrize(
    ("fields", "code", "pointer"),
    [
        ({"line": 2, "accepted": "1"}, "unknown_line", "/lines/0/line"),
        ({"line": 1, "accepted": "0"}, "quantity_not_positive", "/lines/0"),
        ({"line": 1, "accepted": "1", "unit": "dozen"}, "unknown_unit", "/lines/0/unit"),
        ({"line": 1, "accepted": "1", "bin": "B9"}, "unknown_bin", "/lines/0/bin"),
    ],
)
def test_receipts_that_make_no_sense_are_refused(
    room: Stockroom, fields: dict[str, object], code: str, pointer: str
) -> None:
    order = room.approve({"sku": "A", "quantity": 10, "net": 100})
    refused = room.refused(inventory.receive_goods, purchase_order_id=order, lines=[fields])
    assert (refused.code, refused.errors[0]["pointer"]) == (code, pointer)


def test_an_order_nobody_has_heard_of_is_said_to_be_unknown(room: Stockroom) -> None:
    refused = room.refused(inventory.receive_goods, purchase_order_id=room.new_id())
    assert (refused.code, refused.status) == ("unknown_reference", 422)

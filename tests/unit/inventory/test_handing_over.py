"""W1: what is reserved is picked and handed over, in parts, at cost; until then it can be cancelled."""

import pytest

from shared.contracts import inventory, sales
from tests.unit.inventory.stockroom import D, Stockroom, order_placed, shown


def test_a_shipment_is_picked_and_handed_over_at_cost(room: Stockroom) -> None:
    room.stocked(("A", 10, 105))
    order = room.order(("A", 4))
    pick = room.plan(order, (1, "A", 4))
    assert room.do(inventory.list_picks, shipment_id=pick, status="open").data[0].lines[0].open == 4
    assert room.do(inventory.confirm_pick, id=pick).status == "picked"
    left = room.do(inventory.hand_over, id=pick)
    assert shown(left.shipment_complete, left.lines[0].quantity, left.lines[0].cost) == "True 4 42"
    (told,) = room.told(inventory.goods_handed_over)
    assert (told.handover_id, told.shipment_id, told.order_id, told.lines) == (left.id, pick, order, left.lines)
    assert room.do(inventory.get_pick, id=pick).status == "handed_over"
    assert shown(room.level("A").on_hand, room.level("A").reserved, room.value("A")) == "6 0 6 63"
    (line,) = room.do(inventory.list_handovers, order_id=order).data
    assert shown(line.handover_id, line.order_line, line.quantity, line.cost) == f"{left.id} 1 4 42"


def test_o4_a_sale_of_two_shipped_one_by_one_leaves_one_open_and_then_none(room: Stockroom) -> None:
    room.stocked(("A", 1, 10))
    order = room.order(("A", 2))
    first = room.do(inventory.hand_over, id=room.plan(order, (1, "A", 1)))
    line = room.reservation(order)
    assert shown(first.shipment_complete, line.handed_over, line.backordered) == "True 1 1"
    room.stocked(("A", 1, 10))
    room.do(inventory.hand_over, id=room.plan(order, (1, "A", 1)))
    line = room.reservation(order)
    assert shown(line.handed_over, line.backordered, line.reserved, line.handed_over_cost) == "2 0 0 20"


def test_one_pick_is_handed_over_in_parts(room: Stockroom) -> None:
    room.stocked(("A", 10, 100), ("B", 10, 100))
    order = room.order(("A", 5), ("B", 5))
    pick = room.plan(order, (1, "A", 5), (2, "B", 5))
    part = room.do(inventory.hand_over, id=pick, lines=[{"line": 2, "quantity": D(3)}])
    assert (part.shipment_complete, room.do(inventory.get_pick, id=pick).status) == (False, "partly_handed_over")
    rest = room.do(inventory.hand_over, id=pick)
    assert [shown(line.line, line.quantity) for line in rest.lines] == ["1 5", "2 2"]
    assert rest.shipment_complete
    assert room.refused(inventory.hand_over, id=pick).code == "nothing_open"


def test_after_a_short_pick_only_what_was_picked_leaves_and_the_rest_stays_open(room: Stockroom) -> None:
    room.stocked(("A", 5, 50))
    order = room.order(("A", 5))
    pick = room.plan(order, (1, "A", 5))
    room.do(inventory.confirm_pick, id=pick, lines=[{"line": 1, "quantity": D(3)}])
    left = room.do(inventory.hand_over, id=pick)
    assert shown(left.lines[0].quantity, left.shipment_complete) == "3 False"
    assert room.do(inventory.hand_over, id=pick).lines[0].quantity == 2


def test_o3_over_shipping_within_tolerance_leaves_no_backorder_and_beyond_it_is_refused(room: Stockroom) -> None:
    room.stocked(("A", 20, 200))
    order = room.order(("A", 10), over_tolerance=D("0.2"))
    pick = room.plan(order, (1, "A", 10))
    problem = room.refused(inventory.hand_over, id=pick, lines=[{"line": 1, "quantity": D(13)}])
    assert (problem.code, problem.errors[0]["pointer"]) == ("over_shipped", "/lines/0")
    assert room.do(inventory.hand_over, id=pick, lines=[{"line": 1, "quantity": D(12)}]).shipment_complete
    line = room.reservation(order)
    assert shown(line.handed_over, line.over_shipped, line.reserved, line.backordered) == "12 2 0 0"
    assert shown(room.level("A").on_hand, room.level("A").reserved) == "8 0"


def test_over_shipping_takes_nothing_that_others_have_reserved(room: Stockroom) -> None:
    room.stocked(("A", 11, 110))
    room.order(("A", 1))
    order = room.order(("A", 10), over_tolerance=D("0.2"))
    pick = room.plan(order, (1, "A", 10))
    problem = room.refused(inventory.hand_over, id=pick, lines=[{"line": 1, "quantity": D(11)}])
    assert problem.code == "insufficient_stock"
    assert room.level("A").on_hand == 11


def test_what_is_cancelled_before_the_shipment_is_planned_is_not_picked(room: Stockroom) -> None:
    room.stocked(("A", 5, 50), ("B", 5, 50))
    order = room.order(("A", 5), ("B", 5))
    room.cancel(order, 1)
    pick = room.do(inventory.get_pick, id=room.plan(order, (1, "A", 5), (2, "B", 5)))
    assert [shown(line.planned, line.quantity) for line in pick.lines] == ["5 0", "5 5"]
    room.cancel(order)
    assert room.do(inventory.get_pick, id=pick.id).status == "cancelled"
    assert room.refused(inventory.hand_over, id=pick.id).code == "nothing_open"


def test_a_picked_quantity_can_be_cancelled_and_serves_the_next(room: Stockroom) -> None:
    room.stocked(("A", 5, 50))
    order, waiting = room.order(("A", 5)), room.order(("A", 2))
    pick = room.plan(order, (1, "A", 5))
    room.do(inventory.confirm_pick, id=pick)
    room.cancel(order)
    assert room.told(inventory.cancellation_decided)[0].outcome == "cancelled"
    assert room.reservation(waiting).reserved == 2
    assert room.refused(inventory.hand_over, id=pick).code == "nothing_open"
    assert room.level("A").on_hand == 5


@pytest.mark.parametrize(("handed_over", "outcome", "cancelled"), [(2, "partly_cancelled", 3), (5, "too_late", 0)])
def test_what_was_handed_over_cannot_be_cancelled(
    room: Stockroom, handed_over: int, outcome: str, cancelled: int
) -> None:
    room.stocked(("A", 5, 50))
    order = room.order(("A", 5))
    pick = room.plan(order, (1, "A", 5))
    room.do(inventory.hand_over, id=pick, lines=[{"line": 1, "quantity": D(handed_over)}])
    room.cancel(order)
    (decided,) = room.told(inventory.cancellation_decided)
    assert decided.outcome == outcome
    assert [shown(line.cancelled, line.handed_over) for line in decided.lines] == [f"{cancelled} {handed_over}"]
    assert room.do(inventory.get_pick, id=pick).status == "handed_over"
    assert room.level("A").available == 5 - handed_over


def test_two_shipments_share_what_is_reserved(room: Stockroom) -> None:
    room.stocked(("A", 5, 50))
    order = room.order(("A", 8))
    first, second = room.plan(order, (1, "A", 3)), room.plan(order, (1, "A", 4))
    assert room.do(inventory.get_pick, id=second).lines[0].quantity == 2
    assert [told.shipment_id for told in room.told(inventory.pick_shortened)] == [second]
    room.do(inventory.hand_over, id=second)
    room.do(inventory.hand_over, id=first)
    assert shown(room.reservation(order).handed_over, room.level("A").on_hand) == "5 0"


def test_what_one_shipment_takes_beyond_its_list_the_next_does_not_ask_for(room: Stockroom) -> None:
    room.stocked(("A", 12, 120))
    order = room.order(("A", 10), over_tolerance=D("0.2"))
    first, second = room.plan(order, (1, "A", 5)), room.plan(order, (1, "A", 5))
    room.do(inventory.confirm_pick, id=second)
    room.do(inventory.hand_over, id=first, lines=[{"line": 1, "quantity": D(7)}])
    (line,) = room.do(inventory.get_pick, id=second).lines
    assert shown(line.open, line.picked, room.reservation(order).reserved) == "3 3 3"
    (told,) = room.told(inventory.pick_shortened)
    assert (told.shipment_id, shown(told.lines[0].quantity)) == (second, "3")
    room.cancel(order)
    decided = room.told(inventory.cancellation_decided)[0].lines[0]
    assert shown(decided.cancelled, decided.handed_over, room.level("A").available) == "3 7 5"


def test_a_shipment_planned_before_its_order_is_known_waits_for_it(room: Stockroom) -> None:
    room.stocked(("A", 5, 50))
    order, placed = room.new_id(), order_placed(room, [room.item("A")], [D(5)], 7)
    pick = room.plan(order, (1, "A", 5))
    assert room.refused(inventory.get_pick, id=pick).status == 404
    assert room.refused(inventory.hand_over, id=pick).code == "unknown_reference"
    room.given(sales.order_placed, order_id=order, **placed)
    assert room.do(inventory.hand_over, id=pick).shipment_complete
    assert room.troubles() == []


def test_goods_leave_the_nameless_bin_first_then_by_code(room: Stockroom) -> None:
    for code in ("B2", "B1"):
        room.do(inventory.register_bin, warehouse_id=room.main, code=code)
    room.stocked(("A", 10, 100))
    moves = [{"item_id": room.items["A"], "quantity": D(4), "to_bin": code} for code in ("B2", "B1")]
    room.do(inventory.put_away, warehouse_id=room.main, lines=moves)
    _, left = room.sold("A", 7)
    moved = room.do(inventory.list_stock_moves, document_id=left.id).data
    assert [shown(move.bin, move.quantity, move.value) for move in moved] == [" -2 -20", "B1 -4 -40", "B2 -1 -10"]
    balances = room.do(inventory.list_stock_balances, item_id=room.items["A"]).data
    assert {row.bin: row.quantity for row in balances} == {"": 0, "B1": 0, "B2": 3}


@pytest.mark.parametrize(
    ("lines", "code"),
    [
        ([{"line": 9, "quantity": "1"}], "unknown_line"),
        ([{"line": 1, "quantity": "1"}, {"line": 1, "quantity": "1"}], "duplicate_line"),
        ([{"line": 1, "quantity": "6"}], "over_shipped"),
    ],
)
def test_lines_that_make_no_sense_are_refused(room: Stockroom, lines: list[dict[str, object]], code: str) -> None:
    room.stocked(("A", 9, 90))
    pick = room.plan(room.order(("A", 5)), (1, "A", 5))
    assert room.refused(inventory.hand_over, id=pick, lines=lines).code == code
    assert room.level("A").on_hand == 9


def test_more_cannot_be_picked_than_asked_for(room: Stockroom) -> None:
    room.stocked(("A", 9, 90))
    pick = room.plan(room.order(("A", 5)), (1, "A", 5))
    refused = room.refused(inventory.confirm_pick, id=pick, lines=[{"line": 1, "quantity": D(6)}])
    assert refused.code == "more_than_asked"


def test_the_same_key_hands_over_once(room: Stockroom) -> None:
    room.stocked(("A", 9, 90))
    pick = room.plan(room.order(("A", 5)), (1, "A", 5))
    first = room.ask(inventory.hand_over, key="k", id=pick)
    assert room.ask(inventory.hand_over, key="k", id=pick).body == first.body
    room.settle()
    assert len(room.told(inventory.goods_handed_over)) == 1

"""W1: orders reserve what is free, the rest waits; what is cancelled serves those who wait."""

import pytest

from shared.contracts import inventory, sales
from tests.unit.inventory.stockroom import D, Stockroom, order_placed, shown


def test_all_of_an_order_is_reserved_when_it_is_there(room: Stockroom) -> None:
    room.stocked(("A", 10, 100), ("B", 5, 50))
    order = room.order(("A", 4), ("B", 5))
    (decided,) = room.told(inventory.stock_reserved)
    assert decided.order_id == order
    assert [shown(line.line, line.reserved, line.backordered) for line in decided.lines] == ["1 4 0", "2 5 0"]
    level = room.level("A")
    assert shown(level.on_hand, level.reserved, level.available, level.backordered) == "10 4 6 0"
    assert room.told(inventory.stock_short) == []


def test_what_is_short_waits_and_two_lines_of_one_item_share_in_their_order(room: Stockroom) -> None:
    room.stocked(("A", 5, 50))
    room.order(("A", 3), ("B", 1), ("A", 4))
    (decided,) = room.told(inventory.stock_short)
    assert [shown(line.reserved, line.backordered) for line in decided.lines] == ["3 0", "0 1", "2 2"]
    assert room.do(inventory.list_reservations, backordered="true", item_id=room.items["B"]).data[0].line == 2
    assert room.level("A").backordered == 2


@pytest.mark.parametrize("many", [2, 9])
def test_orders_that_come_together_lock_what_they_want_at_once(room: Stockroom, many: int) -> None:
    room.stocked(("A", 10, 100), ("B", 10, 100))
    a, b = room.item("A"), room.item("B")
    placed = [
        {"order_id": room.new_id(), **order_placed(room, items, [D(2)] * 2, 7)} for items in [[a, b], [b, a]] * many
    ]
    with room.reading() as selects:
        taken = room.runtime.receivers["inventory"].take([room.delivery(sales.order_placed, each) for each in placed])
    assert taken == ["handled"] * (2 * many)
    assert len([each for each in selects if "FROM stock_levels" in " ".join(each.split())]) == 1
    level = room.level("B")
    assert shown(level.reserved, level.backordered) == shown(min(10, 4 * many), max(0, 4 * many - 10))


def test_services_are_no_stock_and_need_no_answer(room: Stockroom) -> None:
    room.order(("A", 1), kind="service", warehouse_id=None)
    assert room.told(inventory.stock_reserved) == room.told(inventory.stock_short) == []
    assert room.troubles() == []


def test_o11_of_two_orders_for_the_last_unit_one_is_short_until_the_other_is_cancelled(room: Stockroom) -> None:
    room.stocked(("A", 1, 10))
    first, second = room.order(("A", 1)), room.order(("A", 1))
    assert [fact.order_id for fact in room.told(inventory.stock_reserved)] == [first]
    assert [fact.order_id for fact in room.told(inventory.stock_short)] == [second]
    room.cancel(first)
    (decided,) = room.told(inventory.cancellation_decided)
    assert (decided.order_id, decided.outcome, decided.lines[0].cancelled) == (first, "cancelled", D(1))
    (served,) = room.told(inventory.backorder_served)
    assert (served.order_id, served.lines[0].quantity) == (second, D(1))
    assert room.reservation(second).reserved == 1


def test_goods_that_come_in_serve_the_oldest_promise_first_and_tell_each_order_once(room: Stockroom) -> None:
    late = room.order(("A", 3), ("B", 1), promised=9)
    soon = room.order(("A", 2), promised=2)
    last = room.order(("A", 2), promised=9)
    room.stocked(("A", 4, 40), ("B", 1, 10))
    served = {fact.order_id: [shown(line.line, line.quantity) for line in fact.lines]
              for fact in room.told(inventory.backorder_served)}  # fmt: skip
    assert served == {soon: ["1 2"], late: ["1 2", "2 1"]}
    assert room.reservation(last).backordered == 2
    assert room.level("A").available == 0


def test_a_cancelled_line_leaves_the_others_as_they_are(room: Stockroom) -> None:
    room.stocked(("A", 5, 50), ("B", 5, 50))
    order = room.order(("A", 7), ("B", 2))
    room.cancel(order, 1)
    (decided,) = room.told(inventory.cancellation_decided)
    assert [shown(line.line, line.cancelled, line.handed_over) for line in decided.lines] == ["1 7 0"]
    assert shown(room.level("A").reserved, room.level("A").backordered, room.level("B").reserved) == "0 0 2"
    room.cancel(order)
    again = room.told(inventory.cancellation_decided)[-1]
    assert [shown(line.line, line.cancelled) for line in again.lines] == ["1 0", "2 2"]


def test_a_cancellation_that_comes_before_its_order_waits_for_it(room: Stockroom) -> None:
    room.stocked(("A", 5, 50))
    placed = order_placed(room, [room.item("A")], [D(5)], 7)
    order = room.new_id()
    assert room.cancel(order) == "parked"
    room.given(sales.order_placed, order_id=order, **placed)
    assert room.told(inventory.cancellation_decided)[0].outcome == "cancelled"
    assert room.level("A").available == 5
    assert room.troubles() == []


@pytest.mark.parametrize("stock_first", [True, False])
def test_order_and_goods_end_the_same_whichever_comes_first(room: Stockroom, stock_first: bool) -> None:
    if stock_first:
        room.stocked(("A", 3, 30))
    order = room.order(("A", 5))
    if not stock_first:
        room.stocked(("A", 3, 30))
    line = room.reservation(order)
    assert shown(line.ordered, line.reserved, line.backordered) == "5 3 2"

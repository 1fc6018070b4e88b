"""W1: what customers send back is kept apart, inspected, and restocked or scrapped at what it left at."""

import pytest

from shared.contracts import inventory
from tests.unit.inventory.stockroom import D, Stockroom, shown


def test_m5_one_of_two_sold_from_layers_comes_back_at_half_their_cost(room: Stockroom) -> None:
    room.fifo()
    room.bought("A", 1, 10)
    room.bought("A", 1, 20)
    order, left = room.sold("A", 2)
    assert left.lines[0].cost == 30
    returned = room.returning(order, (1, "A", 1))
    room.do(inventory.receive_return, return_id=returned)
    assert room.value("A") == "1 15"
    assert room.told(inventory.return_received)[0].lines[0].value == 15


def test_what_came_back_is_available_once_inspected_and_serves_those_who_wait(room: Stockroom) -> None:
    room.stocked(("A", 3, 30))
    order, _ = room.sold("A", 3)
    waiting = room.order(("A", 1))
    returned = room.returning(order, (1, "A", 2))
    room.do(inventory.receive_return, return_id=returned)
    assert shown(room.level("A").on_hand, room.value("A")) == "0 2 20"
    assert room.told(inventory.backorder_served) == []
    inspected = room.do(inventory.inspect_return, return_id=returned, lines=[{"order_line": 1, "restocked": D(2)}])
    assert (inspected.status, room.told(inventory.backorder_served)[0].order_id) == ("inspected", waiting)
    assert shown(room.level("A").on_hand, room.level("A").reserved, room.value("A")) == "2 1 2 20"


def test_scrap_leaves_at_what_it_came_back_at_and_the_rest_of_the_stock_as_it_was(room: Stockroom) -> None:
    room.stocked(("A", 2, 20))
    order, _ = room.sold("A", 2)
    room.stocked(("A", 4, 100))
    returned = room.returning(order, (1, "A", 2))
    room.do(inventory.receive_return, return_id=returned)
    assert room.value("A") == "6 120"
    lines = [{"order_line": 1, "restocked": D(0), "scrapped": D(2)}]
    room.do(inventory.inspect_return, return_id=returned, lines=lines)
    (told,) = room.told(inventory.return_inspected)
    assert shown(told.lines[0].restocked, told.lines[0].scrapped, told.lines[0].scrapped_value) == "0 2 20"
    assert room.value("A") == "4 100"


def test_parts_that_come_back_sum_to_what_left(room: Stockroom) -> None:
    room.stocked(("A", 3, 10))
    order, _ = room.sold("A", 3)
    returned = room.returning(order, (1, "A", 3))
    for _ in range(3):
        room.do(inventory.receive_return, return_id=returned, lines=[{"order_line": 1, "quantity": D(1)}])
        room.do(inventory.inspect_return, return_id=returned)
    values = [fact.lines[0].value for fact in room.told(inventory.return_received)]
    assert [shown(value) for value in values] == ["3.33", "3.34", "3.33"]
    assert (room.value("A"), room.reservation(order).returned_value) == ("3 10", D(10))


def test_of_a_cancelled_return_nothing_more_is_taken_in(room: Stockroom) -> None:
    room.stocked(("A", 3, 30))
    order, _ = room.sold("A", 3)
    returned = room.returning(order, (1, "A", 2))
    room.return_cancelled(returned, order, (1, "A", 2))
    for lines in ([], [{"order_line": 1, "quantity": D(1)}]):
        assert room.refused(inventory.receive_return, return_id=returned, lines=lines).code == "return_cancelled"
    (now,) = room.do(inventory.list_expected_returns, return_id=returned).data
    assert shown(now.status, now.lines[0].cancelled, now.lines[0].received) == "cancelled 2 0"


def test_goods_that_came_before_their_return_was_cancelled_go_on(room: Stockroom) -> None:
    room.stocked(("A", 3, 30))
    order, _ = room.sold("A", 3)
    returned = room.returning(order, (1, "A", 3))
    room.do(inventory.receive_return, return_id=returned, lines=[{"order_line": 1, "quantity": D(1)}])
    room.return_cancelled(returned, order, (1, "A", 3))
    assert room.refused(inventory.receive_return, return_id=returned).code == "return_cancelled"
    inspected = room.do(inventory.inspect_return, return_id=returned)
    assert shown(inspected.status, inspected.lines[0].cancelled, room.level("A").on_hand) == "inspected 2 1"


def test_a_cancellation_heard_of_before_its_return_waits_for_it(room: Stockroom) -> None:
    room.stocked(("A", 3, 30))
    order, _ = room.sold("A", 3)
    unknown = room.new_id()
    assert room.return_cancelled(unknown, order, (1, "A", 2)) == "parked"
    room.returning(order, (1, "A", 2), return_id=unknown)
    assert room.refused(inventory.receive_return, return_id=unknown).code == "return_cancelled"
    assert room.troubles() == []


def test_by_the_policy_current_it_comes_back_at_today_s_average(room: Stockroom) -> None:
    room.do(inventory.change_settings, customer_return_policy="current")
    room.stocked(("A", 1, 10))
    order, _ = room.sold("A", 1)
    room.stocked(("A", 1, 16))
    room.do(inventory.receive_return, return_id=room.returning(order, (1, "A", 1)))
    assert room.value("A") == "2 32"


def test_no_more_comes_back_than_was_authorised_or_handed_over(room: Stockroom) -> None:
    room.stocked(("A", 5, 50))
    order = room.order(("A", 5))
    room.do(inventory.hand_over, id=room.plan(order, (1, "A", 2)))
    returned = room.returning(order, (1, "A", 3))

    def refused(quantity: int) -> str:
        lines = [{"order_line": 1, "quantity": D(quantity)}]
        return room.refused(inventory.receive_return, return_id=returned, lines=lines).code

    assert (refused(4), refused(3)) == ("more_than_authorised", "return_exceeds_line")
    assert room.do(
        inventory.receive_return, return_id=returned, lines=[{"order_line": 1, "quantity": D(2)}]
    ).status == ("partly_received")
    assert refused(1) == "return_exceeds_line"


@pytest.mark.parametrize(
    ("restocked", "scrapped", "code"), [("2", "0", "more_than_received"), ("0", "0", "quantity_zero")]
)
def test_no_more_is_inspected_than_came_back(room: Stockroom, restocked: str, scrapped: str, code: str) -> None:
    room.stocked(("A", 1, 10))
    order, _ = room.sold("A", 1)
    returned = room.returning(order, (1, "A", 1))
    room.do(inventory.receive_return, return_id=returned)
    lines = [{"order_line": 1, "restocked": restocked, "scrapped": scrapped}]
    assert room.refused(inventory.inspect_return, return_id=returned, lines=lines).code == code
    assert room.do(inventory.list_expected_returns, return_id=returned).data[0].status == "received"


def test_a_return_is_not_received_before_it_is_authorised(room: Stockroom) -> None:
    assert room.refused(inventory.receive_return, return_id=room.new_id()).code == "unknown_reference"

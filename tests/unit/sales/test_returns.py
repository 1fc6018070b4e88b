"""S7: authorised, received, inspected, credited, in any order; what may come back, and what lapses."""

import itertools
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.sales.returns.rules import ReturnLineState, ReturnStatus, return_status
from shared.contracts import sales
from tests.unit.sales.shop import Shop, quantities

D = Decimal


def sold(shop: Shop, *more: Any) -> sales.OrderView:
    order = shop.confirmed(shop.line(), *more)
    shop.hand_over(order, "10")
    return order


def authorise(shop: Shop, order: sales.OrderView, *lines: tuple[int, str], **more: Any) -> sales.ReturnView:
    asked = [{"order_line": line, "quantity": quantity} for line, quantity in lines]
    return shop.do(sales.authorise_return, order_id=order.id, reason="broken", lines=asked, **more)


def test_a_return_goes_from_authorisation_to_credit(shop: Shop) -> None:
    order = sold(shop)
    back = authorise(shop, order, (1, "4"))
    [told] = shop.told(sales.return_authorised)
    assert (told.return_id, told.warehouse_id, told.lines[0].quantity) == (back.id, shop.warehouse, D(4))
    assert (back.status, back.number, back.order_number) == ("authorised", "SR-202603-00001", order.number)
    assert quantities(shop.order(order.id).lines, "returned") == [4]
    shop.received(back, (1, "4"))
    assert shop.do(sales.get_return, id=back.id).status == "received"
    shop.inspected(back, (1, "3", "1"))
    [accepted] = shop.told(sales.return_accepted)
    assert [(line.order_line, line.quantity) for line in accepted.lines] == [(1, D(4))]
    assert shop.do(sales.get_return, id=back.id).status == "inspected"
    shop.credited(back, (1, "4"))
    after = shop.do(sales.get_return, id=back.id)
    [line] = after.lines
    assert (after.status, line.restocked, line.scrapped, line.credited) == ("credited", D(3), D(1), D(4))
    assert [note.number for note in after.credit_notes] == ["CN-1"]
    assert [step.state for step in after.process] == ["done"] * 4
    assert [(each.return_id, each.status) for each in shop.order(order.id).returns] == [(back.id, "credited")]


def test_the_facts_of_a_return_may_come_in_any_order(shop: Shop) -> None:
    def facts(back: sales.ReturnView) -> list[Callable[[], None]]:
        return [
            lambda: shop.received(back, (1, "4")),
            lambda: shop.inspected(back, (1, "4", "0")),
            lambda: shop.credited(back, (1, "4")),
        ]

    for turn in itertools.permutations(range(3)):
        back = authorise(shop, sold(shop), (1, "4"))
        for index in turn:
            facts(back)[index]()
        assert (shop.do(sales.get_return, id=back.id).status, shop.troubles()) == ("credited", [])


def test_goods_may_come_back_in_parts_each_accepted_by_itself(shop: Shop) -> None:
    back = authorise(shop, sold(shop), (1, "4"))
    for _ in range(2):
        shop.received(back, (1, "2"))
        shop.inspected(back, (1, "2", "0"))
    assert [each.lines[0].quantity for each in shop.told(sales.return_accepted)] == [2, 2]
    assert shop.do(sales.get_return, id=back.id).status == "inspected"


@pytest.mark.parametrize(
    ("line", "quantity", "pointer", "code"),
    [
        (1, "11", "/lines/0/quantity", "not_returnable"),
        (2, "1", "/lines/0/order_line", "not_goods"),
        (3, "1", "/lines/0/quantity", "not_returnable"),
        (9, "1", "/lines/0/order_line", "unknown_line"),
        (1, "0", "/lines/0/quantity", "invalid"),
    ],
)
def test_what_cannot_come_back_is_refused(shop: Shop, line: int, quantity: str, pointer: str, code: str) -> None:
    order = sold(shop, shop.line("1", shop.post, "5"), shop.line("1"))
    asked = [{"order_line": line, "quantity": quantity}]
    problem = shop.refused(sales.authorise_return, order_id=order.id, reason="x", lines=asked)
    assert (problem.errors[0]["pointer"], problem.errors[0]["code"]) == (pointer, code)
    assert shop.do(sales.list_returns).data == []


def test_only_what_is_not_back_or_on_its_way_can_come_back(shop: Shop) -> None:
    order = sold(shop)
    authorise(shop, order, (1, "7"))
    asked = [{"order_line": 1, "quantity": "4"}]
    problem = shop.refused(sales.authorise_return, order_id=order.id, reason="x", lines=asked)
    assert (problem.status, problem.code) == (409, "not_returnable")
    twice = [{"order_line": 1, "quantity": "1"}] * 2
    assert shop.refused(sales.authorise_return, order_id=order.id, reason="x", lines=twice).code == "repeated_line"


def test_a_cancelled_return_can_be_authorised_anew(shop: Shop) -> None:
    order = sold(shop)
    back = authorise(shop, order, (1, "7"))
    assert shop.do(sales.cancel_return, id=back.id).status == "cancelled"
    assert quantities(shop.order(order.id).lines, "returned") == [0]
    (told,) = shop.told(sales.return_cancelled)
    assert (told.return_id, [line.quantity for line in told.lines]) == (back.id, [7])
    assert shop.refused(sales.cancel_return, id=back.id).code == "already_cancelled"
    assert authorise(shop, order, (1, "10")).status == "authorised"


def test_goods_that_came_before_inventory_heard_of_the_cancellation_are_credited(shop: Shop) -> None:
    order = sold(shop)
    back = authorise(shop, order, (1, "7"))
    shop.do(sales.cancel_return, id=back.id)
    shop.received(back, (1, "7"))
    after = shop.do(sales.get_return, id=back.id)
    assert (after.status, after.cancelled_on) == ("received", None)
    assert quantities(shop.order(order.id).lines, "returned") == [7]
    shop.inspected(back, (1, "7", "0"))
    assert [each.lines[0].quantity for each in shop.told(sales.return_accepted)] == [7]


def test_a_return_of_which_goods_have_come_is_not_cancelled(shop: Shop) -> None:
    back = authorise(shop, sold(shop), (1, "2"))
    shop.received(back, (1, "1"))
    assert shop.refused(sales.cancel_return, id=back.id).code == "too_late"


def test_what_does_not_come_in_thirty_days_lapses(shop: Shop) -> None:
    order = sold(shop)
    nothing, part = authorise(shop, order, (1, "2")), authorise(shop, order, (1, "4"))
    shop.received(part, (1, "1"))
    shop.on += timedelta(days=30)
    assert shop.do(sales.run_deadlines).lapsed_returns == []
    shop.on += timedelta(days=1)
    assert shop.do(sales.run_deadlines).lapsed_returns == [nothing.id, part.id]
    assert [shop.do(sales.get_return, id=each.id).status for each in (nothing, part)] == ["cancelled", "received"]
    assert quantities(shop.order(order.id).lines, "returned") == [1]
    assert shop.do(sales.run_deadlines).lapsed_returns == []
    told = {fact.return_id: [line.quantity for line in fact.lines] for fact in shop.told(sales.return_cancelled)}
    assert told == {nothing.id: [2], part.id: [3]}
    shop.inspected(part, (1, "0", "1"))
    shop.credited(part, (1, "1"))
    assert shop.do(sales.get_return, id=part.id).status == "credited"


def test_returns_are_found_by_order_and_status(shop: Shop) -> None:
    order = sold(shop)
    back = authorise(shop, order, (1, "1"))
    assert [each.id for each in shop.do(sales.list_returns, order_id=order.id, status="authorised").data] == [back.id]
    assert shop.do(sales.list_returns, status="credited").data == []
    assert shop.refused(sales.get_return, id=shop.new_id()).status == 404


def test_goods_may_come_back_to_another_warehouse_that_is_known(shop: Shop) -> None:
    order = sold(shop)
    given = {"order_id": order.id, "reason": "x", "lines": [{"order_line": 1, "quantity": "1"}]}
    unknown = "01890000-0000-7000-8000-000000000000"
    problem = shop.refused(sales.authorise_return, warehouse_id=unknown, **given)
    assert (problem.code, problem.errors[0]["pointer"]) == ("unknown_reference", "/warehouse_id")
    assert authorise(shop, order, (1, "1"), warehouse_id=shop.warehouse).warehouse_id == shop.warehouse


whole = st.integers(0, 10).map(D)


@given(st.integers(1, 10).map(D), whole, whole, whole, whole)
def test_a_return_is_credited_only_when_nothing_is_to_come_to_inspect_or_to_credit(
    authorised: D, lapsed: D, received: D, restocked: D, credited: D
) -> None:
    line = ReturnLineState(authorised, min(lapsed, authorised), received, min(restocked, received), D(0), credited)
    status = return_status([line])
    if status is ReturnStatus.CREDITED:
        assert line.received == line.expected == line.accepted
        assert line.credited >= line.expected
    if status is ReturnStatus.CANCELLED:
        assert not line.received
    assert line.received <= line.expected <= max(line.authorised, line.received)

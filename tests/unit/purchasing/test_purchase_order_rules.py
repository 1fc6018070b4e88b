"""Purchase orders: approval, receipts with tolerance, status; O1."""

from dataclasses import replace
from decimal import Decimal

import pytest

from services.purchasing.orders.rules import (
    Decisions,
    LineState,
    OrderStatus,
    SecondApproverNeeded,
    all_invoiced,
    needs_approval,
    order_status,
    require_second_person,
)

D = Decimal

TEN = LineState(ordered=D(10))
APPROVED = Decisions(submitted=True, approved=True)


def test_o1_what_is_open_follows_from_what_was_accepted_less_what_was_taken_back() -> None:
    four = replace(TEN, received=D(4))
    over = replace(TEN, received=D(4) + D(8))
    back = replace(TEN, received=D(4) + D(8) - D(8))
    assert [each.open for each in (four, over, back)] == [D(6), D(0), D(6)]


def test_rejected_goods_are_still_owed() -> None:
    assert replace(TEN, received=D(7), rejected=D(3)).open == D(3)


@pytest.mark.parametrize(
    ("amount", "limit", "needed"),
    [("1000", "1000", False), ("1000.01", "1000", True), ("1", "0", True), ("9999", None, False)],
)
def test_an_order_above_the_limit_needs_approval(amount: str, limit: str | None, needed: bool) -> None:
    assert needs_approval(D(amount), None if limit is None else D(limit)) is needed


def test_the_maker_is_not_the_approver() -> None:
    require_second_person(("li", None, "wu"), "wang")
    with pytest.raises(SecondApproverNeeded):
        require_second_person(("li", None, "wu"), "wu")


@pytest.mark.parametrize(
    ("line", "decisions", "status"),
    [
        (TEN, Decisions(), OrderStatus.DRAFT),
        (TEN, Decisions(submitted=True), OrderStatus.PENDING_APPROVAL),
        (TEN, APPROVED, OrderStatus.APPROVED),
        (replace(TEN, received=D(4)), APPROVED, OrderStatus.PARTLY_RECEIVED),
        (replace(TEN, received=D(10)), APPROVED, OrderStatus.RECEIVED),
        (replace(TEN, received=D(4), cancelled=D(6)), APPROVED, OrderStatus.RECEIVED),
        (replace(TEN, received=D(10)), replace(APPROVED, closed=True), OrderStatus.CLOSED),
        (replace(TEN, received=D(4)), replace(APPROVED, cancelled=True), OrderStatus.CLOSED),
        (replace(TEN, received=D(4)), replace(APPROVED, closing=True), OrderStatus.CLOSING),
        (TEN, replace(APPROVED, closing=True, cancelled=True), OrderStatus.CANCELLED),
        (replace(TEN, received=D(9), under=D("0.1")), APPROVED, OrderStatus.RECEIVED),
        (replace(TEN, received=D(-4)), APPROVED, OrderStatus.APPROVED),
        (replace(TEN, under=D(1)), APPROVED, OrderStatus.APPROVED),
    ],
)
def test_status_follows_from_lines_and_decisions(line: LineState, decisions: Decisions, status: OrderStatus) -> None:
    assert order_status([line], decisions) is status


def test_a_line_of_which_nothing_came_is_waited_for_whatever_its_tolerance() -> None:
    assert not replace(TEN, under=D(1)).complete
    assert replace(TEN, received=D(1), under=D("0.9")).complete


def test_an_order_closes_when_all_is_received_and_invoiced() -> None:
    assert not all_invoiced([replace(TEN, received=D(10), invoiced=D(9))])
    assert not all_invoiced([replace(TEN, received=D(9), invoiced=D(9))])
    assert all_invoiced([replace(TEN, received=D(10), invoiced=D(10))])

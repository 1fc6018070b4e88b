"""Purchase orders: approval, receipts with tolerance, status; O1."""

from dataclasses import replace
from decimal import Decimal

import pytest

from services.purchasing.orders.rules import (
    Decisions,
    LineState,
    OrderStatus,
    OverReceived,
    SecondApproverNeeded,
    may_close,
    needs_approval,
    order_status,
    receive,
    require_second_person,
    take_back,
)

D = Decimal

TEN = LineState(ordered=D(10))
APPROVED = Decisions(submitted=True, approved=True)


def test_o1_over_receipt_within_50_percent_and_its_cancellation() -> None:
    line = receive(TEN, D(4))
    assert line.open == D(6)
    over = receive(line, D(8), over=D("0.5"))
    assert (over.received, over.open) == (D(12), D(0))
    back = take_back(over, D(8))
    assert (back.received, back.open) == (D(4), D(6))


def test_o1_receiving_beyond_the_tolerance_is_refused() -> None:
    with pytest.raises(OverReceived):
        receive(replace(TEN, received=D(4)), D(12), over=D("0.5"))


def test_rejected_goods_are_still_owed() -> None:
    assert replace(TEN, received=D(7), rejected=D(3)).open == D(3)


@pytest.mark.parametrize(
    ("amount", "limit", "needed"),
    [("1000", "1000", False), ("1000.01", "1000", True), ("1", "0", True), ("9999", None, False)],
)
def test_an_order_above_the_limit_needs_approval(amount: str, limit: str | None, needed: bool) -> None:
    assert needs_approval(D(amount), None if limit is None else D(limit)) is needed


def test_the_maker_is_not_the_approver() -> None:
    require_second_person("li", "wang")
    with pytest.raises(SecondApproverNeeded):
        require_second_person("li", "li")


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
        (TEN, replace(APPROVED, cancelled=True), OrderStatus.CANCELLED),
        (replace(TEN, cancelled=D(10)), APPROVED, OrderStatus.CANCELLED),
    ],
)
def test_status_follows_from_lines_and_decisions(line: LineState, decisions: Decisions, status: OrderStatus) -> None:
    assert order_status([line], decisions) is status


def test_an_order_closes_when_all_is_received_and_invoiced() -> None:
    assert not may_close([replace(TEN, received=D(10), invoiced=D(9))])
    assert may_close([replace(TEN, received=D(10), invoiced=D(10))])

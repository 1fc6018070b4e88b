"""Sales orders: line arithmetic and the status that follows from it; O3, O4."""

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.sales.orders.rules import (
    Answers,
    CancelOutcome,
    LineState,
    NotReturnable,
    OrderStatus,
    OverShipped,
    cancel_outcome,
    order_status,
    require_returnable,
    require_shippable,
    short_enough,
)

D = Decimal

TEN = LineState(ordered=D(10))
CONFIRMED = Answers(stock_answered=True, credit_approved=True)


def test_o3_over_shipment_of_20_percent_lets_12_of_10_go_and_leaves_no_backorder() -> None:
    with pytest.raises(OverShipped):
        require_shippable(TEN, D(13), over=D("0.2"))
    require_shippable(TEN, D(12), over=D("0.2"))
    shipped = TEN._replace(handed_over=D(12))
    assert (shipped.open, shipped.backordered) == (D(0), D(0))


def test_o4_a_sale_of_2_shipped_one_by_one_leaves_1_open_then_completes() -> None:
    first = LineState(ordered=D(2), reserved=D(1), handed_over=D(1))
    assert (first.open, first.backordered) == (D(1), D(1))
    assert order_status([first], CONFIRMED) is OrderStatus.PARTLY_SHIPPED
    last = LineState(ordered=D(2), reserved=D(2), handed_over=D(2), invoiced=D(2))
    assert order_status([last], CONFIRMED) is OrderStatus.SHIPPED
    assert order_status([last], replace(CONFIRMED, paid=True)) is OrderStatus.COMPLETED


@pytest.mark.parametrize(
    ("lines", "answers", "status"),
    [
        ([TEN], Answers(), OrderStatus.PLACED),
        ([TEN], Answers(stock_answered=True), OrderStatus.PLACED),
        ([TEN], Answers(credit_approved=True), OrderStatus.PLACED),
        ([TEN], CONFIRMED, OrderStatus.CONFIRMED),
        ([TEN], Answers(stock_answered=True, held=True), OrderStatus.ON_HOLD),
        ([TEN], Answers(declined=True), OrderStatus.DECLINED),
        ([TEN], replace(CONFIRMED, cancel_requested=True), OrderStatus.CANCELLING),
        ([TEN._replace(cancelled=D(10))], CONFIRMED, OrderStatus.CANCELLED),
        ([TEN._replace(cancelled=D(10)), TEN], CONFIRMED, OrderStatus.CONFIRMED),
        ([TEN._replace(handed_over=D(4))], CONFIRMED, OrderStatus.PARTLY_SHIPPED),
        ([TEN._replace(handed_over=D(4), cancelled=D(6))], CONFIRMED, OrderStatus.PARTLY_CANCELLED),
        ([TEN._replace(handed_over=D(10))], replace(CONFIRMED, paid=True), OrderStatus.SHIPPED),
        ([TEN._replace(handed_over=D(10), invoiced=D(10))], replace(CONFIRMED, paid=True), OrderStatus.COMPLETED),
    ],
)
def test_status_follows_from_lines_and_answers(lines: list[LineState], answers: Answers, status: OrderStatus) -> None:
    assert order_status(lines, answers) is status


def test_goods_handed_over_before_the_other_answers_arrive_still_show() -> None:
    assert order_status([TEN._replace(handed_over=D(1))], Answers()) is OrderStatus.PARTLY_SHIPPED


@pytest.mark.parametrize(
    ("handed_over", "cancelled", "outcome"),
    [(0, 10, CancelOutcome.CANCELLED), (4, 6, CancelOutcome.PARTLY_CANCELLED), (10, 0, CancelOutcome.TOO_LATE)],
)
def test_a_cancel_ends_in_one_of_three_ways(handed_over: int, cancelled: int, outcome: CancelOutcome) -> None:
    assert cancel_outcome([TEN._replace(handed_over=D(handed_over), cancelled=D(cancelled))]) is outcome


def test_only_what_was_handed_over_and_is_not_back_can_come_back() -> None:
    line = TEN._replace(handed_over=D(4), returned=D(1))
    require_returnable(line, D(3))
    with pytest.raises(NotReturnable):
        require_returnable(line, D(4))


def test_what_is_reserved_and_not_yet_requested_goes_to_delivery() -> None:
    line = LineState(ordered=D(10), reserved=D(7), requested=D(4), handed_over=D(4))
    assert (line.to_request, line.backordered, line.open) == (D(3), D(3), D(6))


def test_a_line_may_close_short_within_its_tolerance_once_something_shipped() -> None:
    assert short_enough(TEN._replace(handed_over=D("9.5")), D("0.05"))
    assert not short_enough(TEN._replace(handed_over=D(9)), D("0.05"))
    assert not short_enough(TEN, D(1))


quantities = st.integers(0, 20).map(D)


@given(st.integers(1, 20).map(D), quantities, quantities, st.integers(0, 20))
def test_ordered_is_handed_over_and_open_and_cancelled(ordered: D, reserved: D, handed_over: D, cancelled: int) -> None:
    handed_over = min(handed_over, ordered)
    line = LineState(
        ordered, reserved=reserved, handed_over=handed_over, cancelled=min(D(cancelled), ordered - handed_over)
    )
    assert line.ordered == line.handed_over + line.open + line.cancelled
    assert 0 <= line.backordered <= line.open
    assert 0 <= line.to_request <= line.open

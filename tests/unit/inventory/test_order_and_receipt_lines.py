"""Reservation, backorders, cancellation, hand-over and receipt, by acceptance case."""

from datetime import date
from decimal import Decimal
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.inventory.receipts.rules import ExpectedLine, OverReceipt, cancel_receipt, cancel_rest, receive
from services.inventory.reservations.rules import (
    Backorder,
    OrderLine,
    Outcome,
    OverShipment,
    Request,
    Reservation,
    Served,
    available,
    cancel,
    hand_over,
    reserve,
    serve,
)
from shared.kernel.errors import Conflict, InvalidInput

D = Decimal


def exact(*numbers: int) -> tuple[Decimal, ...]:
    return tuple(D(number) for number in numbers)


amounts = st.decimals("0.000001", "1000", places=6)


def test_o1_over_receipt_within_tolerance_closes_the_line_and_cancelling_it_opens_it_again() -> None:
    four = receive(ExpectedLine("p1", D(10), over_tolerance=D(50)), D(4)).after
    assert four.open == 6
    eight_more = receive(four, D(8))
    assert (eight_more.after.received, eight_more.after.open, eight_more.over) == exact(12, 0, 2)
    undone = cancel_receipt(eight_more.after, D(8))
    assert (undone.received, undone.open) == exact(4, 6)


def test_a_receipt_beyond_the_tolerance_is_refused_and_the_excess_can_be_rejected() -> None:
    line = ExpectedLine("p1", D(10), received=D(4), over_tolerance=D(50))
    with pytest.raises(OverReceipt) as refused:
        receive(line, D(12))
    assert refused.value.allowed == 11
    taken = receive(line, D(12), rejected=D(1))
    assert (taken.accepted, taken.rejected, taken.after.received) == exact(11, 1, 15)


def test_what_is_rejected_stays_owed() -> None:
    taken = receive(ExpectedLine("p1", D(10)), D(10), rejected=D(3))
    assert (taken.accepted, taken.after.open) == exact(7, 3)
    with pytest.raises(InvalidInput):
        receive(taken.after, D(1), rejected=D(2))


def test_a_shortage_within_tolerance_is_not_awaited_and_is_cancelled_when_the_order_closes() -> None:
    line = ExpectedLine("p1", D(100), under_tolerance=D(2))
    assert line.awaited == 100
    nearly = receive(line, D(98))
    assert (nearly.after.open, nearly.after.awaited, nearly.short) == exact(2, 0, 2)
    assert receive(line, D(97)).after.awaited == 3
    closed = cancel_rest(nearly.after)
    assert (closed.cancelled, closed.open) == exact(2, 0)


def test_a_line_of_which_nothing_came_or_something_was_cancelled_is_awaited_whatever_its_tolerance() -> None:
    assert ExpectedLine("p1", D(10), under_tolerance=D(100)).awaited == 10
    assert ExpectedLine("p1", D(100), received=D(89), cancelled=D(10), under_tolerance=D(2)).awaited == 1


def test_a_cancelled_line_takes_nothing_more_and_no_tolerance_stretches_it() -> None:
    line = cancel_rest(ExpectedLine("p1", D(10), received=D(4), over_tolerance=D(50)))
    assert (line.cancelled, line.open) == exact(6, 0)
    with pytest.raises(Conflict) as refused:
        receive(line, D(1))
    assert refused.value.code == "line_cancelled"
    assert receive(line, D(1), rejected=D(1)).accepted == 0


def test_a_receipt_cannot_be_cancelled_twice() -> None:
    line = cancel_receipt(ExpectedLine("p1", D(10), received=D(4)), D(4))
    with pytest.raises(Conflict):
        cancel_receipt(line, D(4))


def test_o3_over_shipping_within_tolerance_leaves_nothing_open() -> None:
    line = OrderLine("s1", D(10), reserved=D(10))
    with pytest.raises(OverShipment) as refused:
        hand_over(line, D(13), over_tolerance=D(20))
    assert refused.value.allowed == 12
    shipped = hand_over(line, D(12), over_tolerance=D(20))
    assert (shipped.from_reserved, shipped.from_free) == exact(10, 2)
    assert shipped.open == 0
    assert shipped.complete


def test_o4_a_sale_shipped_in_parts_is_complete_with_the_last() -> None:
    first = hand_over(OrderLine("s1", D(2), reserved=D(2)), D(1))
    assert first.open == 1
    assert not first.complete
    second = hand_over(OrderLine("s1", D(2), reserved=D(1), handed_over=first.handed_over), D(1))
    assert (second.handed_over, second.open) == exact(2, 0)
    assert second.complete


def test_o11_two_orders_for_the_last_unit_and_the_second_gets_it_when_the_first_is_cancelled() -> None:
    on_hand = D(1)
    (first,) = reserve({"item": available(on_hand, D(0))}, [Request("s1", "item", D(1))])
    (second,) = reserve({"item": available(on_hand, first.reserved)}, [Request("s2", "item", D(1))])
    assert (first.reserved, second.reserved, second.backordered) == exact(1, 0, 1)
    undone = cancel([OrderLine("s1", D(1), reserved=first.reserved)])
    assert undone.outcome is Outcome.CANCELLED
    waiting = [Backorder("s2", date(2026, 3, 1), 2, second.backordered)]
    assert serve(undone.lines[0].released, waiting) == (Served("s2", D(1)),)


def test_lines_of_one_item_are_reserved_in_their_order() -> None:
    answers = reserve({"a": D(5)}, [Request("1", "a", D(3)), Request("2", "b", D(1)), Request("3", "a", D(4))])
    assert answers == (
        Reservation("1", "a", D(3), D(0)),
        Reservation("2", "b", D(0), D(1)),
        Reservation("3", "a", D(2), D(2)),
    )


def test_an_item_promised_beyond_what_is_on_hand_gives_nothing() -> None:
    assert reserve({"a": D(-2)}, [Request("1", "a", D(3))]) == (Reservation("1", "a", D(0), D(3)),)


def test_backorders_are_served_oldest_promise_first_and_the_unpromised_last() -> None:
    march, april = date(2026, 3, 1), date(2026, 4, 1)
    waiting = [
        Backorder("unpromised", None, 1, D(1)),
        Backorder("april", april, 2, D(4)),
        Backorder("march, later", march, 9, D(2)),
        Backorder("march, placed first", march, 3, D(2)),
    ]
    assert serve(D(5), waiting) == (
        Served("march, placed first", D(2)),
        Served("march, later", D(2)),
        Served("april", D(1)),
    )


@pytest.mark.parametrize(
    ("handed_over", "outcome", "cancelled"),
    [((0, 0), "cancelled", (10, 5)), ((4, 0), "partly_cancelled", (6, 5)), ((10, 5), "too_late", (0, 0))],
)
def test_a_cancellation_stops_what_has_not_left(
    handed_over: tuple[int, int], outcome: str, cancelled: tuple[int, int]
) -> None:
    lines = [
        OrderLine(str(ordered), D(ordered), D(ordered - gone), D(gone))
        for ordered, gone in zip((10, 5), handed_over, strict=True)
    ]
    answer = cancel(lines)
    assert answer.outcome == outcome
    assert tuple(line.cancelled for line in answer.lines) == exact(*cancelled)
    assert tuple(line.too_late for line in answer.lines) == exact(*handed_over)


def test_a_line_shipped_over_has_nothing_left_to_cancel() -> None:
    answer = cancel([OrderLine("s1", D(10), D(0), handed_over=D(12))])
    assert answer.outcome is Outcome.TOO_LATE
    assert answer.lines[0].cancelled == 0


@given(st.dictionaries(st.sampled_from("abc"), amounts), st.lists(st.tuples(st.sampled_from("abcd"), amounts)))
def test_reservations_never_exceed_what_is_free(free: dict[str, Decimal], wants: list[tuple[str, Decimal]]) -> None:
    answers = reserve(free, [Request(str(n), item, amount) for n, (item, amount) in enumerate(wants)])
    for answer, (_, wanted) in zip(answers, wants, strict=True):
        assert answer.reserved >= 0
        assert answer.reserved + answer.backordered == wanted
    for item in "abcd":
        wanted = sum((amount for name, amount in wants if name == item), D(0))
        assert sum(a.reserved for a in answers if a.item == item) == min(free.get(item, D(0)), wanted)


@given(amounts, st.lists(amounts), st.randoms())
def test_what_arrives_goes_out_whole_and_in_one_order_however_it_is_listed(
    arrived: Decimal, wants: list[Decimal], shuffle: Random
) -> None:
    waiting = [Backorder(str(n), date(2026, 1, 1 + n % 3), n, amount) for n, amount in enumerate(wants)]
    served = serve(arrived, waiting)
    assert sum(s.quantity for s in served) == min(arrived, sum(wants))
    shuffle.shuffle(waiting)
    assert serve(arrived, waiting) == served


@given(amounts, st.lists(amounts, min_size=1), st.integers(0, 50))
def test_shipping_in_parts_never_passes_the_tolerance_nor_the_reservation(
    ordered: Decimal, parts: list[Decimal], tolerance: int
) -> None:
    reserved, gone = ordered, D(0)
    for part in parts:
        try:
            step = hand_over(OrderLine("s1", ordered, reserved, gone), part, D(tolerance))
        except OverShipment:
            continue
        reserved, gone = reserved - step.from_reserved, step.handed_over
        assert step.from_reserved + step.from_free == part
        assert reserved >= 0
        assert step.open == max(ordered - gone, D(0))
    assert gone <= ordered * (100 + tolerance) / 100

"""Credit: approved within the limit, held beyond it, released oldest first; M3."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from services.finance.credit.rules import CreditDecision, HeldOrder, decide, releases

D = Decimal

START = datetime(2025, 3, 10, tzinfo=UTC)


def held(order: str, minutes: int, amount: D) -> HeldOrder:
    """An order held that many minutes after the start."""
    return HeldOrder(order, START + timedelta(minutes=minutes), amount)


def test_m3_of_two_orders_one_is_approved_and_one_held_until_a_payment_releases_it() -> None:
    limit, exposure = D(1000), D(600)
    assert decide(limit, exposure, D(300)) is CreditDecision.APPROVED
    assert decide(limit, exposure + 300, D(300)) is CreditDecision.HELD
    waiting = held("second", 0, D(300))
    assert releases(limit, D(900), [waiting]) == ()
    assert releases(limit, D(900) - 200, [waiting]) == (waiting,)


def test_no_limit_approves_everything() -> None:
    assert decide(None, D(10**9), D(1)) is CreditDecision.APPROVED


def test_the_oldest_goes_first_and_one_too_large_does_not_block() -> None:
    old, large, young = held("o", 0, D(50)), held("l", 1, D(90)), held("y", 2, D(50))
    assert releases(D(100), D(0), [young, large, old]) == (old, young)


@given(st.integers(0, 500).map(D), st.integers(0, 500).map(D), st.lists(st.integers(1, 200).map(D), max_size=6))
def test_releases_never_pass_the_limit_and_leave_none_that_fits(limit: D, exposure: D, amounts: list[D]) -> None:
    waiting = [held(str(index), index, amount) for index, amount in enumerate(amounts)]
    released = releases(limit, exposure, waiting)
    after = exposure + sum(order.amount for order in released)
    assert not released or after <= limit
    assert all(decide(limit, after, order.amount) is CreditDecision.HELD for order in waiting if order not in released)

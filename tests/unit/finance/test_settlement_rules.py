"""Terms and allocation: T2, M4."""

from datetime import date
from decimal import Decimal
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.finance.settlement.rules import (
    Due,
    Instalment,
    InvalidTerms,
    OpenItem,
    OverAllocated,
    allocate,
    checked_terms,
    parse_terms,
    schedule,
)

D = Decimal

DAY1, DAY2, DAY3 = date(2025, 3, 1), date(2025, 3, 31), date(2025, 4, 30)
M4 = [OpenItem("a", DAY1, D(60)), OpenItem("b", DAY2, D(100))]


def test_t2_200_in_30_50_20_percent_is_60_100_40() -> None:
    due = schedule(D(200), parse_terms("30/50/20 %"), DAY1, "CNY")
    assert due == (Due(DAY1, D(60)), Due(DAY2, D(100)), Due(DAY3, D(40)))


def test_t2_payment_then_credit_note_go_in_due_order() -> None:
    items = [OpenItem("1", DAY1, D(60)), OpenItem("2", DAY2, D(100)), OpenItem("3", DAY3, D(40))]
    assert _left(items, D(40)) == [D(20), D(100), D(40)]
    after = [OpenItem(item.id, item.due_on, left) for item, left in zip(items, _left(items, D(40)), strict=True)]
    assert _left(after, D(100)) == [D(0), D(20), D(40)]


def test_t2_a_credit_note_goes_as_the_user_allocates() -> None:
    items = [OpenItem("1", DAY1, D(20)), OpenItem("2", DAY2, D(100)), OpenItem("3", DAY3, D(40))]
    allocation = allocate(D(100), items, {"3": D(40), "2": D(60)})
    assert (allocation.parts, allocation.unallocated) == ((("2", D(60)), ("3", D(40))), D(0))


def test_m4_80_without_advice_pays_60_and_20() -> None:
    assert allocate(D(80), M4).parts == (("a", D(60)), ("b", D(20)))


def test_m4_80_with_advice_goes_as_advised_and_the_rest_stays() -> None:
    allocation = allocate(D(80), M4, {"b": D(70)})
    assert (allocation.parts, allocation.unallocated) == ((("b", D(70)),), D(10))


@pytest.mark.parametrize("advice", [{"a": D(61)}, {"a": D(60), "b": D(21)}, {"x": D(1)}, {"a": D(-1)}])
def test_advice_beyond_the_payment_or_the_item_is_refused(advice: dict[str, D]) -> None:
    with pytest.raises(OverAllocated):
        allocate(D(80), M4, advice)


@pytest.mark.parametrize(
    ("text", "terms"),
    [
        ("net 30", [(100, 30)]),
        ("Net 0 days", [(100, 0)]),
        ("30/50/20 %", [(30, 0), (50, 30), (20, 60)]),
        ("30 / 70 % in 0/45 days", [(30, 0), (70, 45)]),
        ("33.5/66.5% in 60/30 days", [("66.5", 30), ("33.5", 60)]),
    ],
)
def test_terms_are_read_as_people_write_them(text: str, terms: list[tuple[str, int]]) -> None:
    assert parse_terms(text) == tuple(Instalment(D(percent), days) for percent, days in terms)


@pytest.mark.parametrize("text", ["", "soon", "30/50 %", "50/50 % in 30 days", "0/100 %", "net -1", "120 %"])
def test_terms_that_are_not_the_whole_are_refused(text: str) -> None:
    with pytest.raises(InvalidTerms):
        parse_terms(text)


def test_terms_given_as_numbers_are_held_to_the_same() -> None:
    with pytest.raises(InvalidTerms):
        checked_terms([Instalment(D(100), -1)])


@given(st.decimals("-100000", "100000", places=2), st.lists(st.integers(1, 90), min_size=1, max_size=5))
def test_instalments_sum_to_the_whole(amount: D, cuts: list[int]) -> None:
    bounds = sorted({0, 100, *cuts})
    terms = [Instalment(D(high - low), low) for low, high in pairwise(bounds)]
    assert sum(due.amount for due in schedule(amount, terms, DAY1, "CNY")) == amount


open_items = st.lists(
    st.builds(
        OpenItem,
        id=st.integers(0, 99).map(str),
        due_on=st.sampled_from([DAY1, DAY2, DAY3]),
        open=st.decimals("0", "500", places=2),
    ),
    max_size=6,
    unique_by=lambda item: item.id,
)


@given(st.decimals("0", "2000", places=2), open_items)
def test_allocation_never_exceeds_the_payment_or_what_is_open(amount: D, items: list[OpenItem]) -> None:
    allocation = allocate(amount, items)
    open_by_id = {item.id: item.open for item in items}
    assert all(0 < part <= open_by_id[item] for item, part in allocation.parts)
    assert sum(part for _, part in allocation.parts) + allocation.unallocated == amount
    assert allocation.unallocated == max(amount - sum(open_by_id.values()), D(0))


def _left(items: list[OpenItem], amount: D) -> list[D]:
    paid = dict(allocate(amount, items).parts)
    return [item.open - paid.get(item.id, D(0)) for item in items]

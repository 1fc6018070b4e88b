"""Requisitions become drafts: merged per supplier and day, in packs, at the break they reach."""

from datetime import date
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from services.purchasing.orders.drafting import (
    Offer,
    PriceBreak,
    RequisitionLine,
    best_offer,
    draft_orders,
    order_quantity,
)

D = Decimal

MONDAY, TUESDAY = date(2025, 3, 10), date(2025, 3, 11)
BREAKS = (PriceBreak(D(1), D("5")), PriceBreak(D(20), D("4")))
TEA = Offer("S1", "tea", "CNY", BREAKS, lead_time=7, moq=D(10), pack_size=D(6))
CUP = Offer("S1", "cup", "CNY", (PriceBreak(D(0), D("2.505")),), lead_time=3)
POT = Offer("S2", "pot", "CNY", (PriceBreak(D(0), D("30")),))
OFFERS = {"tea": TEA, "cup": CUP, "pot": POT}
LINES = [
    RequisitionLine("r1", "tea", D(8), MONDAY),
    RequisitionLine("r2", "tea", D(11), MONDAY),
    RequisitionLine("r3", "cup", D(1), MONDAY),
    RequisitionLine("r4", "pot", D(1), MONDAY),
    RequisitionLine("r5", "tea", D(1), TUESDAY),
    RequisitionLine("r6", "moon", D(1), MONDAY),
]


def test_lines_of_one_supplier_and_day_share_an_order() -> None:
    drafted = draft_orders(LINES, OFFERS)
    assert [(draft.supplier, draft.order_on) for draft in drafted.drafts] == [
        ("S1", MONDAY),
        ("S1", TUESDAY),
        ("S2", MONDAY),
    ]
    assert [line.id for line in drafted.unserved] == ["r6"]


def test_lines_of_one_item_merge_then_round_up_to_packs_and_reach_the_break() -> None:
    cup, tea = draft_orders(LINES, OFFERS).drafts[0].lines
    assert (tea.quantity, tea.price, tea.amount) == (D(24), D(4), D(96))
    assert tea.requisition_lines == ("r1", "r2")
    assert (tea.expected_on, cup.expected_on) == (date(2025, 3, 17), date(2025, 3, 13))
    assert cup.amount == D("2.51")


def test_a_wish_that_no_line_holds_becomes_lines_of_whole_packs() -> None:
    wish = RequisitionLine("r7", "tea", D(2_000_000_000), MONDAY)
    (draft,) = draft_orders([wish], OFFERS).drafts
    assert [line.quantity for line in draft.lines] == [D(999_999_996), D(999_999_996), D(12)]
    assert {(line.price, line.expected_on, line.requisition_lines) for line in draft.lines} == {
        (D(4), date(2025, 3, 17), ("r7",))
    }
    (draft,) = draft_orders([RequisitionLine("r8", "cup", D("1000000000.5"), MONDAY)], OFFERS).drafts
    assert [line.quantity for line in draft.lines] == [D(999_999_999), D("1.5")]


def test_a_small_wish_is_raised_to_the_minimum_then_to_whole_packs() -> None:
    assert order_quantity(D(1), moq=D(10), pack_size=D(6)) == D(12)
    assert order_quantity(D(1), moq=D(10)) == D(10)


def test_the_preferred_offer_wins_else_the_least_to_pay() -> None:
    dear = Offer("S3", "tea", "CNY", (PriceBreak(D(0), D(6)),))
    preferred = Offer("S4", "tea", "CNY", (PriceBreak(D(0), D(9)),), preferred=True)
    assert best_offer([TEA, dear], D(20)) is TEA
    assert best_offer([TEA, dear], D(1)) is dear
    assert best_offer([TEA, dear, preferred], D(20)) is preferred
    assert best_offer([], D(1)) is None


@given(st.permutations(LINES))
def test_the_order_of_requisitions_never_matters(lines: list[RequisitionLine]) -> None:
    assert draft_orders(lines, OFFERS) == draft_orders(LINES, OFFERS)


@given(st.decimals("0.01", "1000", places=2), st.integers(0, 100).map(D), st.integers(0, 24).map(D))
def test_what_is_ordered_covers_the_wish_in_whole_packs(wanted: D, moq: D, pack: D) -> None:
    quantity = order_quantity(wanted, moq, pack)
    assert quantity >= max(wanted, moq)
    assert not pack or (quantity % pack == 0 and quantity - max(wanted, moq) < pack)

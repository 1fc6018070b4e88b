"""Three-way match: M2, and partial invoices that release exactly the accrual."""

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.finance.matching.rules import (
    InvoicedLine,
    MatchReason,
    ReceivedLine,
    Tolerance,
    accrual_share,
    match_line,
)
from shared.kernel.tax import tax_of

D = Decimal

TEN_AT_5 = ReceivedLine(price=D(5), currency="CNY", received=D(10), received_value=D(50))
TWO_PERCENT = Tolerance(price=D("0.02"))


def invoiced(quantity: str, price: str) -> InvoicedLine:
    """An invoice line with 13 % of tax."""
    taxed = tax_of(D(quantity) * D(price), D("0.13"), included=False, currency="CNY")
    return InvoicedLine(D(quantity), taxed.net, taxed.tax, D("0.13"), "CNY")


def test_m2_a_price_2_percent_above_matches_and_posts_the_variance() -> None:
    match = match_line(TEN_AT_5, invoiced("10", "5.10"), TWO_PERCENT)
    assert match.ok
    assert (match.accrual, match.variance, match.tax, match.payable) == (D(50), D(1), D("6.63"), D("57.63"))


def test_m2_a_price_4_percent_above_is_an_exception_with_its_reason() -> None:
    match = match_line(TEN_AT_5, invoiced("10", "5.20"), TWO_PERCENT)
    assert match.reasons == (MatchReason.PRICE_ABOVE_TOLERANCE,)


@pytest.mark.parametrize(
    ("line", "invoice", "reason"),
    [
        (TEN_AT_5, invoiced("10", "4.80"), MatchReason.PRICE_BELOW_TOLERANCE),
        (TEN_AT_5, invoiced("11", "5"), MatchReason.QUANTITY_ABOVE_RECEIVED),
        (replace(TEN_AT_5, invoiced=D(5), released=D(25)), invoiced("6", "5"), MatchReason.QUANTITY_ABOVE_RECEIVED),
        (replace(TEN_AT_5, received=D(0), received_value=D(0)), invoiced("1", "5"), MatchReason.NOT_RECEIVED),
        (TEN_AT_5, replace(invoiced("10", "5"), tax=D("6.52")), MatchReason.TAX_DIFFERS),
        (TEN_AT_5, replace(invoiced("10", "5"), currency="USD"), MatchReason.CURRENCY_DIFFERS),
    ],
)
def test_each_mismatch_has_its_reason(line: ReceivedLine, invoice: InvoicedLine, reason: MatchReason) -> None:
    assert match_line(line, invoice, TWO_PERCENT).reasons == (reason,)


def test_quantity_within_its_tolerance_matches_and_the_excess_is_variance() -> None:
    match = match_line(TEN_AT_5, invoiced("11", "5"), Tolerance(quantity=D("0.1")))
    assert match.ok
    assert (match.accrual, match.variance) == (D(50), D(5))


def test_a_cent_of_rounding_is_no_deviation() -> None:
    line = ReceivedLine(price=D("0.333"), currency="CNY", received=D(1), received_value=D("0.33"))
    assert match_line(line, invoiced("1", "0.333"), Tolerance()).ok


@given(st.decimals("0.01", "9999", places=2), st.lists(st.integers(1, 20).map(D), min_size=1, max_size=6), st.data())
def test_partial_receipts_and_invoices_release_exactly_the_accrual(
    value: D, cuts: list[D], data: st.DataObject
) -> None:
    total, late = sum(cuts, D(0)), data.draw(st.integers(0, len(cuts) - 1))
    line = ReceivedLine(D(1), "CNY", received=total, received_value=value)
    for index, quantity in enumerate(cuts):
        if index == late:
            line = replace(line, received_value=line.received_value + D("0.07"))
        share = accrual_share(line, quantity)
        line = replace(line, invoiced=line.invoiced + quantity, released=line.released + share)
    assert line.released == line.received_value

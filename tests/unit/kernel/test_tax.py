"""Tax: T1, M7, and that parts always sum to their whole."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.kernel.tax import NOTHING, Portion, Taxed, TaxLine, TaxRounding, part, tax_document, tax_invoice, tax_of

D = Decimal

amounts = st.decimals("-1000000", "1000000", places=2)
rates = st.sampled_from([D("0"), D("0.03"), D("0.06"), D("0.09"), D("0.13"), D("0.2"), D("0.0725")])
parts = st.lists(st.integers(1, 50).map(D), min_size=1, max_size=8)


@pytest.mark.parametrize(
    ("rate", "gross", "net", "tax"),
    [("0.08", "124.40", "115.19", "9.21"), ("0.12", "52.50", "46.87", "5.63"), ("0.21", "11.90", "9.83", "2.07")],
)
def test_t1_tax_included_is_rounded_half_up_and_net_is_the_remainder(rate: str, gross: str, net: str, tax: str) -> None:
    assert tax_of(D(gross), D(rate), included=True, currency="CNY") == Taxed(D(net), D(tax), D(gross))


def test_tax_excluded_is_rounded_half_up_and_gross_is_the_sum() -> None:
    assert tax_of(D("51"), D("0.13"), included=False, currency="CNY") == Taxed(D("51"), D("6.63"), D("57.63"))


def test_tax_is_rounded_to_the_currency() -> None:
    assert tax_of(D("105"), D("0.10"), included=False, currency="JPY") == Taxed(D("105"), D("11"), D("116"))


M7 = [TaxLine(D("0.33"), "S13", D("0.13")), TaxLine(D("0.33"), "S13", D("0.13"))]


def test_m7_line_rounding_taxes_each_line() -> None:
    document = tax_document(M7, included=False, currency="CNY", rounding=TaxRounding.LINE)
    assert [line.gross for line in document.lines] == [D("0.37"), D("0.37")]
    assert document.total.gross == D("0.74")


def test_m7_document_rounding_taxes_the_total_of_a_code() -> None:
    document = tax_document(M7, included=False, currency="CNY", rounding=TaxRounding.DOCUMENT)
    assert document.total == Taxed(D("0.66"), D("0.09"), D("0.75"))
    assert document.by_code["S13"] == document.total


@pytest.mark.parametrize(("rounding", "grosses"), [("line", ["0.37", "0.37"]), ("document", ["0.37", "0.38"])])
@pytest.mark.parametrize("first", [0, 1])
def test_m7_whichever_line_ships_first_the_last_invoice_takes_the_remainder(
    rounding: str, grosses: list[str], first: int
) -> None:
    invoiced: dict[str, D] = {}
    totals = []
    for index in (first, 1 - first):
        portion = Portion(M7[index], D(1), D(0), D(1))
        invoice = tax_invoice(
            [portion], invoiced=invoiced, included=False, currency="CNY", rounding=TaxRounding(rounding)
        )
        invoiced["S13"] = invoiced.get("S13", D(0)) + invoice.by_code["S13"].net
        totals.append(invoice.total.gross)
    assert totals == [D(gross) for gross in grosses]


def test_one_code_with_two_rates_is_refused_when_the_document_is_rounded() -> None:
    lines = [TaxLine(D(1), "S13", D("0.13")), TaxLine(D(1), "S13", D("0.09"))]
    with pytest.raises(ValueError, match="two rates"):
        tax_document(lines, included=False, currency="CNY", rounding=TaxRounding.DOCUMENT)


@given(amounts, rates, st.booleans())
def test_net_and_tax_are_the_gross_and_the_priced_side_is_the_price(amount: D, rate: D, included: bool) -> None:
    taxed = tax_of(amount, rate, included=included, currency="CNY")
    assert taxed.net + taxed.tax == taxed.gross
    assert (taxed.gross if included else taxed.net) == amount


@given(amounts, rates, st.booleans(), parts)
def test_parts_of_a_line_sum_to_its_net_and_tax_in_any_order(
    amount: D, rate: D, included: bool, quantities: list[D]
) -> None:
    whole, quantity, before, total = (
        tax_of(amount, rate, included=included, currency="CNY"),
        sum(quantities, D(0)),
        D(0),
        NOTHING,
    )
    for now in quantities:
        total += part(whole, quantity, before, now, included=included, currency="CNY")
        before += now
    assert total == whole


@given(amounts, rates, st.booleans(), parts)
def test_crediting_all_parts_one_by_one_gives_everything_back(
    amount: D, rate: D, included: bool, quantities: list[D]
) -> None:
    whole, quantity = tax_of(amount, rate, included=included, currency="CNY"), sum(quantities, D(0))
    before, total = quantity, whole
    for now in quantities:
        total += part(whole, quantity, before, -now, included=included, currency="CNY")
        before -= now
    assert total == NOTHING


@given(st.data(), st.booleans(), st.sampled_from(TaxRounding))
def test_partial_invoices_sum_to_the_order_in_any_order(
    data: st.DataObject, included: bool, rounding: TaxRounding
) -> None:
    rate_of = {"S13": D("0.13"), "S09": D("0.09")}
    codes = data.draw(st.lists(st.sampled_from(sorted(rate_of)), min_size=1, max_size=4))
    lines = [TaxLine(data.draw(st.decimals("0", "999", places=2)), code, rate_of[code]) for code in codes]
    cuts = [(index, now) for index in range(len(lines)) for now in data.draw(parts)]
    quantities = [sum((now for at, now in cuts if at == index), D(0)) for index in range(len(lines))]
    before, invoiced, total = [D(0)] * len(lines), dict.fromkeys(rate_of, D(0)), NOTHING
    for index, now in data.draw(st.permutations(cuts)):
        portion = Portion(lines[index], quantities[index], before[index], now)
        invoice = tax_invoice([portion], invoiced=invoiced, included=included, currency="CNY", rounding=rounding)
        taxed = invoice.by_code[lines[index].code]
        invoiced[lines[index].code] += taxed.gross if included else taxed.net
        before[index] += now
        total += invoice.total
    assert total == tax_document(lines, included=included, currency="CNY", rounding=rounding).total

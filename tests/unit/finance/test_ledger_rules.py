"""The ledger: entries balance, reversals cancel, stock facts meet their counter-accounts; M2, M5, M6."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.finance.ledger import chart
from services.finance.ledger.chart import CHART, STATEMENT_LINES, postable
from services.finance.ledger.postings import (
    STOCK_POSTINGS,
    StockFact,
    opening_entry,
    payment_entry,
    receipt_entry,
    sales_invoice_entry,
    stock_entry,
    supplier_invoice_entry,
)
from services.finance.ledger.rules import (
    Entry,
    Line,
    UnbalancedEntry,
    credit,
    debit,
    entry,
    mirrored,
    red,
)
from shared.kernel.tax import tax_of

D = Decimal

money = st.decimals("-1000000", "1000000", places=2)
rates = st.decimals("0.0001", "200", places=4)


def base_of(posted: Entry | None) -> dict[str, D]:
    """Debits less credits by account, in base currency."""
    assert posted is not None
    totals: dict[str, D] = {}
    for line in posted.lines:
        totals[line.account] = totals.get(line.account, D(0)) + line.base
    return totals


def test_m2_a_receipt_raises_inventory_and_accrual() -> None:
    posted = stock_entry(StockFact.RECEIPT, D(50), "CNY")
    assert base_of(posted) == {chart.INVENTORY: D(50), chart.ACCRUAL: D(-50)}


def test_m2_the_invoice_releases_the_accrual_with_variance_and_input_tax_against_the_payable() -> None:
    posted = supplier_invoice_entry(D(50), D(1), D("6.63"), supplier="S1", currency="CNY", base_currency="CNY")
    assert base_of(posted) == {
        chart.ACCRUAL: D(50),
        chart.PRICE_VARIANCE: D(1),
        chart.INPUT_TAX: D("6.63"),
        chart.PAYABLE: D("-57.63"),
    }


def test_m5_one_of_two_sold_comes_back_at_its_average_cost_with_a_credit_note_for_price_and_tax() -> None:
    sold = base_of(stock_entry(StockFact.HAND_OVER, D(-30), "CNY"))
    back = base_of(stock_entry(StockFact.CUSTOMER_RETURN, D(15), "CNY"))
    assert sold[chart.COST_OF_SALES] + back[chart.COST_OF_SALES] == D(15)
    assert sold[chart.INVENTORY] + back[chart.INVENTORY] == D(-15)
    note = sales_invoice_entry(
        -tax_of(D(40), D("0.13"), included=False, currency="CNY"), customer="C1", currency="CNY", base_currency="CNY"
    )
    assert base_of(note) == {chart.RECEIVABLE: D("-45.20"), chart.REVENUE: D(40), chart.OUTPUT_TAX: D("5.20")}
    assert all(line.debit <= 0 and line.credit <= 0 for line in note.lines)


def test_m6_of_30_in_transit_20_lost_is_a_loss_and_leaves_transit_empty() -> None:
    moves = [(StockFact.TRANSFER_OUT, -40), (StockFact.TRANSFER_IN, 20), (StockFact.TRANSIT_LOSS, -20)]
    totals: dict[str, D] = {}
    for fact, value in moves:
        for account, amount in base_of(stock_entry(fact, D(value), "CNY")).items():
            totals[account] = totals.get(account, D(0)) + amount
    assert totals == {chart.INVENTORY: D(-20), chart.IN_TRANSIT: D(0), chart.STOCK_LOSS: D(20)}


@pytest.mark.parametrize(
    "lines",
    [
        [],
        [debit("1001", D(1), "CNY")],
        [debit("1001", D(1), "CNY"), credit("1002", D("1.01"), "CNY")],
        [debit("1001", D(1), "CNY"), credit("1002", D(1), "USD")],
        [debit("1001", D(1), "USD", D(7)), credit("1002", D(1), "USD", D("7.01"))],
        [Line("1001", D(1), D(1), "CNY", D(1), D(1))],
    ],
)
def test_an_entry_that_does_not_balance_cannot_be_made(lines: list[Line]) -> None:
    with pytest.raises(UnbalancedEntry):
        entry(lines)


def test_an_invoice_in_foreign_currency_balances_in_both_and_shows_its_rounding() -> None:
    posted = sales_invoice_entry(
        tax_of(D("0.35"), D("0.13"), included=False, currency="USD"),
        customer="C1",
        currency="USD",
        base_currency="CNY",
        rate=D("7.15"),
    )
    assert base_of(posted) == {
        chart.RECEIVABLE: D("2.86"),
        chart.REVENUE: D("-2.50"),
        chart.OUTPUT_TAX: D("-0.36"),
    }
    rounded = sales_invoice_entry(
        tax_of(D("0.31"), D("0.13"), included=False, currency="USD"),
        customer="C1",
        currency="USD",
        base_currency="CNY",
        rate=D("7.15"),
    )
    assert base_of(rounded)[chart.ROUNDING] == D("0.01")


def test_a_payment_at_another_rate_leaves_the_gap_to_exchange() -> None:
    received = receipt_entry(
        D(100), customer="C1", currency="USD", base_currency="CNY", rate=D("7.10"), settled_base=D(715)
    )
    assert base_of(received) == {chart.BANK: D(710), chart.RECEIVABLE: D(-715), chart.EXCHANGE: D(5)}
    paid = payment_entry(
        D(100), supplier="S1", currency="USD", base_currency="CNY", rate=D("7.10"), settled_base=D(715)
    )
    assert base_of(paid) == {chart.PAYABLE: D(715), chart.BANK: D(-710), chart.EXCHANGE: D(-5)}


def test_an_accrual_received_at_another_rate_is_released_at_what_it_stands_at() -> None:
    posted = supplier_invoice_entry(
        D(50), D(0), D(0), supplier="S1", currency="USD", base_currency="CNY", rate=D(7), accrual_base=D(355)
    )
    assert base_of(posted) == {chart.ACCRUAL: D(355), chart.PAYABLE: D(-350), chart.EXCHANGE: D(-5)}


@given(money.filter(bool), money.filter(bool), st.sampled_from(["CNY", "USD"]), rates)
def test_document_entries_balance_and_both_reversals_cancel_them(net: D, tax: D, currency: str, rate: D) -> None:
    posted = supplier_invoice_entry(net, D(0), tax, supplier="S1", currency=currency, base_currency="CNY", rate=rate)
    assert sum(line.amount for line in posted.lines) == sum(line.base for line in posted.lines) == 0
    for reversal in (red(posted), mirrored(posted)):
        both = base_of(Entry(posted.lines + reversal.lines))
        assert not any(both.values())


def test_red_takes_turnover_back_and_mirrored_adds_to_the_other_side() -> None:
    posted = entry([debit("1001", D(5), "CNY"), credit("1002", D(5), "CNY")])
    assert [(line.debit, line.credit) for line in red(posted).lines] == [(D(-5), D(0)), (D(0), D(-5))]
    assert [(line.debit, line.credit) for line in mirrored(posted).lines] == [(D(0), D(5)), (D(5), D(0))]


@given(st.sampled_from(StockFact), money.filter(bool))
def test_every_stock_fact_posts_its_value_to_postable_accounts(fact: StockFact, value: D) -> None:
    posted = base_of(stock_entry(fact, value, "CNY"))
    assert posted == {STOCK_POSTINGS[fact].stock: value, STOCK_POSTINGS[fact].counter: -value}
    assert all(postable(account) for account in posted)


def test_a_stock_fact_without_value_posts_nothing() -> None:
    assert stock_entry(StockFact.COUNT, D(0), "CNY") is None


def test_all_opening_balances_leave_the_opening_account_at_zero() -> None:
    balances = {chart.BANK: D(100), chart.RECEIVABLE: D(50), chart.PAYABLE: D(-30), chart.CAPITAL: D(-120)}
    entries = [opening_entry(account, balance, "CNY") for account, balance in balances.items()]
    assert sum(base_of(posted)[chart.OPENING] for posted in entries) == 0


def test_every_named_account_is_in_the_chart_and_can_be_posted_to() -> None:
    named = {
        value for name, value in vars(chart).items() if name.isupper() and isinstance(value, str) and value[0].isdigit()
    }
    assert len(named) > 25
    assert all(postable(code) for code in named)


def test_every_account_knows_a_statement_line_of_its_class_and_its_parent() -> None:
    kinds = {line.key: line.kind for line in STATEMENT_LINES}
    for account in CHART.values():
        assert account.kind is kinds[account.line]
        parent = account.code.rpartition(".")[0]
        assert not parent or CHART[parent].line == account.line

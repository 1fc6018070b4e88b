"""F1, F7: manual entries, periods, opening balances, rates, settings, statements and the way down from them."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from services.finance.ledger import chart
from shared.contracts import finance
from tests.company import TODAY
from tests.unit.finance.office import Office

D = Decimal
JANUARY, FEBRUARY = date(2026, 1, 20), date(2026, 2, 20)


def lines(*sides: tuple[str, str, str]) -> list[dict[str, str]]:
    return [{"account": account, "debit": debit, "credit": credit} for account, debit, credit in sides]


RENT = lines((chart.ADMIN_EXPENSE, "100", "0"), (chart.BANK, "0", "100"))


def test_a_manual_entry_is_posted_and_reversed_once_by_red_letters(office: Office) -> None:
    entry = office.do(finance.post_entry, note="rent", lines=RENT)
    assert office.balances() == {chart.ADMIN_EXPENSE: 100, chart.BANK: -100}
    red = office.do(finance.reverse_entry, id=entry.id, reason="wrong month")
    assert (red.reverses_id, [(line.debit, line.credit) for line in red.lines]) == (
        entry.id,
        [(D(-100), D(0)), (D(0), D(-100))],
    )
    assert office.balances() == {}
    assert office.refused(finance.reverse_entry, id=entry.id, reason="again").code == "already_reversed"
    assert office.refused(finance.reverse_entry, id=red.id, reason="again").code == "not_manual"
    assert office.do(finance.get_entry, id=entry.id) == entry


@pytest.mark.parametrize(
    ("sides", "code"),
    [
        (lines((chart.ADMIN_EXPENSE, "100", "0"), (chart.BANK, "0", "99")), "unbalanced_entry"),
        (lines((chart.ADMIN_EXPENSE, "0", "0"), (chart.BANK, "0", "0")), "unbalanced_entry"),
        (lines((chart.ADMIN_EXPENSE, "9", "9"), (chart.BANK, "9", "9")), "unbalanced_entry"),
        (lines(("9999", "1", "0"), (chart.BANK, "0", "1")), "unknown_account"),
        (lines(("2202", "1", "0"), (chart.BANK, "0", "1")), "unknown_account"),
        (lines((chart.INVENTORY, "1", "0"), (chart.BANK, "0", "1")), "control_account"),
        (lines((chart.RECEIVABLE, "1", "0"), (chart.BANK, "0", "1")), "control_account"),
        (lines((chart.ADMIN_EXPENSE, "0.001", "0"), (chart.BANK, "0", "0.001")), "invalid_amount"),
    ],
)
def test_an_entry_that_may_not_be_posted_by_hand_is_refused(office: Office, sides: Any, code: str) -> None:
    assert office.refused(finance.post_entry, note="x", lines=sides).code == code
    assert office.balances() == {}


def test_an_entry_of_a_document_is_not_reversed_by_hand(office: Office) -> None:
    office.owes("60")
    entry = office.do(finance.list_entries).data[0]
    assert office.refused(finance.reverse_entry, id=entry.id, reason="x").code == "not_manual"


def test_a_manual_entry_in_foreign_currency_keeps_both_amounts(office: Office) -> None:
    entry = office.do(finance.post_entry, note="loan", currency="USD", exchange_rate="7.1", lines=RENT)
    assert [(line.debit, line.base_debit) for line in entry.lines] == [(D(100), D(710)), (D(0), D(0))]


def test_commands_dated_in_a_closed_period_are_refused_and_facts_go_to_the_first_open_day(office: Office) -> None:
    office.do(finance.post_entry, on=FEBRUARY, note="rent", lines=RENT)
    closed = office.do(finance.close_period, period="2026-02")
    assert (closed.state, closed.to_on) == ("closed", date(2026, 2, 28))
    assert [fact.closed_upto for fact in office.told(finance.period_closed)] == [date(2026, 2, 28)]
    problem = office.refused(finance.post_entry, on=FEBRUARY, note="late", lines=RENT)
    assert (problem.code, problem.errors[0]["pointer"]) == ("period_closed", "/on")
    late = office.refused(finance.receive_payment, customer_id=office.ann, amount="1", received_on=FEBRUARY)
    assert (late.code, late.errors[0]["pointer"]) == ("period_closed", "/received_on")
    order = office.placed(("1", "10", "0"))
    handover = office.hand_over(order, (1, "1", "4"), on=FEBRUARY)
    entry = office.do(finance.list_entries, source_id=handover).data[0]
    assert (entry.effective_on, entry.dated_on) == (date(2026, 3, 1), FEBRUARY)
    assert "2026-02-20" in (entry.note or "")
    office.prove()


def test_periods_are_closed_and_opened_again_in_order(office: Office) -> None:
    office.do(finance.post_entry, on=JANUARY, note="rent", lines=RENT)
    assert office.refused(finance.close_period, period="2026-02").code == "periods_in_order"
    office.do(finance.close_period, period="2026-01")
    assert office.refused(finance.close_period, period="2026-01").code == "period_closed"
    office.do(finance.close_period, period="2026-02")
    assert office.refused(finance.reopen_period, period="2026-01").code == "periods_in_order"
    office.do(finance.reopen_period, period="2026-02")
    assert office.refused(finance.reopen_period, period="2026-02").code == "period_open"
    office.do(finance.post_entry, on=FEBRUARY, note="rent", lines=RENT)
    assert [(row.period, row.state) for row in office.do(finance.list_periods).data] == [
        ("2026-01", "closed"), ("2026-02", "open")
    ]  # fmt: skip
    assert office.do(finance.get_settings).closed_upto == date(2026, 1, 31)
    assert office.refused(finance.close_period, period="2026-04").code == "period_ahead"
    assert office.refused(finance.close_period, period="2026-13").code == "invalid_period"


def test_opening_balances_leave_the_opening_account_at_zero_and_count_in_credit(office: Office) -> None:
    office.owes("50")
    office.do(
        finance.open_payables,
        items=[{"supplier_id": office.sue, "number": "S-9", "due_on": TODAY, "amount": "30"}],
    )  # fmt: skip
    office.do(
        finance.open_ledger,
        balances=[{"account": chart.BANK, "debit": "100"}, {"account": chart.CAPITAL, "credit": "120"}],
    )  # fmt: skip
    assert chart.OPENING not in office.balances()
    assert office.exposure() == 50
    office.prove()


@pytest.mark.parametrize(
    ("balance", "code"),
    [
        ({"account": chart.INVENTORY, "debit": "1"}, "control_account"),
        ({"account": chart.OPENING, "debit": "1"}, "control_account"),
        ({"account": "nothing", "debit": "1"}, "unknown_account"),
        ({"account": chart.BANK, "debit": "1", "credit": "1"}, "invalid_amount"),
    ],
)
def test_an_opening_balance_that_another_operation_keeps_is_refused(office: Office, balance: Any, code: str) -> None:
    assert office.refused(finance.open_ledger, balances=[balance]).code == code


def test_opening_items_of_nobody_are_refused(office: Office) -> None:
    item = {"customer_id": office.new_id(), "number": "1", "due_on": TODAY, "amount": "1"}
    assert office.refused(finance.open_receivables, items=[item]).code == "unknown_reference"


def test_statements_balance_and_lead_down_to_their_documents(office: Office) -> None:
    office.do(finance.open_ledger, on=FEBRUARY, balances=[{"account": chart.BANK, "debit": "100"}])
    order = office.placed(("2", "80", "10.40"))
    office.hand_over(order, (1, "2", "30"))
    trial = office.do(finance.get_trial_balance, from_on=TODAY, to_on=TODAY)
    rows = {row.account: row for row in trial.rows}
    assert trial.balanced
    assert (rows[chart.BANK].opening_debit, rows[chart.BANK].closing_debit) == (D(100), D(100))
    assert rows[chart.REVENUE].credit == 80
    sheet = office.do(finance.get_balance_sheet)
    assert (sheet.balanced, sheet.total_assets, sheet.unclosed_profit) == (True, D("160.40"), D(50))
    for line in (*sheet.assets, *sheet.liabilities, *sheet.equity):
        assert line.amount == sum(each.amount for each in line.accounts)
    result = office.do(finance.get_profit_and_loss, from_on=TODAY, to_on=TODAY)
    revenue = next(line for line in result.lines if line.key == "revenue")
    assert (revenue.amount, result.net_profit) == (D(80), D(50))
    found = office.do(finance.list_entry_lines, account=revenue.accounts[0].account).data
    assert [(line.source_type, line.base_credit) for line in found] == [("invoice", D(80))]
    assert office.do(finance.get_invoice, id=found[0].source_id).order_id == order.order_id


def test_statements_are_as_of_any_date(office: Office) -> None:
    office.do(finance.post_entry, on=JANUARY, note="rent", lines=RENT)
    office.do(finance.post_entry, on=FEBRUARY, note="rent", lines=RENT)
    spent = [
        office.do(finance.get_profit_and_loss, from_on=first, to_on=last).net_profit
        for first, last in ((JANUARY, JANUARY), (JANUARY, FEBRUARY), (TODAY, TODAY))
    ]
    assert spent == [-100, -200, 0]
    assert office.do(finance.get_balance_sheet, on=JANUARY).unclosed_profit == -100
    backwards = office.refused(finance.get_trial_balance, from_on=FEBRUARY, to_on=JANUARY)
    assert backwards.code == "invalid_span"


def test_entry_lines_are_found_by_account_party_date_and_source(office: Office) -> None:
    office.owes("60")
    office.owes("70", office.bob)
    found = office.do(finance.list_entry_lines, party_id=office.bob).data
    assert [(line.account, line.debit) for line in found] == [(chart.RECEIVABLE, D(70))]
    filters: dict[str, str] = {"effective_on[gte]": "2026-03-03", "account": chart.RECEIVABLE}
    assert office.do(finance.list_entry_lines, **filters).data == []
    assert len(office.do(finance.list_entry_lines, source_type="opening", limit="3").data) == 3


def test_tax_rates_are_set_from_a_day_on_and_told(office: Office) -> None:
    for code, rate in (("VAT13", "0.13"), ("ZERO", "0")):
        office.do(finance.set_tax_rate, tax_code=code, rate=rate)
    office.do(finance.set_tax_rate, tax_code="VAT13", rate="0.12")
    assert [(fact.tax_code, fact.rate) for fact in office.told(finance.tax_rate_set)] == [
        ("VAT13", D("0.13")), ("ZERO", 0), ("VAT13", D("0.12"))
    ]  # fmt: skip
    assert [(row.tax_code, row.rate) for row in office.do(finance.list_tax_rates).data] == [
        ("VAT13", D("0.12")), ("ZERO", 0)
    ]  # fmt: skip
    assert office.refused(finance.set_tax_rate, tax_code="VAT13", rate="13").code == "invalid_rate"


def test_exchange_rates_are_set_from_a_day_on_and_told(office: Office) -> None:
    office.do(finance.set_exchange_rate, currency="USD", rate="7.1", valid_from=JANUARY)
    office.do(finance.set_exchange_rate, currency="USD", rate="7.2", valid_from=FEBRUARY)
    assert office.pay("1", currency="USD", received_on=JANUARY).exchange_rate == D("7.1")
    assert office.pay("1", currency="USD").exchange_rate == D("7.2")
    assert [fact.rate for fact in office.told(finance.exchange_rate_set)] == [D("7.1"), D("7.2")]
    assert len(office.do(finance.list_exchange_rates, currency="USD").data) == 2
    assert office.refused(finance.set_exchange_rate, currency="CNY", rate="1").code == "base_currency"


def test_settings_have_a_version(office: Office) -> None:
    first = office.do(finance.get_settings)
    changed = office.do(finance.change_settings, quantity_tolerance="0.1", if_match=first.version)
    assert (first.version, changed.version, changed.quantity_tolerance) == (1, 2, D("0.1"))
    assert office.refused(finance.change_settings, price_tolerance="0.1", if_match=1).status == 412
    both = office.refused(finance.change_settings, default_credit_limit="1", unlimited_credit=True, if_match=2)
    assert both.code == "contradicting_limits"
    limited = office.do(finance.change_settings, default_credit_limit="7", if_match=2)
    free = office.do(finance.change_settings, unlimited_credit=True, if_match=limited.version)
    assert (limited.default_credit_limit, free.default_credit_limit) == (D(7), None)


def test_the_chart_is_listed_a_page_at_a_time(office: Office) -> None:
    first = office.do(finance.list_accounts, limit="3", kind="asset")
    assert [row.code for row in first.data] == ["1001", "1002", "1012"]
    second = office.do(finance.list_accounts, limit="3", kind="asset", cursor=first.next_cursor or "")
    assert second.data[0].code == "1101"
    assert [row.postable for row in office.do(finance.list_accounts, code="2202,2202.01").data] == [False, True]

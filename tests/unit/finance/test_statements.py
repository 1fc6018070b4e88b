"""Statements from account totals: they balance, profit of the year included; T3."""

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from services.finance.ledger import chart
from services.finance.ledger.chart import CHART, postable
from services.finance.ledger.statements import Turnover, balance_sheet, margin, profit_and_loss, trial_balance

D = Decimal

POSTABLE = sorted(code for code in CHART if postable(code))
movements = st.lists(
    st.tuples(st.sampled_from(POSTABLE), st.sampled_from(POSTABLE), st.decimals("-9999", "9999", places=2)),
    max_size=30,
)


def test_t3_margin_of_5_sold_after_a_return_and_after_a_loss() -> None:
    revenue, cost = 2 * D(40) + 4 * D(30) - D(30), 5 * D(20)
    assert (revenue, margin(revenue, cost)) == (D(170), (D(70), D("0.4118")))
    assert margin(revenue, cost + D(20)) == (D(50), D("0.2941"))
    assert margin(D(0), D(20)) == (D(-20), None)


BOOKS = {
    chart.BANK: D("1045.20"),
    chart.INVENTORY: D(970),
    chart.ACCRUAL: D(-1000),
    chart.OUTPUT_TAX: D("-5.20"),
    chart.CAPITAL: D(-1000),
    chart.REVENUE: D(-40),
    chart.COST_OF_SALES: D(20),
    chart.STOCK_LOSS: D(10),
}


def test_the_balance_sheet_balances_with_the_profit_not_yet_closed() -> None:
    sheet = balance_sheet(BOOKS)
    assert sheet.balanced
    assert (sheet.total_assets, sheet.total_liabilities, sheet.total_equity) == (D("2015.20"), D("1005.20"), D(1010))
    assert sheet.unclosed_profit == D(10)


def test_profit_and_loss_adds_up_from_its_lines() -> None:
    result = profit_and_loss({**BOOKS, chart.OTHER_EXPENSE: D(3), "6801": D(2)})
    assert (result.operating_profit, result.profit_before_tax, result.net_profit) == (D(10), D(7), D(5))
    assert {each.line.key: each.amount for each in result.lines if each.amount} == {
        "revenue": D(40), "cost_of_sales": D(20), "administrative_expenses": D(10),
        "other_expenses": D(3), "income_tax": D(2),
    }  # fmt: skip


@given(movements)
def test_whatever_is_posted_in_balance_the_statements_balance(posted: list[tuple[str, str, D]]) -> None:
    balances = dict.fromkeys(POSTABLE, D(0))
    for debited, credited, amount in posted:
        balances[debited] += amount
        balances[credited] -= amount
    sheet = balance_sheet(balances)
    assert sheet.balanced
    assert sheet.unclosed_profit == profit_and_loss(balances).net_profit


@given(movements, movements)
def test_the_trial_balance_balances_in_opening_turnover_and_closing(
    before: list[tuple[str, str, D]], during: list[tuple[str, str, D]]
) -> None:
    opening, debited_sum, credited_sum = (dict.fromkeys(POSTABLE, D(0)) for _ in range(3))
    for debited, credited, amount in before:
        opening[debited] += amount
        opening[credited] -= amount
    for debited, credited, amount in during:
        debited_sum[debited] += amount
        credited_sum[credited] += amount
    trial = trial_balance(Turnover(code, opening[code], debited_sum[code], credited_sum[code]) for code in POSTABLE)
    assert trial.balanced
    assert [row.account for row in trial.rows] == POSTABLE

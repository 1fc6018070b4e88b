"""Trial balance (试算平衡表), balance sheet (资产负债表) and profit and loss (利润表) from account totals.

Amounts are in base currency. A *balance* is debits less credits, whatever the account's normal side.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from services.finance.ledger.chart import CHART, STATEMENT_LINES, AccountClass, StatementLine
from shared.kernel.money import ZERO

PROFIT_CLASSES = (AccountClass.REVENUE, AccountClass.EXPENSE)


@dataclass(frozen=True)
class Turnover:
    """An account over a span of days: its balance before, and the debits and credits in it."""

    account: str
    opening: Decimal
    debit: Decimal
    credit: Decimal


@dataclass(frozen=True)
class TrialRow:
    """A row of the trial balance: opening and closing on the side they stand on."""

    account: str
    opening_debit: Decimal
    opening_credit: Decimal
    debit: Decimal
    credit: Decimal
    closing_debit: Decimal
    closing_credit: Decimal


@dataclass(frozen=True)
class TrialBalance:
    """Rows by account code, and their sum under the account name `total`."""

    rows: tuple[TrialRow, ...]
    total: TrialRow

    @property
    def balanced(self) -> bool:
        """Whether debits equal credits in opening, turnover and closing."""
        total = self.total
        return (total.opening_debit, total.debit, total.closing_debit) == (
            total.opening_credit,
            total.credit,
            total.closing_credit,
        )


@dataclass(frozen=True)
class LineAmount:
    """A statement line and its amount, positive on the line's own side."""

    line: StatementLine
    amount: Decimal


@dataclass(frozen=True)
class BalanceSheet:
    """The balance sheet; equity holds the profit not yet carried to retained earnings (`unclosed_profit`)."""

    assets: tuple[LineAmount, ...]
    liabilities: tuple[LineAmount, ...]
    equity: tuple[LineAmount, ...]
    total_assets: Decimal
    total_liabilities: Decimal
    total_equity: Decimal
    unclosed_profit: Decimal

    @property
    def balanced(self) -> bool:
        """Whether assets equal liabilities and equity."""
        return self.total_assets == self.total_liabilities + self.total_equity


@dataclass(frozen=True)
class ProfitAndLoss:
    """The profit and loss statement: its lines and the results between them."""

    lines: tuple[LineAmount, ...]
    operating_profit: Decimal
    profit_before_tax: Decimal
    net_profit: Decimal


def trial_balance(turnovers: Iterable[Turnover]) -> TrialBalance:
    """The trial balance of accounts' turnovers, one per account."""
    rows = tuple(_trial_row(turnover) for turnover in sorted(turnovers, key=lambda each: each.account))
    sums = [
        sum(column, ZERO)
        for column in (
            (row.opening_debit for row in rows),
            (row.opening_credit for row in rows),
            (row.debit for row in rows),
            (row.credit for row in rows),
            (row.closing_debit for row in rows),
            (row.closing_credit for row in rows),
        )
    ]
    return TrialBalance(rows, TrialRow("total", *sums))


def balance_sheet(balances: Mapping[str, Decimal]) -> BalanceSheet:
    """The balance sheet from every account's balance at a date.

    Profit accounts belong to it, with all that was posted since they were last closed. Raises KeyError for an account
    outside the chart.
    """
    profit = _net_profit(balances)
    assets = _lines(balances, AccountClass.ASSET)
    liabilities = _lines(balances, AccountClass.LIABILITY)
    equity = tuple(
        LineAmount(each.line, each.amount + profit) if each.line.key == "retained_earnings" else each
        for each in _lines(balances, AccountClass.EQUITY)
    )
    return BalanceSheet(assets, liabilities, equity, _sum(assets), _sum(liabilities), _sum(equity), profit)


def profit_and_loss(balances: Mapping[str, Decimal]) -> ProfitAndLoss:
    """Profit and loss from the profit accounts' net turnover in a span (debits less credits, closing entries apart).

    Other accounts are passed over. Raises KeyError for an account outside the chart.
    """
    lines = tuple(LineAmount(line, _amount(balances, line)) for line in STATEMENT_LINES if line.kind in PROFIT_CLASSES)
    effect = {each.line.key: -each.amount if each.line.kind is AccountClass.EXPENSE else each.amount for each in lines}
    net = sum(effect.values(), ZERO)
    before_tax = net - effect["income_tax"]
    operating = before_tax - effect["other_income"] - effect["other_expenses"]
    return ProfitAndLoss(lines, operating, before_tax, net)


def margin(revenue: Decimal, cost: Decimal) -> tuple[Decimal, Decimal | None]:
    """Profit, and profit over revenue as a fraction of four decimals, half up; None without revenue."""
    profit = revenue - cost
    ratio = (profit / revenue).quantize(Decimal("0.0001"), rounding=ROUND_HALF_UP) if revenue else None
    return profit, ratio


def _trial_row(turnover: Turnover) -> TrialRow:
    closing = turnover.opening + turnover.debit - turnover.credit
    opening_sides, closing_sides = _sides(turnover.opening), _sides(closing)
    return TrialRow(turnover.account, *opening_sides, turnover.debit, turnover.credit, *closing_sides)


def _sides(balance: Decimal) -> tuple[Decimal, Decimal]:
    return max(balance, ZERO), max(-balance, ZERO)


def _net_profit(balances: Mapping[str, Decimal]) -> Decimal:
    return -sum((amount for code, amount in balances.items() if CHART[code].kind in PROFIT_CLASSES), ZERO)


def _lines(balances: Mapping[str, Decimal], kind: AccountClass) -> tuple[LineAmount, ...]:
    return tuple(LineAmount(line, _amount(balances, line)) for line in STATEMENT_LINES if line.kind is kind)


def _amount(balances: Mapping[str, Decimal], line: StatementLine) -> Decimal:
    total = sum((amount for code, amount in balances.items() if CHART[code].line == line.key), ZERO)
    return total if line.kind in (AccountClass.ASSET, AccountClass.EXPENSE) else -total


def _sum(lines: Iterable[LineAmount]) -> Decimal:
    return sum((each.amount for each in lines), ZERO)

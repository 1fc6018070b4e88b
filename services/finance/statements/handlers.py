"""Statements at any date, each figure with the accounts it is made of."""

from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal

from sqlalchemy import func, select

from services.finance.ledger.chart import CHART, AccountClass
from services.finance.ledger.statements import (
    PROFIT_CLASSES,
    LineAmount,
    TrialRow,
    Turnover,
    balance_sheet,
    margin,
    profit_and_loss,
    trial_balance,
)
from services.finance.ledger.tables import LedgerLine
from shared.contracts import finance as contract
from shared.kernel.errors import InvalidInput
from shared.kernel.money import ZERO
from shared.runtime.registry import handles
from shared.runtime.work import UnitOfWork


@handles(contract.get_trial_balance)
def get_trial_balance(work: UnitOfWork, query: contract.Span) -> contract.TrialBalanceView:
    """Opening balance, turnover and closing balance of every account that has any."""
    _require_span(query)
    opening = _sums(work, None, query.from_on, last_included=False)
    turnover = _sums(work, query.from_on, query.to_on)
    accounts = sorted(opening.keys() | turnover.keys())
    nothing = (ZERO, ZERO)
    trial = trial_balance(
        Turnover(code, _net(opening.get(code, nothing)), *turnover.get(code, nothing)) for code in accounts
    )
    return contract.TrialBalanceView(
        from_on=query.from_on,
        to_on=query.to_on,
        currency=work.currency,
        balanced=trial.balanced,
        rows=[_trial_view(row) for row in trial.rows],
        total=_trial_view(trial.total),
    )


@handles(contract.get_balance_sheet)
def get_balance_sheet(work: UnitOfWork, query: contract.OnDay) -> contract.BalanceSheetView:
    """What the company has and owes at the end of a day."""
    on = query.on or work.business_date
    balances = _balances(_sums(work, None, on))
    sheet = balance_sheet(balances)
    return contract.BalanceSheetView(
        on=on,
        currency=work.currency,
        balanced=sheet.balanced,
        assets=_shown(sheet.assets, balances),
        liabilities=_shown(sheet.liabilities, balances),
        equity=_shown(sheet.equity, balances),
        total_assets=sheet.total_assets,
        total_liabilities=sheet.total_liabilities,
        total_equity=sheet.total_equity,
        unclosed_profit=sheet.unclosed_profit,
    )


@handles(contract.get_profit_and_loss)
def get_profit_and_loss(work: UnitOfWork, query: contract.Span) -> contract.ProfitAndLossView:
    """What a span of days earned."""
    _require_span(query)
    balances = _balances(_sums(work, query.from_on, query.to_on))
    result = profit_and_loss(balances)
    amounts = {each.line.key: each.amount for each in result.lines}
    profit, ratio = margin(amounts["revenue"], amounts["cost_of_sales"])
    return contract.ProfitAndLossView(
        from_on=query.from_on,
        to_on=query.to_on,
        currency=work.currency,
        lines=_shown(result.lines, balances),
        gross_profit=profit,
        margin=ratio,
        operating_profit=result.operating_profit,
        profit_before_tax=result.profit_before_tax,
        net_profit=result.net_profit,
    )


def _require_span(span: contract.Span) -> None:
    if span.to_on < span.from_on:
        raise InvalidInput.at("/to_on", "invalid_span", "the span ends before it begins")


def _sums(
    work: UnitOfWork, first: date | None, last: date, *, last_included: bool = True
) -> dict[str, tuple[Decimal, Decimal]]:
    """Debits and credits in base currency by account, of entries effective in the span."""
    line = LedgerLine
    statement = (
        select(line.account, func.sum(line.base_debit), func.sum(line.base_credit))
        .where(line.company == work.company)
        .where(line.effective_on <= last if last_included else line.effective_on < last)
        .group_by(line.account)
    )
    if first:
        statement = statement.where(line.effective_on >= first)
    return {account: (debit, credit) for account, debit, credit in work.session.execute(statement)}


def _net(sums: tuple[Decimal, Decimal]) -> Decimal:
    return sums[0] - sums[1]


def _balances(sums: Mapping[str, tuple[Decimal, Decimal]]) -> dict[str, Decimal]:
    return {account: _net(both) for account, both in sums.items()}


def _trial_view(row: TrialRow) -> contract.TrialRowView:
    account = CHART.get(row.account)
    return contract.TrialRowView(
        account=row.account,
        zh=account.zh if account else "合计",
        en=account.en if account else "Total",
        opening_debit=row.opening_debit,
        opening_credit=row.opening_credit,
        debit=row.debit,
        credit=row.credit,
        closing_debit=row.closing_debit,
        closing_credit=row.closing_credit,
    )


def _shown(lines: Iterable[LineAmount], balances: Mapping[str, Decimal]) -> list[contract.StatementAmount]:
    return [
        contract.StatementAmount(
            key=each.line.key,
            zh=each.line.zh,
            en=each.line.en,
            amount=each.amount,
            accounts=_accounts(each, balances),
        )
        for each in lines
    ]


def _accounts(shown: LineAmount, balances: Mapping[str, Decimal]) -> list[contract.AccountAmount]:
    """The accounts behind a line; retained earnings are also made of every profit account not closed yet."""
    grows_on_debit = shown.line.kind in (AccountClass.ASSET, AccountClass.EXPENSE)
    found = []
    for code, balance in sorted(balances.items()):
        account = CHART[code]
        unclosed = shown.line.key == "retained_earnings" and account.kind in PROFIT_CLASSES
        if balance and (account.line == shown.line.key or unclosed):
            amount = balance if grows_on_debit else -balance
            found.append(contract.AccountAmount(account=code, zh=account.zh, en=account.en, amount=amount))
    return found

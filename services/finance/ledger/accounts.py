"""The chart of accounts as it is shown."""

from services.finance.ledger.chart import CHART, Account, postable
from shared.contracts import finance as contract
from shared.contracts.listing import BadQuery
from shared.contracts.operations import ListQuery, Page
from shared.runtime.registry import handles
from shared.runtime.work import UnitOfWork


@handles(contract.list_accounts)
def list_accounts(_work: UnitOfWork, query: ListQuery) -> Page[contract.AccountView]:
    """The accounts in the order of their codes; a page's cursor is the last code on it."""
    shown = sorted((_view(account) for account in CHART.values()), key=lambda each: each.code)
    if query.sort == "-code":
        shown.reverse()
    for condition in query.filters:
        shown = [view for view in shown if getattr(view, condition.name) in condition.values]
    codes = [view.code for view in shown]
    if query.cursor and query.cursor not in codes:
        raise BadQuery.at("/cursor", "invalid", "not a cursor of this list")
    start = codes.index(query.cursor) + 1 if query.cursor else 0
    found, more = shown[start : start + query.limit], len(shown) > start + query.limit
    return Page(data=found, has_more=more, next_cursor=found[-1].code if more else None)


def _view(account: Account) -> contract.AccountView:
    return contract.AccountView(
        id=account.code,
        code=account.code,
        zh=account.zh,
        en=account.en,
        kind=account.kind.value,
        side=account.side.value,
        statement_line=account.line,
        postable=postable(account.code),
    )

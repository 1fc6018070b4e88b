"""Manual entries, their reversal, and reading the ledger."""

from services.finance.ledger.chart import ACCRUAL, IN_TRANSIT, INVENTORY, PAYABLE, RECEIVABLE, ROUNDING, postable
from services.finance.ledger.posting import Draft, Source, post
from services.finance.ledger.reading import entry_view, entry_views, line_views
from services.finance.ledger.rules import Entry, Line, converted, red
from services.finance.ledger.tables import LedgerEntry, LedgerLine
from services.finance.parties.tables import Party
from services.finance.rates.lookup import rate_on
from services.finance.rates.rules import bounded, exact
from services.finance.settings.lookup import open_day
from shared.contracts import finance as contract
from shared.contracts.common import ById
from shared.contracts.operations import ListQuery, Page
from shared.kernel.errors import Conflict, InvalidInput
from shared.kernel.money import ZERO
from shared.runtime.registry import handles
from shared.runtime.work import UnitOfWork
from shared.storage.paging import page_with

CONTROL_ACCOUNTS = frozenset({INVENTORY, IN_TRANSIT, RECEIVABLE, PAYABLE, ACCRUAL})
"""Accounts that stand for documents or stock one by one; an entry by hand would part them."""
_ENTRY_COLUMNS = {
    "id": LedgerEntry.id,
    "number": LedgerEntry.number,
    "effective_on": LedgerEntry.effective_on,
    "source_type": LedgerEntry.source_type,
    "source_id": LedgerEntry.source_id,
    "reverses_id": LedgerEntry.reverses_id,
}
_LINE_COLUMNS = {
    "id": LedgerLine.id,
    "account": LedgerLine.account,
    "entry_id": LedgerLine.entry_id,
    "source_type": LedgerEntry.source_type,
    "source_id": LedgerEntry.source_id,
    "effective_on": LedgerLine.effective_on,
    "party_id": LedgerLine.party_id,
    "currency": LedgerLine.currency,
}


@handles(contract.post_entry)
def post_entry(work: UnitOfWork, command: contract.PostEntry) -> contract.EntryView:
    """Post a manual entry that balances, in an open period, to accounts that are open to it."""
    day = open_day(work, command.on)
    currency = command.currency or work.currency
    rate = rate_on(work, currency, day, command.exchange_rate)
    entry = converted(_given(work, command.lines, currency), rate, work.currency, ROUNDING)
    bounded(sum((line.base_debit for line in entry.lines), ZERO), "/lines")
    draft = Draft(
        entry=entry,
        on=day,
        source=Source.MANUAL,
        document_id=work.new_id(),
        note=command.note,
    )
    return entry_view(work, post(work, draft)[0].id)


@handles(contract.reverse_entry)
def reverse_entry(work: UnitOfWork, command: contract.ReverseEntry) -> contract.EntryView:
    """Take a manual entry back by red letters, once; what documents posted is undone by their own operations."""
    day = open_day(work, command.on)
    original = work.get(LedgerEntry, lock=True, id=command.id)
    if original.source_type != Source.MANUAL:
        raise Conflict(f"{original.number} records a {original.source_type}; undo that", code="not_manual")
    if work.find(LedgerEntry, reverses_id=original.id):
        raise Conflict(f"{original.number} is reversed already", code="already_reversed")
    draft = Draft(
        entry=red(_as_posted(work, original.id)),
        on=day,
        source=Source.REVERSAL,
        document_id=original.id,
        document_number=original.number,
        note=command.reason,
        reverses_id=original.id,
    )
    return entry_view(work, post(work, draft)[0].id)


@handles(contract.list_entries)
def list_entries(work: UnitOfWork, query: ListQuery) -> Page[contract.EntryView]:
    """Entries with their lines, a page at a time."""
    return page_with(
        work.session, work.select(LedgerEntry), query, _ENTRY_COLUMNS, lambda rows: entry_views(work, rows)
    )


@handles(contract.get_entry)
def get_entry(work: UnitOfWork, query: ById) -> contract.EntryView:
    """One entry with its lines."""
    return entry_view(work, query.id)


@handles(contract.list_entry_lines)
def list_entry_lines(work: UnitOfWork, query: ListQuery) -> Page[contract.EntryLineView]:
    """Lines of entries: the way from a figure of a statement to its documents."""
    statement = work.select(LedgerLine).join(LedgerEntry, LedgerEntry.id == LedgerLine.entry_id)
    return page_with(work.session, statement, query, _LINE_COLUMNS, lambda rows: line_views(work, rows))


def require_account(code: str, pointer: str) -> None:
    """Let only accounts pass that an entry by hand may post to. Raises InvalidInput."""
    if not postable(code):
        raise InvalidInput.at(pointer, "unknown_account", f"{code} is no account that can be posted to")
    if code in CONTROL_ACCOUNTS:
        raise InvalidInput.at(pointer, "control_account", f"{code} is kept by documents and stock, not by hand")


def _given(work: UnitOfWork, lines: list[contract.ManualLine], currency: str) -> list[Line]:
    """A manual entry's lines, each held to an account, an exact amount and a party that is known."""
    for index, line in enumerate(lines):
        require_account(line.account, f"/lines/{index}/account")
        exact(line.debit, currency, f"/lines/{index}/debit")
        exact(line.credit, currency, f"/lines/{index}/credit")
    for party in sorted({line.party_id for line in lines if line.party_id}):
        work.known(Party, party)
    return [Line(line.account, line.debit, line.credit, currency, ZERO, ZERO, line.party_id or "") for line in lines]


def _as_posted(work: UnitOfWork, entry_id: str) -> Entry:
    rows = work.rows(LedgerLine, entry_id=entry_id, by=("id",))
    return Entry(
        tuple(
            Line(row.account, row.debit, row.credit, row.currency, row.base_debit, row.base_credit, row.party_id or "")
            for row in rows
        )
    )

"""Entries and lines as they are shown."""

from collections import defaultdict
from collections.abc import Sequence

from services.finance.ledger.tables import LedgerEntry, LedgerLine
from shared.contracts.finance import EntryLineView, EntryView
from shared.runtime.work import UnitOfWork


def entry_view(work: UnitOfWork, id_: str) -> EntryView:
    """One entry with its lines; raises NotFound."""
    return entry_views(work, [work.get(LedgerEntry, id=id_)])[0]


def entry_views(work: UnitOfWork, entries: Sequence[LedgerEntry]) -> list[EntryView]:
    """Entries with their lines, read at once."""
    ids = [entry.id for entry in entries]
    lines: dict[str, list[EntryLineView]] = defaultdict(list)
    by_id = {entry.id: entry for entry in entries}
    for line in work.rows(LedgerLine, entry_id=ids, by=("id",)):
        lines[line.entry_id].append(_line_view(line, by_id[line.entry_id]))
    return [_view(entry, lines[entry.id]) for entry in entries]


def line_views(work: UnitOfWork, lines: Sequence[LedgerLine]) -> list[EntryLineView]:
    """Lines with what their entries say of them, read at once."""
    ids = {line.entry_id for line in lines}
    entries = {row.id: row for row in work.rows(LedgerEntry, id=ids)}
    return [_line_view(line, entries[line.entry_id]) for line in lines]


def _view(entry: LedgerEntry, lines: list[EntryLineView]) -> EntryView:
    return EntryView(
        id=entry.id,
        number=entry.number,
        effective_on=entry.effective_on,
        dated_on=entry.dated_on,
        recorded_at=entry.recorded_at,
        source_type=entry.source_type,
        source_id=entry.source_id,
        source_number=entry.source_number,
        note=entry.note,
        posted_by=entry.posted_by,
        reverses_id=entry.reverses_id,
        lines=lines,
    )


def _line_view(line: LedgerLine, entry: LedgerEntry) -> EntryLineView:
    return EntryLineView(
        id=line.id,
        entry_id=entry.id,
        entry_number=entry.number,
        effective_on=entry.effective_on,
        source_type=entry.source_type,
        source_id=entry.source_id,
        source_number=entry.source_number,
        account=line.account,
        party_id=line.party_id,
        currency=line.currency,
        debit=line.debit,
        credit=line.credit,
        base_debit=line.base_debit,
        base_credit=line.base_credit,
    )

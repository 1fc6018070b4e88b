"""Writing entries: numbered, dated into an open period, their lines merged by account."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from services.finance.ledger.rules import Entry, Line
from services.finance.ledger.tables import LedgerEntry, LedgerLine
from services.finance.periods.rules import first_open
from services.finance.settings.lookup import settings_of
from shared.runtime.work import UnitOfWork

SERIES = "JV"


class Source(StrEnum):
    """What an entry records: a fact of inventory by its event's name, or a document of finance."""

    GOODS_HANDED_OVER = "goods_handed_over"
    RETURN_RECEIVED = "return_received"
    RETURN_INSPECTED = "return_inspected"
    GOODS_RECEIVED = "goods_received"
    RECEIPT_CANCELLED = "receipt_cancelled"
    STOCK_ADJUSTED = "stock_adjusted"
    STOCK_OPENED = "stock_opened"
    TRANSFER_SHIPPED = "transfer_shipped"
    TRANSFER_ARRIVED = "transfer_arrived"
    INVOICE = "invoice"
    CREDIT_NOTE = "credit_note"
    PAYMENT = "payment"
    PAYMENT_CANCELLED = "payment_cancelled"
    REFUND = "refund"
    ALLOCATION = "allocation"
    CUSTOMER_ADJUSTMENT = "customer_adjustment"
    SUPPLIER_INVOICE = "supplier_invoice"
    SUPPLIER_PAYMENT = "supplier_payment"
    OPENING = "opening"
    MANUAL = "manual"
    REVERSAL = "reversal"


@dataclass(frozen=True, kw_only=True)
class Draft:
    """An entry to be written: what it posts, the day of its fact, and the document it comes from."""

    entry: Entry
    on: date
    source: Source
    document_id: str
    document_number: str | None = None
    note: str | None = None
    reverses_id: str | None = None


@dataclass(frozen=True)
class Posted:
    """An entry as written: its id and number."""

    id: str
    number: str


def post(work: UnitOfWork, *drafts: Draft) -> list[Posted]:
    """Write entries. One dated in a closed period goes to the first open day, and its note says so."""
    closed = settings_of(work).closed_upto
    posted: list[Posted] = []
    entries: list[dict[str, object]] = []
    lines: list[dict[str, object]] = []
    for draft in drafts:
        late = closed is not None and draft.on <= closed
        effective = first_open(closed) if closed is not None and late else draft.on
        id_ = work.new_id()
        posted.append(Posted(id_, work.number(SERIES)))
        entries.append(_entry_row(work, draft, posted[-1], effective))
        lines.extend(_line_row(work, line, id_, effective) for line in merged(draft.entry.lines))
    work.insert(LedgerEntry, entries)
    work.insert(LedgerLine, lines)
    return posted


def merged(lines: Iterable[Line]) -> list[Line]:
    """One line per account, party, currency and side, in the order they first appear."""
    kept: dict[tuple[str, str, str, bool], Line] = {}
    for line in lines:
        key = (line.account, line.party, line.currency, bool(line.credit or line.base_credit))
        kept[key] = _together(kept[key], line) if key in kept else line
    return [line for line in kept.values() if line.amount or line.base]


def _together(one: Line, other: Line) -> Line:
    return Line(
        account=one.account,
        debit=one.debit + other.debit,
        credit=one.credit + other.credit,
        currency=one.currency,
        base_debit=one.base_debit + other.base_debit,
        base_credit=one.base_credit + other.base_credit,
        party=one.party,
    )


def _entry_row(work: UnitOfWork, draft: Draft, posted: Posted, effective: date) -> dict[str, object]:
    return {
        "id": posted.id,
        "number": posted.number,
        "effective_on": effective,
        "dated_on": draft.on,
        "recorded_at": work.now,
        "source_type": draft.source.value,
        "source_id": draft.document_id,
        "source_number": draft.document_number,
        "note": _note(draft, effective),
        "posted_by": work.context.actor,
        "reverses_id": draft.reverses_id,
    }


def _note(draft: Draft, effective: date) -> str | None:
    if effective == draft.on:
        return draft.note
    late = f"of {draft.on}, whose period was closed; posted on the first open day"
    return f"{draft.note} ({late})" if draft.note else late


def _line_row(work: UnitOfWork, line: Line, entry_id: str, effective: date) -> dict[str, object]:
    return {
        "id": work.new_id(),
        "entry_id": entry_id,
        "effective_on": effective,
        "account": line.account,
        "party_id": line.party or None,
        "currency": line.currency,
        "debit": line.debit,
        "credit": line.credit,
        "base_debit": line.base_debit,
        "base_credit": line.base_credit,
    }

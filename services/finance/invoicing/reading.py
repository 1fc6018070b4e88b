"""Invoices and credit notes as they are shown."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from decimal import Decimal

from services.finance.invoicing.tables import BilledLine, CreditNote, Invoice
from services.finance.settlement.tables import OpenItem
from shared.contracts.finance import BilledLineView, CreditNoteView, InstalmentView, InvoiceView
from shared.kernel.money import ZERO
from shared.runtime.work import UnitOfWork


def invoice_views(work: UnitOfWork, invoices: Sequence[Invoice]) -> list[InvoiceView]:
    """Invoices with their lines and instalments, read at once."""
    ids = [invoice.id for invoice in invoices]
    lines, items = _lines(work, ids), _items(work, ids)
    return [_invoice(invoice, lines[invoice.id], items[invoice.id]) for invoice in invoices]


def credit_note_views(work: UnitOfWork, notes: Sequence[CreditNote]) -> list[CreditNoteView]:
    """Credit notes with their lines, read at once."""
    ids = [note.id for note in notes]
    lines, items = _lines(work, ids), _items(work, ids)
    return [_credit_note(note, lines[note.id], items[note.id]) for note in notes]


def _lines(work: UnitOfWork, ids: Iterable[str]) -> dict[str, list[BilledLineView]]:
    found: dict[str, list[BilledLineView]] = defaultdict(list)
    for row in work.rows(BilledLine, document_id=ids, by=("line",)):
        view = BilledLineView(
            line=row.line,
            item_id=row.item_id,
            quantity=row.quantity,
            net=row.net,
            tax=row.tax,
            gross=row.net + row.tax,
        )
        found[row.document_id].append(view)
    return found


def _items(work: UnitOfWork, ids: Iterable[str]) -> dict[str, list[OpenItem]]:
    found: dict[str, list[OpenItem]] = defaultdict(list)
    for item in work.rows(OpenItem, document_id=ids, by=("instalment",)):
        found[item.document_id].append(item)
    return found


def _open(items: Iterable[OpenItem]) -> Decimal:
    return sum((abs(item.open_amount) for item in items), ZERO)


def _invoice(invoice: Invoice, lines: list[BilledLineView], items: list[OpenItem]) -> InvoiceView:
    instalments = [
        InstalmentView(item_id=item.id, due_on=item.due_on, amount=item.amount, open_amount=item.open_amount)
        for item in items
    ]
    return InvoiceView(
        id=invoice.id,
        number=invoice.number,
        order_id=invoice.order_id,
        order_number=invoice.order_number,
        handover_id=invoice.handover_id,
        customer_id=invoice.customer_id,
        issued_on=invoice.issued_on,
        currency=invoice.currency,
        exchange_rate=invoice.exchange_rate,
        net=invoice.net,
        tax=invoice.tax,
        gross=invoice.net + invoice.tax,
        open_amount=_open(items),
        status="settled" if invoice.settled_on else "open",
        settled_on=invoice.settled_on,
        lines=lines,
        instalments=instalments,
    )


def _credit_note(note: CreditNote, lines: list[BilledLineView], items: list[OpenItem]) -> CreditNoteView:
    return CreditNoteView(
        id=note.id,
        number=note.number,
        return_id=note.return_id,
        order_id=note.order_id,
        order_number=note.order_number,
        customer_id=note.customer_id,
        issued_on=note.issued_on,
        currency=note.currency,
        exchange_rate=note.exchange_rate,
        net=note.net,
        tax=note.tax,
        gross=note.net + note.tax,
        open_amount=_open(items),
        lines=lines,
    )

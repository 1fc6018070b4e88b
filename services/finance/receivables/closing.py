"""Telling when an invoice has nothing open any more, and when it has again."""

from collections.abc import Iterable
from datetime import date

from services.finance.invoicing.tables import Invoice
from services.finance.settlement.tables import OpenItem
from shared.contracts import finance as contract
from shared.runtime.work import UnitOfWork


def close_settled(work: UnitOfWork, items: Iterable[OpenItem], on: date) -> None:
    """Tell of each invoice among these items' documents whose last instalment is closed now."""
    closed = sorted({item.document_id for item in items if item.kind == "invoice" and not item.is_open})
    if not closed:
        return
    still_open = {item.document_id for item in work.rows(OpenItem, document_id=closed, is_open=True)}
    for invoice in _invoices(work, [id_ for id_ in closed if id_ not in still_open]):
        invoice.settled_on = on
        told = contract.InvoiceSettled(invoice_id=invoice.id, order_id=invoice.order_id, settled_on=on)
        work.emit(contract.invoice_settled, told)


def reopen_unsettled(work: UnitOfWork, items: Iterable[OpenItem], on: date) -> None:
    """Tell of each settled invoice among these items' documents that it is open again."""
    documents = sorted({item.document_id for item in items if item.kind == "invoice" and item.is_open})
    for invoice in _invoices(work, documents):
        if invoice.settled_on:
            invoice.settled_on = None
            told = contract.InvoiceReopened(invoice_id=invoice.id, order_id=invoice.order_id, reopened_on=on)
            work.emit(contract.invoice_reopened, told)


def _invoices(work: UnitOfWork, ids: list[str]) -> list[Invoice]:
    return work.rows(Invoice, id=ids, by=("id",))

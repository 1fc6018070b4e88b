"""Posting a supplier's invoice: the accrual released, variance and tax taken, the supplier owed."""

from datetime import date

from services.finance.ledger.posting import Draft, Source, post
from services.finance.ledger.postings import supplier_invoice_entry
from services.finance.ledger.rules import to_base
from services.finance.matching.lookup import PurchaseInHand
from services.finance.matching.matching import Matched
from services.finance.matching.tables import SupplierInvoice
from services.finance.settlement.due import due_dates
from services.finance.settlement.items import Document, owe
from shared.contracts import finance as contract
from shared.kernel.money import ZERO
from shared.runtime.work import UnitOfWork


def post_invoice(work: UnitOfWork, hand: PurchaseInHand, invoice: SupplierInvoice, matched: Matched, on: date) -> None:
    """Put an invoice in the books on a day, as matched."""
    invoice.status, invoice.posted_on = "posted", on
    for each in matched.lines:
        each.ordered.invoiced += each.row.quantity
        each.ordered.invoiced_net += each.row.net
        each.ordered.released += each.accrual_base
    if any(each.row.net or each.row.tax or each.accrual_base for each in matched.lines):
        post(work, _draft(work, invoice, matched, on))
    _owe(work, hand, invoice)
    posted = contract.SupplierInvoicePosted(
        supplier_invoice_id=invoice.id,
        supplier_number=invoice.supplier_number,
        purchase_order_id=invoice.purchase_order_id,
        supplier_id=invoice.supplier_id,
        posted_on=on,
        lines=[contract.MatchedLine(line=each.row.line, quantity=each.row.quantity) for each in matched.lines],
    )
    work.emit(contract.supplier_invoice_posted, posted)
    if not invoice.net + invoice.tax:
        tell_settled(work, invoice, on)


def tell_settled(work: UnitOfWork, invoice: SupplierInvoice, on: date) -> None:
    """Nothing is owed on an invoice any more."""
    invoice.status, invoice.settled_on = "settled", on
    settled = contract.SupplierInvoiceSettled(
        supplier_invoice_id=invoice.id, purchase_order_id=invoice.purchase_order_id, settled_on=on
    )
    work.emit(contract.supplier_invoice_settled, settled)


def _draft(work: UnitOfWork, invoice: SupplierInvoice, matched: Matched, on: date) -> Draft:
    entry = supplier_invoice_entry(
        sum((each.row.accrual for each in matched.lines), ZERO),
        sum((each.row.variance for each in matched.lines), ZERO),
        invoice.tax,
        supplier=invoice.supplier_id,
        currency=invoice.currency,
        base_currency=work.currency,
        rate=invoice.exchange_rate,
        accrual_base=sum((each.accrual_base for each in matched.lines), ZERO),
    )
    return Draft(
        entry=entry,
        on=on,
        source=Source.SUPPLIER_INVOICE,
        document_id=invoice.id,
        document_number=invoice.number,
        note=invoice.supplier_number,
    )


def _owe(work: UnitOfWork, hand: PurchaseInHand, invoice: SupplierInvoice) -> None:
    gross = invoice.net + invoice.tax
    document = Document(
        side="payable",
        party_id=invoice.supplier_id,
        kind="invoice",
        id=invoice.id,
        number=invoice.supplier_number,
        on=invoice.invoiced_on,
        currency=invoice.currency,
        order_id=invoice.purchase_order_id,
    )
    dues = due_dates(hand.order.terms, gross, invoice.invoiced_on, invoice.currency)
    owe(work, document, dues, to_base(gross, invoice.exchange_rate, work.currency))

"""What comes of an approved order: goods received, receipts taken back, invoices posted and settled."""

from collections.abc import Iterable

from services.purchasing.orders.making import by_line
from services.purchasing.orders.procure_to_pay import go_on, lines_of
from services.purchasing.orders.tables import PurchaseOrder, SupplierInvoice
from shared.contracts import finance, inventory
from shared.runtime.registry import on
from shared.runtime.work import UnitOfWork


@on(inventory.goods_received)
def note_receipt(work: UnitOfWork, event: inventory.GoodsReceived) -> None:
    """Add what came in; what was rejected is still owed."""
    _add_up(work, event.purchase_order_id, event.lines, sign=1)


@on(inventory.receipt_cancelled)
def note_receipt_cancelled(work: UnitOfWork, event: inventory.ReceiptCancelled) -> None:
    """Take back what had come in; it may be told of before the receipt itself."""
    _add_up(work, event.purchase_order_id, event.lines, sign=-1)


@on(finance.supplier_invoice_posted)
def note_invoice(work: UnitOfWork, event: finance.SupplierInvoicePosted) -> None:
    """Add what the supplier invoiced."""
    order = work.get(PurchaseOrder, lock=True, id=event.purchase_order_id)
    lines = lines_of(work, order)
    numbered = by_line(lines)
    for matched in event.lines:
        numbered[matched.line].invoiced += matched.quantity
    invoice = _invoice(work, event.supplier_invoice_id, order)
    invoice.supplier_number, invoice.posted_on = event.supplier_number, event.posted_on
    go_on(work, order, lines)


@on(finance.supplier_invoice_settled)
def note_settlement(work: UnitOfWork, event: finance.SupplierInvoiceSettled) -> None:
    """Note that nothing is owed on an invoice any more; it may be told of before the invoice itself."""
    order = work.get(PurchaseOrder, lock=True, id=event.purchase_order_id)
    _invoice(work, event.supplier_invoice_id, order).settled_on = event.settled_on
    go_on(work, order, lines_of(work, order))


def _add_up(work: UnitOfWork, order_id: str, received: Iterable[inventory.ReceivedLine], *, sign: int) -> None:
    order = work.get(PurchaseOrder, lock=True, id=order_id)
    lines = lines_of(work, order)
    numbered = by_line(lines)
    for one in received:
        numbered[one.line].received += sign * one.accepted
        numbered[one.line].rejected += sign * one.rejected
    go_on(work, order, lines)


def _invoice(work: UnitOfWork, id_: str, order: PurchaseOrder) -> SupplierInvoice:
    """The order's row is locked, so that the two facts of an invoice never make it twice."""
    return work.find(SupplierInvoice, id=id_) or work.add(SupplierInvoice(id=id_, order_id=order.id))

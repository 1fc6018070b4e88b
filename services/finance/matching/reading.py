"""Suppliers' invoices, purchase lines and accruals as they are shown."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from decimal import Decimal

from services.finance.matching.tables import PurchaseLine, PurchaseOrder, SupplierInvoice, SupplierInvoiceLine
from services.finance.settlement.tables import OpenItem
from shared.contracts.finance import AccrualView, PurchasePositionView, SupplierInvoiceLineView, SupplierInvoiceView
from shared.kernel.money import ZERO
from shared.runtime.work import UnitOfWork


def supplier_invoice_views(work: UnitOfWork, invoices: Sequence[SupplierInvoice]) -> list[SupplierInvoiceView]:
    """Invoices with their lines and what is owed on them, read at once."""
    ids = [invoice.id for invoice in invoices]
    lines: dict[str, list[SupplierInvoiceLineView]] = defaultdict(list)
    for row in work.rows(SupplierInvoiceLine, supplier_invoice_id=ids, by=("line",)):
        lines[row.supplier_invoice_id].append(_line(row))
    owed: dict[str, Decimal] = defaultdict(lambda: ZERO)
    for item in work.rows(OpenItem, document_id=ids):
        owed[item.document_id] += item.open_amount
    return [_invoice(invoice, lines[invoice.id], owed[invoice.id]) for invoice in invoices]


def purchase_position_views(work: UnitOfWork, lines: Sequence[PurchaseLine]) -> list[PurchasePositionView]:
    """Purchase lines with what their orders say of them, read at once."""
    orders = _orders(work, lines)
    return [_position(line, orders[line.purchase_order_id]) for line in lines]


def accrual_views(work: UnitOfWork, lines: Sequence[PurchaseLine]) -> list[AccrualView]:
    """What is accrued on purchase lines, read at once."""
    orders = _orders(work, lines)
    return [_accrual(line, orders[line.purchase_order_id]) for line in lines]


def _orders(work: UnitOfWork, lines: Iterable[PurchaseLine]) -> dict[str, PurchaseOrder]:
    ids = {line.purchase_order_id for line in lines}
    return {row.id: row for row in work.rows(PurchaseOrder, id=ids)}


def _line(row: SupplierInvoiceLine) -> SupplierInvoiceLineView:
    return SupplierInvoiceLineView(
        line=row.line,
        quantity=row.quantity,
        tax_rate=row.tax_rate,
        net=row.net,
        tax=row.tax,
        accrual=row.accrual,
        variance=row.variance,
        reasons=[reason for reason in row.reasons.split(",") if reason],
    )


def _invoice(invoice: SupplierInvoice, lines: list[SupplierInvoiceLineView], owed: Decimal) -> SupplierInvoiceView:
    return SupplierInvoiceView(
        id=invoice.id,
        number=invoice.number,
        supplier_id=invoice.supplier_id,
        supplier_number=invoice.supplier_number,
        purchase_order_id=invoice.purchase_order_id,
        purchase_order_number=invoice.purchase_order_number,
        invoiced_on=invoice.invoiced_on,
        currency=invoice.currency,
        exchange_rate=invoice.exchange_rate,
        net=invoice.net,
        tax=invoice.tax,
        gross=invoice.net + invoice.tax,
        open_amount=owed,
        status=invoice.status,
        recorded_by=invoice.recorded_by,
        decided_by=invoice.decided_by,
        decided_on=invoice.decided_on,
        reason=invoice.reason,
        posted_on=invoice.posted_on,
        lines=lines,
    )


def _position(line: PurchaseLine, order: PurchaseOrder) -> PurchasePositionView:
    return PurchasePositionView(
        id=line.id,
        purchase_order_id=order.id,
        purchase_order_number=order.number,
        supplier_id=order.supplier_id,
        line=line.line,
        item_id=line.item_id,
        currency=order.currency,
        quantity=line.quantity,
        received=line.received,
        invoiced=line.invoiced,
        price=line.price,
        net=line.net,
        received_value=line.received_value,
        invoiced_net=line.invoiced_net,
        released=line.released,
    )


def _accrual(line: PurchaseLine, order: PurchaseOrder) -> AccrualView:
    return AccrualView(
        id=line.id,
        purchase_order_id=order.id,
        purchase_order_number=order.number,
        supplier_id=order.supplier_id,
        line=line.line,
        item_id=line.item_id,
        received_value=line.received_value,
        released=line.released,
        open_value=line.accrued,
    )

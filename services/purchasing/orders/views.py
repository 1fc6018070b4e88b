"""Purchase orders as people see them: a page of orders with their lines and invoices in a constant number of reads."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal
from typing import TypeVar, cast

from services.purchasing.orders.rules import OrderStatus
from services.purchasing.orders.tables import OrderLine, PurchaseOrder, SupplierInvoice
from services.purchasing.suppliers.tables import Supplier
from shared.contracts import purchasing as contract
from shared.contracts.common import Terms
from shared.contracts.message import load
from shared.kernel.tax import Taxed, tax_of
from shared.runtime.work import UnitOfWork

AWAITING_GOODS = (OrderStatus.APPROVED, OrderStatus.PARTLY_RECEIVED)
_Owned = TypeVar("_Owned", OrderLine, SupplierInvoice)


def order_view(work: UnitOfWork, order: PurchaseOrder) -> contract.PurchaseOrderView:
    """One order."""
    work.session.flush()
    return order_views(work, [order])[0]


def order_views(work: UnitOfWork, orders: Sequence[PurchaseOrder]) -> list[contract.PurchaseOrderView]:
    """Orders with all that belongs to them."""
    ids = [order.id for order in orders]
    lines = _by_order(work.rows(OrderLine, order_id=ids, by=("line",)))
    invoices = _by_order(work.rows(SupplierInvoice, order_id=ids, by=("id",)))
    suppliers = work.rows(Supplier, id={order.supplier_id for order in orders})
    codes = {supplier.id: supplier.code for supplier in suppliers}
    return [
        _view(order, lines[order.id], invoices[order.id], codes[order.supplier_id], work.business_date)
        for order in orders
    ]


def line_view(line: OrderLine, order: PurchaseOrder) -> contract.OrderLineView:
    """One line, standing for itself."""
    return contract.OrderLineView(
        id=line.id,
        order_id=line.order_id,
        number=order.number,
        status=cast("contract.OrderStatus", order.status),
        supplier_id=order.supplier_id,
        warehouse_id=order.warehouse_id,
        line=line.line,
        item_id=line.item_id,
        quantity=line.quantity,
        received=line.received,
        rejected=line.rejected,
        invoiced=line.invoiced,
        cancelled=line.cancelled,
        open=line.state.open,
        net=line.net,
        base_net=line.base_net,
    )


def _by_order(rows: Iterable[_Owned]) -> dict[str, list[_Owned]]:
    found: dict[str, list[_Owned]] = defaultdict(list)
    for row in rows:
        found[row.order_id].append(row)
    return found


def _view(
    order: PurchaseOrder, lines: list[OrderLine], invoices: list[SupplierInvoice], supplier_code: str, today: date
) -> contract.PurchaseOrderView:
    taxed = [tax_of(line.net, line.tax_rate, included=False, currency=order.currency) for line in lines]
    tax = sum((each.tax for each in taxed), Decimal(0))
    return contract.PurchaseOrderView(
        id=order.id,
        version=order.version,
        number=order.number,
        status=cast("contract.OrderStatus", order.status),
        supplier_id=order.supplier_id,
        supplier_code=supplier_code,
        warehouse_id=order.warehouse_id,
        currency=order.currency,
        exchange_rate=order.exchange_rate,
        terms=load(Terms, order.terms),
        note=order.note,
        order_on=order.order_on,
        expected_on=order.expected_on,
        promised_on=order.promised_on,
        due_on=order.due_on,
        days_late=max((today - order.due_on).days, 0) if order.status in AWAITING_GOODS else 0,
        made_by=order.made_by,
        submitted_by=order.submitted_by,
        approved_by=order.approved_by,
        approved_on=order.approved_on,
        sent_on=order.sent_on,
        acknowledged_on=order.acknowledged_on,
        reason=order.reason,
        closed_on=order.closed_on,
        net=order.net,
        tax=tax,
        gross=order.net + tax,
        base_net=order.base_net,
        lines=[_line(line, each) for line, each in zip(lines, taxed, strict=True)],
        invoices=[_invoice(invoice) for invoice in invoices],
        paid=is_paid(lines, invoices),
    )


def is_paid(lines: Sequence[OrderLine], invoices: Sequence[SupplierInvoice]) -> bool:
    """Whether every invoice known is settled, there is one, and all that was received is invoiced."""
    settled = all(invoice.posted_on and invoice.settled_on for invoice in invoices)
    return bool(invoices) and settled and not any(line.state.to_invoice for line in lines)


def _line(line: OrderLine, taxed: Taxed) -> contract.OrderedLine:
    return contract.OrderedLine(
        line=line.line,
        item_id=line.item_id,
        unit=line.unit,
        unit_quantity=line.unit_quantity,
        unit_price=line.unit_price,
        quantity=line.quantity,
        price=line.price,
        net=line.net,
        tax=taxed.tax,
        base_net=line.base_net,
        tax_code=line.tax_code,
        tax_rate=line.tax_rate,
        over_tolerance=line.over_tolerance,
        under_tolerance=line.under_tolerance,
        expected_on=line.expected_on,
        received=line.received,
        rejected=line.rejected,
        invoiced=line.invoiced,
        cancelled=line.cancelled,
        open=line.state.open,
    )


def _invoice(invoice: SupplierInvoice) -> contract.SupplierInvoiceOfOrder:
    return contract.SupplierInvoiceOfOrder(
        supplier_invoice_id=invoice.id,
        supplier_number=invoice.supplier_number,
        posted_on=invoice.posted_on,
        settled_on=invoice.settled_on,
    )

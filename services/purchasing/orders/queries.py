"""Finding purchase orders, their lines, and those whose goods are late."""

from services.purchasing.orders.tables import OrderLine, PurchaseOrder
from services.purchasing.orders.views import AWAITING_GOODS, line_view, order_view, order_views
from shared.contracts import purchasing as contract
from shared.contracts.common import ById
from shared.contracts.operations import ListQuery, Page
from shared.runtime.registry import handles
from shared.runtime.work import UnitOfWork
from shared.storage.paging import page_with

_COLUMNS = {
    "id": PurchaseOrder.id,
    "number": PurchaseOrder.number,
    "status": PurchaseOrder.status,
    "supplier_id": PurchaseOrder.supplier_id,
    "warehouse_id": PurchaseOrder.warehouse_id,
    "order_on": PurchaseOrder.order_on,
    "expected_on": PurchaseOrder.expected_on,
    "due_on": PurchaseOrder.due_on,
}
_LINE_COLUMNS = {**_COLUMNS, "id": OrderLine.id, "order_id": OrderLine.order_id, "item_id": OrderLine.item_id}


@handles(contract.get_order)
def get_order(work: UnitOfWork, query: ById) -> contract.PurchaseOrderView:
    """One purchase order."""
    return order_view(work, work.get(PurchaseOrder, id=query.id))


@handles(contract.list_orders)
def list_orders(work: UnitOfWork, query: ListQuery) -> Page[contract.PurchaseOrderView]:
    """Purchase orders, a page at a time."""
    return page_with(
        work.session, work.select(PurchaseOrder), query, _COLUMNS, lambda orders: order_views(work, orders)
    )


@handles(contract.list_late_orders)
def list_late_orders(work: UnitOfWork, query: ListQuery) -> Page[contract.PurchaseOrderView]:
    """Orders that should have come before the business date, the longest overdue first."""
    late = work.select(PurchaseOrder).where(
        PurchaseOrder.status.in_(AWAITING_GOODS), PurchaseOrder.due_on < work.business_date
    )
    return page_with(work.session, late, query, _COLUMNS, lambda orders: order_views(work, orders))


@handles(contract.list_order_lines)
def list_order_lines(work: UnitOfWork, query: ListQuery) -> Page[contract.OrderLineView]:
    """Purchase lines, a page at a time."""
    lines = work.select(OrderLine).join(PurchaseOrder, PurchaseOrder.id == OrderLine.order_id)

    def views(rows: list[OrderLine]) -> list[contract.OrderLineView]:
        ids = {row.order_id for row in rows}
        orders = {order.id: order for order in work.rows(PurchaseOrder, id=ids)}
        return [line_view(row, orders[row.order_id]) for row in rows]

    return page_with(work.session, lines, query, _LINE_COLUMNS, views)

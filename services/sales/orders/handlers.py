"""Reading orders and their lines."""

from services.sales.orders.tables import Order, OrderLine
from services.sales.orders.views import line_view, order_view, summary
from shared.contracts import sales as contract
from shared.contracts.common import ById
from shared.contracts.operations import ListQuery, Page
from shared.runtime.registry import handles
from shared.runtime.work import UnitOfWork
from shared.storage.paging import page, page_with

_ORDERS = {
    "id": Order.id,
    "customer_id": Order.customer_id,
    "status": Order.status,
    "placed_on": Order.placed_on,
    "promised_on": Order.promised_on,
    "number": Order.number,
    "reference": Order.reference,
}
_LINES = {
    "id": OrderLine.id,
    "line": OrderLine.line,
    "order_id": OrderLine.order_id,
    "item_id": OrderLine.item_id,
    "warehouse_id": OrderLine.warehouse_id,
}


@handles(contract.get_order)
def get_order(work: UnitOfWork, query: ById) -> contract.OrderView:
    """One order."""
    return order_view(work, work.get(Order, id=query.id))


@handles(contract.list_orders)
def list_orders(work: UnitOfWork, query: ListQuery) -> Page[contract.OrderSummary]:
    """Orders, a page at a time."""
    return page(work.session, work.select(Order), query, _ORDERS, summary)


@handles(contract.list_order_lines)
def list_order_lines(work: UnitOfWork, query: ListQuery) -> Page[contract.OrderLineView]:
    """Order lines, a page at a time."""

    def views(lines: list[OrderLine]) -> list[contract.OrderLineView]:
        ids = {line.order_id for line in lines}
        numbers = {order.id: order.number for order in work.rows(Order, id=ids)}
        return [line_view(line, numbers[line.order_id]) for line in lines]

    return page_with(work.session, work.select(OrderLine), query, _LINES, views)

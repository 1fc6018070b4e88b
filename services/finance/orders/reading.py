"""Order lines as they are shown."""

from collections.abc import Sequence

from services.finance.orders.tables import SalesLine, SalesOrder
from shared.contracts.finance import OrderPositionView
from shared.runtime.work import UnitOfWork


def position_views(work: UnitOfWork, lines: Sequence[SalesLine]) -> list[OrderPositionView]:
    """Lines with what their orders say of them, read at once."""
    ids = {line.order_id for line in lines}
    orders = {row.id: row for row in work.rows(SalesOrder, id=ids)}
    return [_view(line, orders[line.order_id]) for line in lines]


def _view(line: SalesLine, order: SalesOrder) -> OrderPositionView:
    return OrderPositionView(
        id=line.id,
        order_id=order.id,
        order_number=order.number,
        customer_id=order.customer_id,
        line=line.line,
        item_id=line.item_id,
        kind=line.kind,
        currency=order.currency,
        quantity=line.quantity,
        cancelled=line.cancelled,
        invoiced=line.invoiced,
        credited=line.credited,
        net=line.net,
        tax=line.tax,
        invoiced_net=line.invoiced_net,
        invoiced_tax=line.invoiced_tax,
        credited_net=line.credited_net,
        credited_tax=line.credited_tax,
    )

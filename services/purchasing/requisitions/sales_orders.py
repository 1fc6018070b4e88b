"""以销定购: requisitions for what a customer ordered and is bought for that order only.

They are made once the order is confirmed, for what of it is not cancelled by then; the facts come in any order.
"""

from collections.abc import Sequence
from decimal import Decimal

from services.purchasing.requisitions.tables import BuyToOrderLine, Requisition, SalesOrder
from shared.contracts import sales
from shared.runtime.foresight import Foreseen, along
from shared.runtime.registry import on
from shared.runtime.work import UnitOfWork


@on(sales.order_placed)
def keep_placed(work: UnitOfWork, event: sales.OrderPlaced) -> None:
    """Keep the lines that are bought to order until the order is confirmed."""
    work.add(SalesOrder(id=event.order_id, number=event.number, promised_on=event.promised_on))
    for line in event.lines:
        if line.buy_to_order and line.warehouse_id:
            work.add(
                BuyToOrderLine(
                    order_id=event.order_id,
                    line=line.line,
                    item_id=line.item_id,
                    warehouse_id=line.warehouse_id,
                    quantity=line.quantity,
                )
            )


@on(sales.order_confirmed, Foreseen(SalesOrder, "order_id", (along(SalesOrder.bought),)))
def request_for_customer(work: UnitOfWork, event: sales.OrderConfirmed) -> None:
    """Ask for what is bought to order, less what was cancelled already."""
    order = work.known(SalesOrder, event.order_id, lock=True)
    order.confirmed = True
    for line in order.bought:
        if line.wanted > 0:
            work.add(_requisition(work, order, line))


@on(sales.order_cancelled)
def withdraw_for_customer(work: UnitOfWork, event: sales.OrderCancelled) -> None:
    """Withdraw what the customer does not want any more, as far as it is not ordered yet."""
    order = work.known(SalesOrder, event.order_id, lock=True)
    cancelled = {line.line: line.cancelled for line in event.lines}
    requisitions = {each.source_line: each for each in _requisitions(work, event.order_id)}
    for line in order.bought:
        given = cancelled.get(line.line, Decimal(0)) if cancelled else line.quantity
        line.cancelled = min(max(line.cancelled, given), line.quantity)
        requisition = requisitions.get(line.line)
        if requisition and requisition.status == "open":
            shrink(requisition, line.wanted)


def shrink(requisition: Requisition, wanted: Decimal) -> None:
    """Leave of an open requisition what is still wanted; nothing: it is withdrawn."""
    if wanted > 0:
        requisition.quantity = min(requisition.quantity, wanted)
    else:
        requisition.status = "withdrawn"


def _requisitions(work: UnitOfWork, order_id: str) -> Sequence[Requisition]:
    return work.rows(Requisition, source_id=order_id, by=("id",), lock=True)


def _requisition(work: UnitOfWork, order: SalesOrder, line: BuyToOrderLine) -> Requisition:
    return Requisition(
        id=work.new_id(),
        number=f"{order.number}/{line.line}",
        source="sales_order",
        source_id=order.id,
        source_line=line.line,
        item_id=line.item_id,
        warehouse_id=line.warehouse_id,
        quantity=line.wanted,
        needed_on=order.promised_on,
        requested_on=work.business_date,
        requested_by=work.context.actor,
        note=f"sales order {order.number}",
    )

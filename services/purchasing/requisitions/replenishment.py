"""Requisitions from low stock: one at a time for an item in a warehouse."""

from sqlalchemy import or_

from services.purchasing.copies.tables import Item
from services.purchasing.orders.rules import OrderStatus
from services.purchasing.orders.tables import PurchaseOrder
from services.purchasing.requisitions.tables import Requisition
from shared.contracts import inventory
from shared.runtime.registry import on
from shared.runtime.work import UnitOfWork


@on(inventory.stock_low)
def request_replenishment(work: UnitOfWork, event: inventory.StockLow) -> None:
    """Ask for what would fill the stock up; the newest alert says how much, until it is ordered.

    Inventory counts an order as coming once it is approved; until then the requisition, open or in a draft, stands
    for the need. The item's row is locked, so that two alerts follow each other.
    """
    work.known(Item, event.item_id, lock=True)
    waiting = _waiting(work, event)
    if waiting is None:
        work.add(_requisition(work, event))
    elif waiting.status == "open" and waiting.sequence < work.sequence:
        waiting.quantity, waiting.source_id, waiting.sequence = event.suggested, event.alert_id, work.sequence


def _waiting(work: UnitOfWork, event: inventory.StockLow) -> Requisition | None:
    unapproved = or_(
        Requisition.status == "open",
        PurchaseOrder.status.in_((OrderStatus.DRAFT, OrderStatus.PENDING_APPROVAL)),
    )
    statement = (
        work.select(Requisition)
        .outerjoin(PurchaseOrder, PurchaseOrder.id == Requisition.order_id)
        .where(
            Requisition.source == "stock_low",
            Requisition.item_id == event.item_id,
            Requisition.warehouse_id == event.warehouse_id,
            unapproved,
        )
        .order_by(Requisition.id)
        .with_for_update(of=Requisition)
    )
    return next(iter(work.fresh(statement)), None)


def _requisition(work: UnitOfWork, event: inventory.StockLow) -> Requisition:
    return Requisition(
        id=work.new_id(),
        number=work.number("PR"),
        source="stock_low",
        source_id=event.alert_id,
        item_id=event.item_id,
        warehouse_id=event.warehouse_id,
        quantity=event.suggested,
        requested_on=work.business_date,
        requested_by=work.context.actor,
        sequence=work.sequence,
    )

"""What other services decide about shipments: goods handed over, pick lists shortened, orders cancelled."""

from services.logistics.shipments.making import ORDER, lock_order
from services.logistics.shipments.state import restate
from services.logistics.shipments.tables import HandOver, Shipment, ShippedOrder
from shared.contracts import inventory, sales
from shared.contracts import logistics as contract
from shared.contracts.message import dump
from shared.runtime.foresight import Foreseen, along
from shared.runtime.registry import on
from shared.runtime.work import UnitOfWork

_ALONG = along(Shipment.lines), along(Shipment.hand_overs), along(Shipment.tracked)


@on(inventory.goods_handed_over, Foreseen(Shipment, "shipment_id", _ALONG))
def ship(work: UnitOfWork, event: inventory.GoodsHandedOver) -> None:
    """The carrier has goods: one consignment of the shipment, whatever was tracked or cancelled before we heard."""
    shipment = work.get(Shipment, lock=True, id=event.shipment_id)
    lines = shipment.lines
    numbered = {line.line: line for line in lines}
    for gone in event.lines:
        numbered[gone.line].shipped += gone.quantity
    left = [contract.ShipmentLine(line=each.line, item_id=each.item_id, quantity=each.quantity) for each in event.lines]
    consignment = HandOver(
        id=event.handover_id,
        shipment_id=shipment.id,
        shipped_on=event.handed_over_on,
        lines=[dump(line) for line in left],
    )
    work.add_to(shipment, Shipment.hand_overs, consignment)
    shipment.complete = shipment.complete or event.shipment_complete
    work.emit(
        contract.goods_shipped,
        contract.GoodsShipped(
            shipment_id=shipment.id,
            handover_id=event.handover_id,
            order_id=event.order_id,
            shipped_on=event.handed_over_on,
            lines=left,
        ),
    )
    restate(work, shipment, lines)


@on(inventory.pick_shortened)
def take_off(work: UnitOfWork, event: inventory.PickShortened) -> None:
    """Wait for no more than the warehouse still lets go; a list only ever gets shorter, so the least told holds."""
    shipment = work.get(Shipment, lock=True, id=event.shipment_id)
    lines = shipment.lines
    numbered = {line.line: line for line in lines}
    for told in event.lines:
        line = numbered[told.line]
        line.taken_off = max(line.taken_off, line.quantity - told.quantity)
    restate(work, shipment, lines)


@on(sales.order_cancelled, ORDER)
def withdraw(work: UnitOfWork, event: sales.OrderCancelled) -> None:
    """Send nothing more of the cancelled lines; what inventory handed over stays shipped, whenever we hear of it."""
    order = lock_order(work, event.order_id)
    order.cancelled = order.cancelled or not event.lines
    order.cancelled_lines = sorted({*order.cancelled_lines, *(line.line for line in event.lines)})
    shipments = work.rows(Shipment, order_id=event.order_id, by=("id",), lock=True)
    for shipment in shipments:
        _trim(work, shipment, order)


def _trim(work: UnitOfWork, shipment: Shipment, order: ShippedOrder) -> None:
    lines = shipment.lines
    for line in lines:
        line.withdrawn = line.withdrawn or not order.lets(line.line)
    restate(work, shipment, lines)

"""Making a shipment of a delivery that was asked for: its lines, with their weight and volume."""

from collections.abc import Mapping
from dataclasses import replace
from decimal import ROUND_HALF_UP, Decimal

from services.logistics.carriers.rules import MOST_WEIGHT
from services.logistics.copies.tables import Item
from services.logistics.rows import made_and_locked
from services.logistics.shipments.tables import Shipment, ShipmentLine, ShippedOrder
from shared.contracts import sales
from shared.contracts.message import dump
from shared.kernel.errors import NotYet
from shared.kernel.money import ZERO
from shared.runtime.foresight import Foreseen
from shared.runtime.work import UnitOfWork

_UNHEARD_OF: Mapping[str, object] = {"cancelled": False, "cancelled_lines": []}
"""An order of which nothing is known yet."""
ORDER = Foreseen(ShippedOrder, "order_id", made=_UNHEARD_OF)
"""The order's row, as `lock_order` locks it; a delivery looks up the items of its lines besides."""
DELIVERY = replace(ORDER, looks_up=((Item, lambda event: (line.item_id for line in event.lines)),))
_STEP = Decimal("0.000001")


def lock_order(work: UnitOfWork, order_id: str) -> ShippedOrder:
    """The order's row, locked; it guards all its shipments against deliveries and cancellations that cross."""
    return made_and_locked(work, ShippedOrder, {"id": order_id}, **_UNHEARD_OF)


def new_shipment(work: UnitOfWork, event: sales.DeliveryRequested, id_: str) -> Shipment:
    """The shipment of a delivery, not planned yet."""
    return Shipment(
        id=id_,
        number=work.number("SH"),
        delivery_id=event.delivery_id,
        order_id=event.order_id,
        order_number=event.order_number,
        customer_id=event.customer_id,
        warehouse_id=event.warehouse_id,
        ship_to=dump(event.ship_to),
        requested_on=event.requested_on,
        promised_on=event.promised_on,
        changed_at=work.now,
    )


def new_lines(
    work: UnitOfWork, event: sales.DeliveryRequested, order: ShippedOrder, shipment_id: str
) -> list[ShipmentLine]:
    """The shipment's lines with their weight and volume; raises NotYet for an item not known yet."""
    items = {item.id: item for item in work.look_up(Item, ("id",), (line.item_id for line in event.lines))}
    wanted: dict[int, sales.DeliveryLine] = {}
    for line in event.lines:
        if line.item_id not in items:
            raise NotYet(line.item_id)
        more = wanted[line.line].quantity if line.line in wanted else ZERO
        wanted[line.line] = replace(line, quantity=line.quantity + more)
    return [
        _line(line, items[line.item_id], shipment_id, withdrawn=not order.lets(number))
        for number, line in wanted.items()
    ]


def _line(line: sales.DeliveryLine, item: Item, shipment_id: str, *, withdrawn: bool) -> ShipmentLine:
    return ShipmentLine(
        shipment_id=shipment_id,
        line=line.line,
        item_id=line.item_id,
        quantity=line.quantity,
        weight=_measure(line.quantity * item.weight),
        volume=_measure(line.quantity * item.volume),
        withdrawn=withdrawn,
    )


def _measure(amount: Decimal) -> Decimal:
    """A weight or volume to the sixth decimal, at most what no carrier takes anyway."""
    return min(amount, MOST_WEIGHT).quantize(_STEP, rounding=ROUND_HALF_UP)

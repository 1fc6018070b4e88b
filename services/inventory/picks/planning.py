"""Making the pick list of a shipment."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from decimal import Decimal

from services.inventory.picks.status import pick_status
from services.inventory.picks.tables import Pick, PickLine
from services.inventory.picks.unpick import tell_shortened
from services.inventory.reservations.orders import lock_order
from services.inventory.reservations.tables import GoodsOrder, GoodsOrderLine
from shared.contracts import logistics
from shared.kernel.quantity import ZERO
from shared.runtime.foresight import Foreseen
from shared.runtime.registry import on
from shared.runtime.work import UnitOfWork


@on(logistics.shipment_planned, Foreseen(GoodsOrder, "order_id"))
def plan_pick(work: UnitOfWork, event: logistics.ShipmentPlanned) -> None:
    """List what is to be picked: what is planned, as far as it is still reserved and on no other list.

    What was cancelled meanwhile is so trimmed; a list of which nothing is left is made all the same, cancelled.
    """
    order = lock_order(work, event.order_id)
    planned = _by_line(event.lines)
    free = _reserved_on_no_list(work, event.order_id, planned.keys())
    lines = [
        _line(work, event, each, min(each.quantity, free[number])) for number, each in planned.items() if number in free
    ]
    pick = work.add(_pick(event, order, lines))
    for line in lines:
        work.add(line)
    tell_shortened(work, pick, (line for line in lines if line.quantity < line.planned))


def _reserved_on_no_list(work: UnitOfWork, order_id: str, numbers: Collection[int]) -> dict[int, Decimal]:
    """By order line, for those asked for, what could go on a new pick list."""
    lines = work.rows(GoodsOrderLine, order_id=order_id, line=numbers, fresh=True)
    free = {line.line: line.reserved for line in lines}
    for listed in work.rows(PickLine, order_id=order_id, line=numbers, fresh=True):
        free[listed.line] -= listed.open
    return free


def _by_line(lines: Iterable[logistics.ShipmentLine]) -> dict[int, logistics.ShipmentLine]:
    """One line per order line, should a shipment name one twice."""
    totals: dict[int, Decimal] = defaultdict(lambda: ZERO)
    named = {line.line: line for line in lines}
    for line in lines:
        totals[line.line] += line.quantity
    return {
        number: logistics.ShipmentLine(line=number, item_id=line.item_id, quantity=totals[number])
        for number, line in named.items()
    }


def _pick(event: logistics.ShipmentPlanned, order: GoodsOrder, lines: list[PickLine]) -> Pick:
    return Pick(
        id=event.shipment_id,
        shipment_number=event.number,
        delivery_id=event.delivery_id,
        order_id=event.order_id,
        order_number=order.number,
        warehouse_id=event.warehouse_id,
        carrier_id=event.carrier_id,
        expected_on=event.expected_on,
        status=pick_status(lines),
    )


def _line(
    work: UnitOfWork, event: logistics.ShipmentPlanned, planned: logistics.ShipmentLine, quantity: Decimal
) -> PickLine:
    return PickLine(
        id=work.new_id(),
        pick_id=event.shipment_id,
        order_id=event.order_id,
        line=planned.line,
        item_id=planned.item_id,
        planned=planned.quantity,
        quantity=quantity,
        picked=ZERO,
        handed_over=ZERO,
    )

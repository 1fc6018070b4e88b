"""Serving the orders that wait, the moment something is free."""

from collections import defaultdict
from collections.abc import Iterable

from services.inventory.reservations.rules import Backorder, serve
from services.inventory.reservations.tables import GoodsOrderLine
from services.inventory.stock.levels import Levels
from services.inventory.valuation.positions import Spot
from shared.contracts import inventory as contract
from shared.runtime.work import UnitOfWork


def serve_waiting(work: UnitOfWork, levels: Levels) -> None:
    """Reserve what is free for those who wait for it, oldest promise first, and tell each order that got something."""
    to_serve = levels.to_serve()
    if not to_serve:
        return
    served: dict[str, list[contract.ServedLine]] = defaultdict(list)
    for spot, waiting in _waiting(work, to_serve).items():
        level, by_id = to_serve[spot], {_turn(line): line for line in waiting}
        for share in serve(level.free, [_backorder(line) for line in waiting]):
            line = by_id[share.line]
            line.backordered -= share.quantity
            line.reserved += share.quantity
            level.backordered -= share.quantity
            level.reserved += share.quantity
            served[line.order_id].append(
                contract.ServedLine(
                    line=line.line, item_id=line.item_id, warehouse_id=line.warehouse_id, quantity=share.quantity
                )
            )
    for order_id, lines in served.items():
        told = sorted(lines, key=lambda line: line.line)
        work.emit(contract.backorder_served, contract.BackorderServed(order_id=order_id, lines=told))


def _waiting(work: UnitOfWork, spots: Iterable[Spot]) -> dict[Spot, list[GoodsOrderLine]]:
    """The lines that wait for these items in these warehouses; the locks on their levels guard them."""
    wanted = set(spots)
    statement = work.select(GoodsOrderLine).where(
        GoodsOrderLine.backordered > 0,
        GoodsOrderLine.item_id.in_({item for item, _ in wanted}),
        GoodsOrderLine.warehouse_id.in_({warehouse for _, warehouse in wanted}),
    )
    by_spot: dict[Spot, list[GoodsOrderLine]] = defaultdict(list)
    for line in work.fresh(statement):
        if line.spot in wanted:
            by_spot[line.spot].append(line)
    return by_spot


def _backorder(line: GoodsOrderLine) -> Backorder:
    return Backorder(_turn(line), line.promised_on, line.placed_on.toordinal(), line.backordered)


def _turn(line: GoodsOrderLine) -> str:
    """Names a line so that of one day the earlier order, then the earlier line comes first: order ids sort by birth."""
    return f"{line.order_id}/{line.line:06}"

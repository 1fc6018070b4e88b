"""An order and its lines, under lock."""

from collections.abc import Collection, Iterable

from sqlalchemy import select

from services.inventory.reservations.tables import GoodsOrder, GoodsOrderLine
from services.inventory.stock.levels import Levels, lock_levels
from services.inventory.valuation.positions import Spot
from shared.runtime.work import UnitOfWork

OrderLines = dict[int, GoodsOrderLine]


def lock_order(work: UnitOfWork, order_id: str) -> GoodsOrder:
    """The order, locked; NotYet where it has not been heard of."""
    return work.known(GoodsOrder, order_id, lock=True)


def lock_order_lines(
    work: UnitOfWork, order_id: str, only: Collection[int] = (), others: Iterable[Spot] = ()
) -> tuple[Levels, OrderLines]:
    """The order's lines (all, or `only` some) by number, their levels locked together with those of `others`."""
    wanted = (GoodsOrderLine.order_id == order_id, *([GoodsOrderLine.line.in_(only)] if only else []))
    mine = select(GoodsOrderLine.item_id, GoodsOrderLine.warehouse_id).where(
        GoodsOrderLine.company == work.company, *wanted
    )
    spots = [(item, warehouse) for item, warehouse in work.session.execute(mine)]
    levels = lock_levels(work, [*spots, *others])
    lines = work.fresh(work.select(GoodsOrderLine).where(*wanted).order_by(GoodsOrderLine.line))
    return levels, {line.line: line for line in lines}

"""An order and its lines, under lock."""

from collections.abc import Collection, Iterable
from typing import Any

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
    wanted: dict[str, Any] = {"order_id": order_id, **({"line": set(only)} if only else {})}
    spots = [line.spot for line in work.rows(GoodsOrderLine, **wanted)]
    levels = lock_levels(work, [*spots, *others])
    lines = work.rows(GoodsOrderLine, **wanted, by=("line",), fresh=True)
    return levels, {line.line: line for line in lines}

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


def lock_orders(work: UnitOfWork, ids: Collection[str]) -> None:
    """Lock several orders at once, in the order of their ids."""
    for order in work.rows(GoodsOrder, id=sorted(ids), by=("id",), lock=True):
        work.keep_locked(order, "id")


def lock_lines_of_orders(work: UnitOfWork, wanted: Collection[tuple[str, int]]) -> Levels:
    """Lock these lines of several orders, which are locked, by their levels, for whoever asks for them then."""
    by_order: dict[str, Any] = {
        "order_id": {order_id for order_id, _ in wanted},
        "line": {number for _, number in wanted},
    }
    spots = {line.spot for line in work.rows(GoodsOrderLine, **by_order) if (line.order_id, line.line) in wanted}
    levels = lock_levels(work, spots)
    for line in work.rows(GoodsOrderLine, **by_order, fresh=True):
        if line.spot in levels:
            work.keep_locked(line, "order_id", "line")
    return levels


def _locked_before(work: UnitOfWork, order_id: str, only: Collection[int]) -> OrderLines:
    """The lines asked for, if this transaction has locked all of them already."""
    found = {number: work.locked_before(GoodsOrderLine, order_id=order_id, line=number) for number in sorted(set(only))}
    lines = {number: line for number, line in found.items() if line is not None}
    return lines if len(lines) == len(found) else {}


def lock_order_lines(
    work: UnitOfWork, order_id: str, only: Collection[int] = (), others: Iterable[Spot] = ()
) -> tuple[Levels, OrderLines]:
    """The order's lines (all, or `only` some) by number, their levels locked together with those of `others`."""
    if held := _locked_before(work, order_id, only):
        return lock_levels(work, [*(line.spot for line in held.values()), *others]), held
    wanted: dict[str, Any] = {"order_id": order_id, **({"line": set(only)} if only else {})}
    spots = [line.spot for line in work.rows(GoodsOrderLine, **wanted)]
    levels = lock_levels(work, [*spots, *others])
    lines = work.rows(GoodsOrderLine, **wanted, by=("line",), fresh=True)
    return levels, {line.line: line for line in lines}

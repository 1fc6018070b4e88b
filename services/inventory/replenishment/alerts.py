"""Telling of low stock."""

from collections.abc import Mapping, Sequence

from services.inventory.replenishment.rules import MinMax, judge
from services.inventory.replenishment.tables import StockLimit
from services.inventory.stock.tables import StockLevel
from services.inventory.valuation.positions import Spot
from shared.contracts import inventory as contract
from shared.runtime.work import UnitOfWork


def alert_when_low(work: UnitOfWork, levels: Mapping[Spot, StockLevel]) -> None:
    """Hold levels that changed against their limits; tell of each that has become low, once until it recovers."""
    if not levels:
        return
    for limit in limits_of(work, levels):
        level = levels[limit.item_id, limit.warehouse_id]
        verdict = judge(
            MinMax(limit.minimum, limit.maximum), level.free - level.backordered, level.inbound, was_low=limit.low
        )
        limit.low = verdict.low
        if verdict.fires:
            work.emit(
                contract.stock_low,
                contract.StockLow(
                    alert_id=work.new_id(),
                    item_id=limit.item_id,
                    warehouse_id=limit.warehouse_id,
                    available=level.free - level.backordered,
                    inbound=level.inbound,
                    minimum=limit.minimum,
                    maximum=limit.maximum,
                    suggested=verdict.to_maximum,
                ),
            )


def limits_of(work: UnitOfWork, levels: Mapping[Spot, StockLevel]) -> Sequence[StockLimit]:
    """The limits that are set for these levels; the locks on them guard the limits too."""
    return work.guarded(StockLimit, ("item_id", "warehouse_id"), levels)

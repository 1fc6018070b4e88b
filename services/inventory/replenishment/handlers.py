"""Setting and finding minimum and maximum stock."""

from services.inventory.items.goods import goods_of
from services.inventory.lines import pointed, refuse
from services.inventory.replenishment.alerts import alert_when_low, limits_of
from services.inventory.replenishment.rules import MinMax
from services.inventory.replenishment.tables import StockLimit
from services.inventory.stock.levels import lock_levels
from services.inventory.warehouses.places import warehouse_in_use
from shared.contracts import inventory as contract
from shared.contracts.operations import ListQuery, Page
from shared.kernel.errors import Fault
from shared.runtime.registry import handles
from shared.runtime.work import UnitOfWork
from shared.storage.paging import page

_COLUMNS = {
    "id": StockLimit.id,
    "item_id": StockLimit.item_id,
    "warehouse_id": StockLimit.warehouse_id,
    "low": StockLimit.low,
}


@handles(contract.set_stock_limits)
def set_stock_limits(work: UnitOfWork, command: contract.SetStockLimits) -> contract.StockLimitsView:
    """Set the limits of items in a warehouse; what is low by them is told at once."""
    _require_sense(command.lines)
    warehouse_in_use(work, command.warehouse_id)
    goods_of(work, [line.item_id for line in command.lines])
    levels = lock_levels(work, [(line.item_id, command.warehouse_id) for line in command.lines])
    known = {limit.item_id: limit for limit in limits_of(work, levels)}
    for line in command.lines:
        limit = known.get(line.item_id)
        if limit:
            limit.minimum, limit.maximum = line.minimum, line.maximum
    new = [line for line in command.lines if line.item_id not in known]
    work.insert(StockLimit, [_row(work, command.warehouse_id, line) for line in new])
    alert_when_low(work, levels)
    return contract.StockLimitsView(warehouse_id=command.warehouse_id, lines=command.lines)


@handles(contract.list_stock_limits)
def list_stock_limits(work: UnitOfWork, query: ListQuery) -> Page[contract.StockLimitView]:
    """Limits, a page at a time."""
    return page(work.session, work.select(StockLimit), query, _COLUMNS, _view)


def _require_sense(lines: list[contract.StockLimit]) -> None:
    """Raises InvalidInput `duplicate_item`, `min_above_max`."""
    seen: set[str] = set()
    for at, line in enumerate(lines):
        if line.item_id in seen:
            refuse([Fault(f"/lines/{at}/item_id", "duplicate_item", "this item is named twice")])
        seen.add(line.item_id)
        with pointed(f"/lines/{at}"):
            MinMax(line.minimum, line.maximum)


def _row(work: UnitOfWork, warehouse_id: str, line: contract.StockLimit) -> dict[str, object]:
    return {
        "id": work.new_id(),
        "item_id": line.item_id,
        "warehouse_id": warehouse_id,
        "minimum": line.minimum,
        "maximum": line.maximum,
        "low": False,
    }


def _view(limit: StockLimit) -> contract.StockLimitView:
    return contract.StockLimitView(
        id=limit.id,
        item_id=limit.item_id,
        warehouse_id=limit.warehouse_id,
        minimum=limit.minimum,
        maximum=limit.maximum,
        low=limit.low,
    )

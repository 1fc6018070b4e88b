"""Adjusting stock to what was found, and taking opening stock over."""

from collections import defaultdict
from collections.abc import Sequence
from decimal import Decimal

from services.inventory.adjustments.tables import Adjustment, AdjustmentLine
from services.inventory.consequences import consequences
from services.inventory.days import day_of
from services.inventory.items.goods import goods_of, in_base_units
from services.inventory.lines import pointed
from services.inventory.stock.book import StockBook
from services.inventory.stock.levels import lock_levels
from services.inventory.valuation.positions import Spot
from services.inventory.valuation.rules import average_value, worth
from services.inventory.warehouses.places import NAMELESS, require_bins, warehouse_in_use
from shared.contracts import inventory as contract
from shared.contracts.operations import ListQuery, Page
from shared.kernel.errors import InvalidInput
from shared.runtime.registry import handles
from shared.runtime.work import UnitOfWork
from shared.storage.paging import page_with

_COLUMNS = {
    "id": Adjustment.id,
    "number": Adjustment.number,
    "warehouse_id": Adjustment.warehouse_id,
    "reason": Adjustment.reason,
    "adjusted_on": Adjustment.adjusted_on,
}


@handles(contract.adjust_stock)
def adjust_stock(work: UnitOfWork, command: contract.AdjustStock) -> contract.AdjustmentView:
    """Let what is missing leave at cost, never what is promised, and take in what was found."""
    quantities = _quantities(work, command.warehouse_id, command.lines)
    on = day_of(work, command.adjusted_on, "/adjusted_on")
    levels = lock_levels(work, [(line.item_id, command.warehouse_id) for line in command.lines])
    adjustment_id = work.new_id()
    book = StockBook(work, levels, "adjustment", adjustment_id, on)
    lines = []
    for at, (line, quantity) in enumerate(zip(command.lines, quantities, strict=True)):
        with pointed(f"/lines/{at}"):
            value = _adjust(work, book, at + 1, (line.item_id, command.warehouse_id), line, quantity)
        lines.append(contract.ValuedLine(item_id=line.item_id, quantity=quantity, value=value))
    book.close()
    work.insert(AdjustmentLine, [_row(work, adjustment_id, at + 1, line) for at, line in enumerate(lines)])
    consequences(work, levels)
    adjustment = work.add(
        Adjustment(
            id=adjustment_id,
            number=work.number("SA"),
            warehouse_id=command.warehouse_id,
            reason=command.reason,
            adjusted_on=on,
        )
    )
    work.emit(contract.stock_adjusted, _fact(adjustment, lines))
    return _view(adjustment, lines)


@handles(contract.open_stock)
def open_stock(work: UnitOfWork, command: contract.OpenStock) -> contract.StockOpeningView:
    """Take stock over from earlier books at the value it had there."""
    quantities = _quantities(work, command.warehouse_id, command.lines)
    on = day_of(work, command.opened_on, "/opened_on")
    levels = lock_levels(work, [(line.item_id, command.warehouse_id) for line in command.lines])
    opening_id = work.new_id()
    book = StockBook(work, levels, "opening", opening_id, on)
    for at, (line, quantity) in enumerate(zip(command.lines, quantities, strict=True)):
        spot = (line.item_id, command.warehouse_id)
        with pointed(f"/lines/{at}"):
            book.receive(at + 1, spot, quantity, line.value, bin_=line.bin or NAMELESS)
    book.close()
    lines = [
        contract.ValuedLine(item_id=line.item_id, quantity=quantity, value=line.value)
        for line, quantity in zip(command.lines, quantities, strict=True)
    ]
    warehouse = command.warehouse_id
    opened = contract.StockOpened(opening_id=opening_id, warehouse_id=warehouse, opened_on=on, lines=lines)
    work.emit(contract.stock_opened, opened)
    consequences(work, levels)
    return contract.StockOpeningView(id=opening_id, warehouse_id=warehouse, opened_on=on, lines=lines)


@handles(contract.list_adjustments)
def list_adjustments(work: UnitOfWork, query: ListQuery) -> Page[contract.AdjustmentView]:
    """Adjustments, a page at a time."""
    return page_with(work.session, work.select(Adjustment), query, _COLUMNS, lambda found: _views(work, found))


def _quantities(
    work: UnitOfWork, warehouse_id: str, lines: Sequence[contract.AdjustLine | contract.OpenStockLine]
) -> list[Decimal]:
    """The lines' quantities in base units, once warehouse, items and bins are found to be there and in use."""
    warehouse_in_use(work, warehouse_id)
    items = goods_of(work, [line.item_id for line in lines])
    require_bins(work, warehouse_id, {f"/lines/{at}/bin": line.bin for at, line in enumerate(lines)})
    return [
        in_base_units(items[line.item_id], line.quantity, line.unit, f"/lines/{at}") for at, line in enumerate(lines)
    ]


def _adjust(
    work: UnitOfWork, book: StockBook, number: int, spot: Spot, line: contract.AdjustLine, quantity: Decimal
) -> Decimal:
    """Take one line's stock out or in; the value it moved by."""
    if quantity < 0:
        return -book.issue(number, spot, -quantity, bin_=line.bin).cost
    value = _found_value(work, book, spot, line, quantity)
    book.receive(number, spot, quantity, value, bin_=line.bin or NAMELESS)
    return value


def _found_value(
    work: UnitOfWork, book: StockBook, spot: Spot, line: contract.AdjustLine, quantity: Decimal
) -> Decimal:
    if not quantity:
        raise InvalidInput.at("/quantity", "quantity_zero", "nothing was found and nothing is missing")
    if line.unit_value is not None:
        return worth(line.quantity, line.unit_value, work.currency)
    if not book.positions[spot].quantity:
        raise InvalidInput.at("/unit_value", "unit_value_needed", "there is no stock whose average it could have")
    return average_value(book.positions[spot], quantity)


def _row(work: UnitOfWork, adjustment_id: str, number: int, line: contract.ValuedLine) -> dict[str, object]:
    return {
        "id": work.new_id(),
        "adjustment_id": adjustment_id,
        "line": number,
        "item_id": line.item_id,
        "quantity": line.quantity,
        "value": line.value,
    }


def _fact(adjustment: Adjustment, lines: list[contract.ValuedLine]) -> contract.StockAdjusted:
    return contract.StockAdjusted(
        adjustment_id=adjustment.id,
        number=adjustment.number,
        warehouse_id=adjustment.warehouse_id,
        reason=adjustment.reason,
        adjusted_on=adjustment.adjusted_on,
        lines=lines,
    )


def _view(adjustment: Adjustment, lines: list[contract.ValuedLine]) -> contract.AdjustmentView:
    return contract.AdjustmentView(
        id=adjustment.id,
        number=adjustment.number,
        warehouse_id=adjustment.warehouse_id,
        reason=adjustment.reason,
        adjusted_on=adjustment.adjusted_on,
        lines=lines,
    )


def _views(work: UnitOfWork, found: list[Adjustment]) -> list[contract.AdjustmentView]:
    by_adjustment: dict[str, list[contract.ValuedLine]] = defaultdict(list)
    for line in work.rows(AdjustmentLine, adjustment_id=[each.id for each in found], by=("line",)):
        valued = contract.ValuedLine(item_id=line.item_id, quantity=line.quantity, value=line.value)
        by_adjustment[line.adjustment_id].append(valued)
    return [_view(each, by_adjustment[each.id]) for each in found]

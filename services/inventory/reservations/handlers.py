"""Reserving stock for orders, and deciding what of them can still be cancelled."""

from collections.abc import Sequence

from services.inventory.consequences import consequences
from services.inventory.picks.unpick import unpick
from services.inventory.reservations import rules
from services.inventory.reservations.orders import lock_order, lock_order_lines
from services.inventory.reservations.tables import GoodsOrder, GoodsOrderLine
from services.inventory.stock.levels import Levels, lock_levels
from services.inventory.stock.tables import StockLevel
from shared.contracts import inventory as contract
from shared.contracts import sales
from shared.contracts.operations import ListQuery, Page
from shared.kernel.money import ZERO
from shared.runtime.foresight import Foreseen
from shared.runtime.registry import handles, on
from shared.runtime.work import UnitOfWork
from shared.storage.paging import Columns, page

_COLUMNS: Columns = {
    "id": GoodsOrderLine.id,
    "order_id": GoodsOrderLine.order_id,
    "item_id": GoodsOrderLine.item_id,
    "warehouse_id": GoodsOrderLine.warehouse_id,
    "promised_on": GoodsOrderLine.promised_on,
    "backordered": GoodsOrderLine.backordered > 0,
}


def _spots_of(event: sales.OrderPlaced) -> list[tuple[str, str]]:
    return [_spot(line) for line in event.lines if line.kind == "goods" and line.warehouse_id]


@on(sales.order_placed, Foreseen(StockLevel, _spots_of, columns=("item_id", "warehouse_id")))
def reserve_order(work: UnitOfWork, event: sales.OrderPlaced) -> None:
    """Reserve what is free of every goods line; the rest waits. An order of services alone needs no answer."""
    work.add(
        GoodsOrder(id=event.order_id, number=event.number, customer_id=event.customer_id, placed_on=event.placed_on)
    )
    goods = [line for line in event.lines if line.kind == "goods"]
    if not goods:
        return
    levels = lock_levels(work, [_spot(line) for line in goods])
    reserved = _reserve(levels, goods)
    work.insert(GoodsOrderLine, [_line_row(work, event, *each) for each in zip(goods, reserved, strict=True)])
    short = any(line.backordered for line in reserved)
    decided = contract.ReservationDecided(order_id=event.order_id, lines=reserved)
    work.emit(contract.stock_short if short else contract.stock_reserved, decided)
    consequences(work, levels)


@on(sales.cancellation_requested)
def decide_cancellation(work: UnitOfWork, event: sales.CancellationRequested) -> None:
    """Give back what has not left of the lines asked for, and say what it was too late for."""
    lock_order(work, event.order_id)
    levels, lines = lock_order_lines(work, event.order_id, event.lines)
    decision = rules.cancel([_rule_line(line) for line in lines.values()])
    unpick(work, event.order_id, dict.fromkeys(lines, ZERO))
    for line, answer in zip(lines.values(), decision.lines, strict=True):
        level = levels[line.spot]
        level.reserved -= answer.released
        level.backordered -= line.backordered
        line.reserved = line.backordered = ZERO
        line.cancelled += answer.cancelled
    work.emit(contract.cancellation_decided, _decided(event.order_id, lines, decision))
    consequences(work, levels)


@handles(contract.list_reservations)
def list_reservations(work: UnitOfWork, query: ListQuery) -> Page[contract.ReservationView]:
    """Order lines and what has become of them."""
    return page(work.session, work.select(GoodsOrderLine), query, _COLUMNS, _view)


def _spot(line: sales.PlacedLine) -> tuple[str, str]:
    if line.warehouse_id is None:
        raise ValueError(f"goods line {line.line} names no warehouse")
    return line.item_id, line.warehouse_id


def _reserve(levels: Levels, goods: Sequence[sales.PlacedLine]) -> list[contract.ReservedLine]:
    """Promise what is free, line by line, on the levels themselves."""
    free = {"/".join(spot): level.free for spot, level in levels.items()}
    requests = [rules.Request(str(line.line), "/".join(_spot(line)), line.quantity) for line in goods]
    reserved = []
    for line, answer in zip(goods, rules.reserve(free, requests), strict=True):
        item, warehouse = spot = _spot(line)
        levels[spot].reserved += answer.reserved
        levels[spot].backordered += answer.backordered
        reserved.append(
            contract.ReservedLine(
                line=line.line,
                item_id=item,
                warehouse_id=warehouse,
                reserved=answer.reserved,
                backordered=answer.backordered,
            )
        )
    return reserved


def _line_row(
    work: UnitOfWork, event: sales.OrderPlaced, line: sales.PlacedLine, reserved: contract.ReservedLine
) -> dict[str, object]:
    return {
        "id": work.new_id(),
        "order_id": event.order_id,
        "order_number": event.number,
        "line": line.line,
        "item_id": line.item_id,
        "warehouse_id": line.warehouse_id,
        "placed_on": event.placed_on,
        "promised_on": event.promised_on,
        "over_tolerance": line.over_tolerance,
        "ordered": line.quantity,
        "reserved": reserved.reserved,
        "backordered": reserved.backordered,
        "handed_over": ZERO,
        "over_shipped": ZERO,
        "cancelled": ZERO,
        "returned": ZERO,
        "handed_over_cost": ZERO,
        "returned_value": ZERO,
    }


def _rule_line(line: GoodsOrderLine) -> rules.OrderLine:
    return rules.OrderLine(str(line.line), line.wanted, line.reserved, line.handed_over)


def _decided(
    order_id: str, lines: dict[int, GoodsOrderLine], decision: rules.Cancellation
) -> contract.CancellationDecided:
    return contract.CancellationDecided(
        order_id=order_id,
        outcome=decision.outcome.value,
        lines=[
            contract.CancelledLine(line=line, cancelled=answer.cancelled, handed_over=answer.too_late)
            for line, answer in zip(lines, decision.lines, strict=True)
        ],
    )


def _view(line: GoodsOrderLine) -> contract.ReservationView:
    return contract.ReservationView(
        id=line.id,
        order_id=line.order_id,
        order_number=line.order_number,
        line=line.line,
        item_id=line.item_id,
        warehouse_id=line.warehouse_id,
        promised_on=line.promised_on,
        ordered=line.ordered,
        reserved=line.reserved,
        backordered=line.backordered,
        handed_over=line.handed_over,
        over_shipped=line.over_shipped,
        cancelled=line.cancelled,
        returned=line.returned,
        handed_over_cost=line.handed_over_cost,
        returned_value=line.returned_value,
    )

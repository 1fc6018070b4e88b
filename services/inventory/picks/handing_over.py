"""The point of no return: goods leave at cost, line by line, and the fact is told in the same transaction."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from services.inventory.consequences import consequences
from services.inventory.days import day_of
from services.inventory.lines import matched, pointed
from services.inventory.picks.handlers import lock_pick
from services.inventory.picks.status import pick_status
from services.inventory.picks.tables import HandoverLine, Pick, PickLine
from services.inventory.picks.unpick import unpick
from services.inventory.reservations import rules
from services.inventory.reservations.orders import lock_lines_of_orders, lock_order_lines, lock_orders
from services.inventory.reservations.tables import GoodsOrderLine
from services.inventory.stock.book import StockBook
from services.inventory.stock.levels import Levels
from shared.contracts import inventory as contract
from shared.runtime.registry import handles
from shared.runtime.work import UnitOfWork


@dataclass(frozen=True)
class _Leaving:
    """A quantity of a pick line on its way out."""

    pointer: str
    picked: PickLine
    ordered: GoodsOrderLine
    quantity: Decimal

    @property
    def beyond(self) -> bool:
        """Whether it is more than its list asks for, so that other lists of the order may ask for too much."""
        return self.quantity > self.picked.open


def read_ahead(work: UnitOfWork, commands: Sequence[contract.HandOver]) -> None:
    """Lock the orders of these pick lists at once, then the levels, and read what they guard."""
    ids = sorted({command.id for command in commands})
    lock_orders(work, {pick.order_id for pick in work.rows(Pick, id=ids)})
    order_of = {}
    for pick in work.rows(Pick, id=ids, fresh=True):
        work.keep_locked(pick, "id")
        order_of[pick.id] = pick.order_id
    lines = work.guarded(PickLine, ("pick_id",), order_of)
    levels = lock_lines_of_orders(work, {(order_of[line.pick_id], line.line) for line in lines if line.open})
    StockBook.read_ahead(work, levels)


@handles(contract.hand_over, together=read_ahead)
def hand_over(work: UnitOfWork, command: contract.HandOver) -> contract.HandOverView:
    """Let goods leave, in one of several parts if need be; more than was ordered only within its tolerance (O3).

    What is beyond the line's own reservation must be free. What does not leave stays open on the pick list.
    """
    pick, lines = lock_pick(work, command.id)
    on = day_of(work, command.handed_over_on, "/handed_over_on")
    wanted = _wanted(lines, command)
    levels, ordered = lock_order_lines(work, pick.order_id, [line.line for _, line, _ in wanted])
    leaving = [_Leaving(pointer, line, ordered[line.line], quantity) for pointer, line, quantity in wanted]
    beyond = [each.ordered for each in leaving if each.beyond]
    handover_id = work.new_id()
    book = StockBook(work, levels, "handover", handover_id, on)
    left = [_leave(book, levels, each) for each in leaving]
    book.close()
    pick.status = pick_status(lines.values())
    if beyond:
        unpick(work, pick.order_id, {line.line: line.reserved for line in beyond})
    work.insert(HandoverLine, [_row(work, handover_id, pick, on, line) for line in left])
    complete = not any(line.open for line in lines.values())
    work.emit(contract.goods_handed_over, _fact(handover_id, pick, on, left, complete=complete))
    consequences(work, levels)
    return _view(handover_id, pick, on, left, complete=complete)


def _wanted(lines: dict[int, PickLine], command: contract.HandOver) -> list[tuple[str, PickLine, Decimal]]:
    """What is to leave, by pick line: as named, or what was picked, or all that is open where nothing was."""
    if command.lines:
        named = matched(command.lines, lines, lambda each: each.line, "line")
        return [(pointer, line, given.quantity) for pointer, given, line in named]
    picked = {line.line: line.picked - line.handed_over for line in lines.values()}
    if not any(picked.values()):
        picked = {line.line: line.open for line in lines.values()}
    return [("", line, picked[line.line]) for line in lines.values() if picked[line.line]]


def _leave(book: StockBook, levels: Levels, leaving: _Leaving) -> contract.HandedOverLine:
    """Take one line's goods out: first what is reserved for it, then what is free, for what it waits for or beyond."""
    line, ordered, quantity = leaving.picked, leaving.ordered, leaving.quantity
    own = rules.OrderLine(str(line.line), ordered.wanted, ordered.reserved, ordered.handed_over)
    level = levels[ordered.spot]
    with pointed(leaving.pointer):
        decision = rules.hand_over(own, quantity, ordered.over_tolerance * 100)
        book.require_free(ordered.spot, decision.from_free)
    awaited = min(decision.from_free, ordered.backordered)
    level.reserved -= decision.from_reserved
    level.backordered -= awaited
    ordered.reserved -= decision.from_reserved
    ordered.backordered -= awaited
    ordered.over_shipped += decision.from_free - awaited
    ordered.handed_over += quantity
    line.handed_over += quantity
    line.picked = max(line.picked, line.handed_over)
    line.quantity = max(line.quantity, line.handed_over)
    cost = book.issue(line.line, ordered.spot, quantity).cost
    ordered.handed_over_cost += cost
    return contract.HandedOverLine(line=line.line, item_id=line.item_id, quantity=quantity, cost=cost)


def _row(work: UnitOfWork, handover_id: str, pick: Pick, on: date, line: contract.HandedOverLine) -> dict[str, object]:
    return {
        "id": work.new_id(),
        "handover_id": handover_id,
        "pick_id": pick.id,
        "order_id": pick.order_id,
        "order_line": line.line,
        "item_id": line.item_id,
        "warehouse_id": pick.warehouse_id,
        "handed_over_on": on,
        "quantity": line.quantity,
        "cost": line.cost,
    }


def _fact(
    handover_id: str, pick: Pick, on: date, lines: Sequence[contract.HandedOverLine], *, complete: bool
) -> contract.GoodsHandedOver:
    return contract.GoodsHandedOver(
        handover_id=handover_id,
        order_id=pick.order_id,
        shipment_id=pick.id,
        warehouse_id=pick.warehouse_id,
        handed_over_on=on,
        shipment_complete=complete,
        lines=list(lines),
    )


def _view(
    handover_id: str, pick: Pick, on: date, lines: Sequence[contract.HandedOverLine], *, complete: bool
) -> contract.HandOverView:
    return contract.HandOverView(
        id=handover_id,
        pick_id=pick.id,
        shipment_id=pick.id,
        order_id=pick.order_id,
        warehouse_id=pick.warehouse_id,
        handed_over_on=on,
        shipment_complete=complete,
        lines=list(lines),
    )

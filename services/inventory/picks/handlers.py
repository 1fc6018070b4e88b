"""Finding pick lists and saying what was picked."""

from collections import defaultdict
from decimal import Decimal
from operator import attrgetter

from services.inventory.lines import matched
from services.inventory.picks.status import pick_status
from services.inventory.picks.tables import HandoverLine, Pick, PickLine
from services.inventory.reservations.orders import lock_order
from shared.contracts import inventory as contract
from shared.contracts.common import ById
from shared.contracts.operations import ListQuery, Page
from shared.kernel.errors import Conflict, InvalidInput
from shared.runtime.registry import handles
from shared.runtime.work import UnitOfWork
from shared.storage.paging import page, page_with

_COLUMNS = {
    "id": Pick.id,
    "shipment_id": Pick.id,
    "order_id": Pick.order_id,
    "warehouse_id": Pick.warehouse_id,
    "status": Pick.status,
    "expected_on": Pick.expected_on,
}
_HANDOVER_COLUMNS = {
    "id": HandoverLine.id,
    "handover_id": HandoverLine.handover_id,
    "shipment_id": HandoverLine.pick_id,
    "order_id": HandoverLine.order_id,
    "item_id": HandoverLine.item_id,
    "warehouse_id": HandoverLine.warehouse_id,
    "handed_over_on": HandoverLine.handed_over_on,
}


@handles(contract.list_picks)
def list_picks(work: UnitOfWork, query: ListQuery) -> Page[contract.PickView]:
    """Pick lists, a page at a time."""
    return page_with(work.session, work.select(Pick), query, _COLUMNS, lambda picks: _views(work, picks))


@handles(contract.get_pick)
def get_pick(work: UnitOfWork, query: ById) -> contract.PickView:
    """One pick list."""
    return _views(work, [work.get(Pick, id=query.id)])[0]


@handles(contract.list_handovers)
def list_handovers(work: UnitOfWork, query: ListQuery) -> Page[contract.HandoverLineView]:
    """What left, line by line."""
    return page(work.session, work.select(HandoverLine), query, _HANDOVER_COLUMNS, _handover_view)


@handles(contract.confirm_pick)
def confirm_pick(work: UnitOfWork, command: contract.ConfirmPick) -> contract.PickView:
    """Say what was picked in all, everything where no line is named; less than asked for is a short pick."""
    pick, lines = lock_pick(work, command.id)
    for line, picked in _picked(lines, command):
        line.picked = picked
    pick.status = pick_status(lines.values())
    return _view(pick, list(lines.values()))


def lock_pick(work: UnitOfWork, pick_id: str) -> tuple[Pick, dict[int, PickLine]]:
    """A pick list of which something is open, and its lines by order line; guarded by the lock on its order.

    Raises NotYet where its shipment has not been heard of, Conflict `nothing_open`.
    """
    pick = work.locked_before(Pick, id=pick_id)
    if pick is None:
        lock_order(work, work.known(Pick, pick_id).order_id)
        (pick,) = work.rows(Pick, id=pick_id, fresh=True)
    lines = sorted(work.guarded(PickLine, ("pick_id",), [pick_id]), key=attrgetter("line"))
    if not any(line.open for line in lines):
        raise Conflict(f"pick list {pick.shipment_number} is {pick.status}", code="nothing_open")
    return pick, {line.line: line for line in lines}


def _picked(lines: dict[int, PickLine], command: contract.ConfirmPick) -> list[tuple[PickLine, Decimal]]:
    if not command.lines:
        return [(line, line.quantity) for line in lines.values()]
    picked = []
    for pointer, given, line in matched(command.lines, lines, lambda each: each.line, "line"):
        if not line.handed_over <= given.quantity <= line.quantity:
            raise InvalidInput.at(
                f"{pointer}/quantity",
                "more_than_asked" if given.quantity > line.quantity else "less_than_handed_over",
                f"{given.quantity} picked of {line.quantity}, {line.handed_over} has left",
            )
        picked.append((line, given.quantity))
    return picked


def _views(work: UnitOfWork, picks: list[Pick]) -> list[contract.PickView]:
    by_pick: dict[str, list[PickLine]] = defaultdict(list)
    for line in work.rows(PickLine, pick_id=[pick.id for pick in picks], by=("line",)):
        by_pick[line.pick_id].append(line)
    return [_view(pick, by_pick[pick.id]) for pick in picks]


def _view(pick: Pick, lines: list[PickLine]) -> contract.PickView:
    return contract.PickView(
        id=pick.id,
        shipment_id=pick.id,
        shipment_number=pick.shipment_number,
        delivery_id=pick.delivery_id,
        order_id=pick.order_id,
        order_number=pick.order_number,
        warehouse_id=pick.warehouse_id,
        carrier_id=pick.carrier_id,
        expected_on=pick.expected_on,
        status=pick.status,
        lines=[
            contract.PickLineView(
                line=line.line,
                item_id=line.item_id,
                planned=line.planned,
                quantity=line.quantity,
                picked=line.picked,
                handed_over=line.handed_over,
                open=line.open,
            )
            for line in lines
        ],
    )


def _handover_view(line: HandoverLine) -> contract.HandoverLineView:
    return contract.HandoverLineView(
        id=line.id,
        handover_id=line.handover_id,
        pick_id=line.pick_id,
        shipment_id=line.pick_id,
        order_id=line.order_id,
        order_line=line.order_line,
        item_id=line.item_id,
        warehouse_id=line.warehouse_id,
        handed_over_on=line.handed_over_on,
        quantity=line.quantity,
        cost=line.cost,
    )

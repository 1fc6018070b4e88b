"""Taking in what arrives of a transfer, and writing off what was lost on the way."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

from services.inventory.consequences import consequences
from services.inventory.days import day_of
from services.inventory.items.goods import in_base_units, items_of
from services.inventory.lines import refuse
from services.inventory.stock.book import StockBook
from services.inventory.stock.levels import lock_levels
from services.inventory.transfers.handlers import transfer_view
from services.inventory.transfers.tables import Transfer, TransferLine, stored_layers
from services.inventory.valuation.positions import Spot
from services.inventory.valuation.rules import issue, receive_layers
from shared.contracts import inventory as contract
from shared.kernel.errors import Conflict, Fault, InvalidInput
from shared.kernel.quantity import ZERO
from shared.runtime.registry import handles
from shared.runtime.work import UnitOfWork

Arrival = tuple[TransferLine, Decimal, Decimal]
"""Line, arrived, lost."""


@handles(contract.receive_transfer)
def receive_transfer(work: UnitOfWork, command: contract.ReceiveTransfer) -> contract.TransferView:
    """Take in what arrived with its layers (M6); what was lost leaves at its value. Parts may come one by one."""
    transfer = work.get(Transfer, lock=True, id=command.transfer_id)
    on = day_of(work, command.arrived_on, "/arrived_on")
    lines = work.rows(TransferLine, transfer_id=transfer.id, by=("line",), fresh=True)
    arrivals = _arrivals(work, transfer, lines, command)
    levels = lock_levels(work, [(line.item_id, transfer.to_warehouse_id) for line, _, _ in arrivals])
    arrival_id = work.new_id()
    book = StockBook(work, levels, "arrival", arrival_id, on)
    arrived = [_arrive(book, (each[0].item_id, transfer.to_warehouse_id), each) for each in arrivals]
    book.close()
    transfer.status = "partly_arrived" if any(line.in_transit for line in lines) else "arrived"
    work.emit(contract.transfer_arrived, _fact(arrival_id, transfer, on, arrived))
    consequences(work, levels)
    return transfer_view(transfer, lines)


def _arrivals(
    work: UnitOfWork, transfer: Transfer, lines: list[TransferLine], command: contract.ReceiveTransfer
) -> list[Arrival]:
    """What the command says came and was lost, or that all which is under way came where it names no item."""
    if not command.lines:
        everything = [(line, line.in_transit, ZERO) for line in lines if line.in_transit]
        if not everything:
            raise Conflict(f"nothing of transfer {transfer.number} is under way", code="nothing_open")
        return everything
    by_item = {line.item_id: line for line in lines}
    _require_each_once(command, by_item)
    items = items_of(work, [line.item_id for line in command.lines])
    arrivals = []
    for at, given in enumerate(command.lines):
        item, line, pointer = items[given.item_id], by_item[given.item_id], f"/lines/{at}"
        arrived = in_base_units(item, given.arrived, given.unit, pointer)
        lost = in_base_units(item, given.lost, given.unit, pointer)
        if not ZERO < arrived + lost <= line.in_transit:
            code = "more_than_sent" if arrived + lost else "quantity_zero"
            raise InvalidInput.at(pointer, code, f"{arrived + lost} came or was lost, {line.in_transit} is under way")
        arrivals.append((line, arrived, lost))
    return arrivals


def _require_each_once(command: contract.ReceiveTransfer, by_item: dict[str, TransferLine]) -> None:
    """Raises InvalidInput with every `unknown_line` and `duplicate_item`."""
    faults, seen = [], set[str]()
    for at, given in enumerate(command.lines):
        if given.item_id not in by_item:
            faults.append(Fault(f"/lines/{at}/item_id", "unknown_line", "this item was not sent"))
        elif given.item_id in seen:
            faults.append(Fault(f"/lines/{at}/item_id", "duplicate_item", "this item is named twice"))
        seen.add(given.item_id)
    refuse(faults)


def _arrive(book: StockBook, spot: Spot, arrival: Arrival) -> contract.TransferArrivedLine:
    line, arrived, lost = arrival
    under_way = replace(book.positions.empty(), layers=line.under_way)
    arrived_value = lost_value = ZERO
    if arrived:
        under_way, came = issue(under_way, arrived)
        arrived_value = came.cost
        book.post(line.line, spot, -arrived, -arrived_value, status="in_transit")
        book.positions[spot] = receive_layers(book.positions[spot], came.consumed)
        book.post(line.line, spot, arrived, arrived_value)
    if lost:
        under_way, gone = issue(under_way, lost)
        lost_value = gone.cost
        book.post(line.line, spot, -lost, -lost_value, status="in_transit")
    book.positions.in_transit(spot, -arrived - lost, -arrived_value - lost_value)
    line.arrived, line.lost = line.arrived + arrived, line.lost + lost
    line.layers = stored_layers(under_way.layers)
    return contract.TransferArrivedLine(
        item_id=line.item_id, arrived=arrived, lost=lost, arrived_value=arrived_value, lost_value=lost_value
    )


def _fact(
    arrival_id: str, transfer: Transfer, on: date, lines: list[contract.TransferArrivedLine]
) -> contract.TransferArrived:
    return contract.TransferArrived(
        arrival_id=arrival_id,
        transfer_id=transfer.id,
        to_warehouse_id=transfer.to_warehouse_id,
        arrived_on=on,
        lines=lines,
    )

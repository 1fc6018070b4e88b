"""Sending goods from one warehouse to another."""

from datetime import date
from decimal import Decimal

from services.inventory.consequences import consequences
from services.inventory.days import day_of
from services.inventory.items.goods import goods_of, in_base_units
from services.inventory.lines import pointed, refuse
from services.inventory.stock.book import StockBook
from services.inventory.stock.levels import lock_levels
from services.inventory.transfers.handlers import transfer_view
from services.inventory.transfers.tables import Transfer, TransferLine, stored_layers
from services.inventory.valuation.positions import Spot
from services.inventory.warehouses.places import warehouse_in_use
from shared.contracts import inventory as contract
from shared.kernel.errors import Fault, InvalidInput
from shared.kernel.quantity import ZERO
from shared.runtime.registry import handles
from shared.runtime.work import UnitOfWork


@handles(contract.ship_transfer)
def ship_transfer(work: UnitOfWork, command: contract.ShipTransfer) -> contract.TransferView:
    """Let free stock leave at cost; with that and its layers it is under way until it arrives or is lost."""
    _require_two_warehouses(work, command)
    on = day_of(work, command.shipped_on, "/shipped_on")
    quantities = _in_base_units(work, command)
    sender, receiver = command.from_warehouse_id, command.to_warehouse_id
    levels = lock_levels(work, [(line.item_id, end) for line in command.lines for end in (sender, receiver)])
    transfer_id = work.new_id()
    book = StockBook(work, levels, "transfer", transfer_id, on)
    lines = []
    for at, (given, quantity) in enumerate(zip(command.lines, quantities, strict=True)):
        with pointed(f"/lines/{at}"):
            here, there = (given.item_id, sender), (given.item_id, receiver)
            lines.append(_ship(work, book, at + 1, here, there, quantity))
    book.close()
    consequences(work, levels)
    for line in lines:
        work.add(line)
    transfer = work.add(_transfer(work, command, transfer_id, on))
    work.emit(contract.transfer_shipped, _fact(transfer, lines))
    return transfer_view(transfer, lines)


def _require_two_warehouses(work: UnitOfWork, command: contract.ShipTransfer) -> None:
    if command.from_warehouse_id == command.to_warehouse_id:
        raise InvalidInput.at("/to_warehouse_id", "same_warehouse", "a transfer goes to another warehouse")
    warehouse_in_use(work, command.from_warehouse_id, "/from_warehouse_id")
    warehouse_in_use(work, command.to_warehouse_id, "/to_warehouse_id")


def _in_base_units(work: UnitOfWork, command: contract.ShipTransfer) -> list[Decimal]:
    items = goods_of(work, [line.item_id for line in command.lines])
    seen: set[str] = set()
    for at, line in enumerate(command.lines):
        if line.item_id in seen:
            refuse([Fault(f"/lines/{at}/item_id", "duplicate_item", "this item is named twice")])
        seen.add(line.item_id)
    return [
        in_base_units(items[line.item_id], line.quantity, line.unit, f"/lines/{at}")
        for at, line in enumerate(command.lines)
    ]


def _ship(work: UnitOfWork, book: StockBook, line: int, here: Spot, there: Spot, quantity: Decimal) -> TransferLine:
    gone = book.issue(line, here, quantity)
    book.post(line, there, quantity, gone.cost, status="in_transit")
    book.positions.in_transit(there, quantity, gone.cost)
    return TransferLine(
        id=work.new_id(),
        transfer_id=book.document_id,
        line=line,
        item_id=here[0],
        quantity=quantity,
        arrived=ZERO,
        lost=ZERO,
        value=gone.cost,
        layers=stored_layers(gone.consumed),
    )


def _transfer(work: UnitOfWork, command: contract.ShipTransfer, transfer_id: str, on: date) -> Transfer:
    return Transfer(
        id=transfer_id,
        number=work.number("TR"),
        from_warehouse_id=command.from_warehouse_id,
        to_warehouse_id=command.to_warehouse_id,
        shipped_on=on,
        status="in_transit",
    )


def _fact(transfer: Transfer, lines: list[TransferLine]) -> contract.TransferShipped:
    return contract.TransferShipped(
        transfer_id=transfer.id,
        from_warehouse_id=transfer.from_warehouse_id,
        to_warehouse_id=transfer.to_warehouse_id,
        shipped_on=transfer.shipped_on,
        lines=[contract.ValuedLine(item_id=line.item_id, quantity=line.quantity, value=line.value) for line in lines],
    )

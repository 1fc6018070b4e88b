"""Receiving goods against a purchase order, and undoing a receipt."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from services.inventory.consequences import consequences
from services.inventory.days import day_of
from services.inventory.items.goods import in_base_units, items_of
from services.inventory.lines import matched, pointed
from services.inventory.receipts import rules
from services.inventory.receipts.expecting import lock_inbound
from services.inventory.receipts.tables import Inbound, InboundLine, Receipt, ReceiptLine
from services.inventory.receipts.views import receipt_view
from services.inventory.stock.book import StockBook, source_of
from services.inventory.stock.levels import Levels, lock_levels
from services.inventory.valuation.rules import OriginalLine, SupplierReturnPolicy
from services.inventory.valuation.rules import cancel_receipt as value_of_cancelled
from services.inventory.warehouses.places import NAMELESS, require_bins
from shared.contracts import inventory as contract
from shared.contracts.common import DatedById
from shared.kernel.errors import Conflict
from shared.kernel.money import ZERO
from shared.runtime.registry import handles
from shared.runtime.work import UnitOfWork


@dataclass(frozen=True)
class _Arrival:
    """What arrived of a purchase line, in base units."""

    pointer: str
    line: InboundLine
    accepted: Decimal
    rejected: Decimal
    bin: str


@handles(contract.receive_goods)
def receive_goods(work: UnitOfWork, command: contract.ReceiveGoods) -> contract.ReceiptView:
    """Take in what arrived, within the tolerance for more than was ordered (O1); those who wait are served at once."""
    inbound, lines = lock_inbound(work, command.purchase_order_id)
    if inbound.status == "closed":
        raise Conflict(f"nothing more is received against {inbound.number}", code="inbound_closed")
    on = day_of(work, command.received_on, "/received_on")
    arrivals = _arrivals(work, inbound, lines, command)
    levels = lock_levels(work, [(arrival.line.item_id, inbound.warehouse_id) for arrival in arrivals])
    receipt_id = work.new_id()
    book = StockBook(work, levels, "receipt", receipt_id, on)
    received = [_receive(work, book, levels, inbound, arrival) for arrival in arrivals]
    book.close()
    inbound.status = _status(lines.values())
    rows = [_row(work, receipt_id, line) for line in received]
    work.insert(ReceiptLine, rows)
    consequences(work, levels)
    receipt = work.add(_receipt(work, inbound, receipt_id, on))
    work.emit(contract.goods_received, _received_fact(receipt, received))
    return receipt_view(receipt, received)


@handles(contract.cancel_receipt)
def cancel_receipt(work: UnitOfWork, command: DatedById) -> contract.ReceiptView:
    """Undo a receipt whose goods are still there and promised to no one: they leave at what they came in at.

    What it covered is open again. Where the value is no longer there, what is left of it leaves; the event says it.
    """
    inbound, lines = lock_inbound(work, work.get(Receipt, id=command.id).purchase_order_id)
    receipt = work.get(Receipt, lock=True, id=command.id)
    if receipt.status == "cancelled":
        raise Conflict(f"receipt {receipt.number} was cancelled before", code="already_cancelled")
    if inbound.status == "closed":
        raise Conflict(f"{inbound.number} is closed; nothing can be open again", code="inbound_closed")
    on = day_of(work, command.on, "/on")
    received = work.rows(ReceiptLine, receipt_id=receipt.id, by=("line",))
    levels = lock_levels(work, [(line.item_id, receipt.warehouse_id) for line in received])
    book = StockBook(work, levels, "receipt_cancellation", receipt.id, on)
    gone = [_undo(book, levels, receipt, lines[line.line], line) for line in received]
    book.close()
    receipt.status, receipt.cancelled_on = "cancelled", on
    inbound.status = _status(lines.values())
    work.emit(contract.receipt_cancelled, _cancelled_fact(receipt, on, gone))
    consequences(work, levels)
    return receipt_view(receipt, [_line_fact(line) for line in received])


def _arrivals(
    work: UnitOfWork, inbound: Inbound, lines: dict[int, InboundLine], command: contract.ReceiveGoods
) -> list[_Arrival]:
    """What the command says arrived, or all that is open where it names no line."""
    if not command.lines:
        everything = [_Arrival("", line, line.expected.open, ZERO, NAMELESS) for line in lines.values()]
        missing = [arrival for arrival in everything if arrival.accepted]
        if not missing:
            raise Conflict(f"nothing is open of {inbound.number}", code="nothing_open")
        return missing
    named = matched(command.lines, lines, lambda each: each.line, "line")
    require_bins(work, inbound.warehouse_id, {f"{pointer}/bin": given.bin for pointer, given, _ in named})
    with_unit = [line.item_id for _, given, line in named if given.unit]
    items = items_of(work, with_unit) if with_unit else {}

    def base(pointer: str, given: contract.ReceiveLine, line: InboundLine, quantity: Decimal) -> Decimal:
        return in_base_units(items[line.item_id], quantity, given.unit, pointer) if given.unit else quantity

    return [
        _Arrival(
            pointer,
            line,
            base(pointer, given, line, given.accepted),
            base(pointer, given, line, given.rejected),
            given.bin or NAMELESS,
        )
        for pointer, given, line in named
    ]


def _receive(
    work: UnitOfWork, book: StockBook, levels: Levels, inbound: Inbound, arrival: _Arrival
) -> contract.ReceivedLine:
    line, spot = arrival.line, (arrival.line.item_id, inbound.warehouse_id)
    before = line.expected
    with pointed(arrival.pointer):
        receipt = rules.receive(before, arrival.accepted + arrival.rejected, arrival.rejected)
    levels[spot].inbound += receipt.after.awaited - before.awaited
    value = ZERO
    if receipt.accepted:
        value = rules.accepted_value(receipt.after, line.base_net, line.received_value, work.currency)
        book.receive(line.line, spot, receipt.accepted, value, bin_=arrival.bin)
    line.received, line.received_value = receipt.after.received, line.received_value + value
    return contract.ReceivedLine(
        line=line.line, item_id=line.item_id, accepted=receipt.accepted, rejected=receipt.rejected, value=value
    )


def _undo(
    book: StockBook, levels: Levels, receipt: Receipt, line: InboundLine, received: ReceiptLine
) -> contract.UndoneLine:
    """Let what a receipt line brought leave again."""
    spot, cost = (line.item_id, receipt.warehouse_id), ZERO
    if received.accepted:
        before = line.expected
        book.require_free(spot, received.accepted)
        original = OriginalLine(source_of(receipt.id, line.line), received.accepted, received.value)
        after, gone = value_of_cancelled(book.positions[spot], original, SupplierReturnPolicy.RECEIPT_COST)
        book.positions[spot], cost = after, gone.cost
        book.take(line.line, spot, received.accepted, cost)
        undone = rules.cancel_receipt(before, received.accepted)
        line.received, line.received_value = undone.received, line.received_value - received.value
        levels[spot].inbound += undone.awaited - before.awaited
    return contract.UndoneLine(
        line=line.line,
        item_id=line.item_id,
        accepted=received.accepted,
        rejected=received.rejected,
        value=cost,
        received_value=received.value,
    )


def _status(lines: Iterable[InboundLine]) -> contract.InboundStatus:
    return "open" if any(line.expected.awaited for line in lines) else "received"


def _row(work: UnitOfWork, receipt_id: str, line: contract.ReceivedLine) -> dict[str, object]:
    return {
        "id": work.new_id(),
        "receipt_id": receipt_id,
        "line": line.line,
        "item_id": line.item_id,
        "accepted": line.accepted,
        "rejected": line.rejected,
        "value": line.value,
    }


def _line_fact(line: ReceiptLine) -> contract.ReceivedLine:
    return contract.ReceivedLine(
        line=line.line, item_id=line.item_id, accepted=line.accepted, rejected=line.rejected, value=line.value
    )


def _receipt(work: UnitOfWork, inbound: Inbound, receipt_id: str, on: date) -> Receipt:
    return Receipt(
        id=receipt_id,
        number=work.number("GR"),
        purchase_order_id=inbound.id,
        supplier_id=inbound.supplier_id,
        warehouse_id=inbound.warehouse_id,
        received_on=on,
        status="received",
    )


def _received_fact(receipt: Receipt, lines: list[contract.ReceivedLine]) -> contract.GoodsReceived:
    return contract.GoodsReceived(
        receipt_id=receipt.id,
        number=receipt.number,
        purchase_order_id=receipt.purchase_order_id,
        supplier_id=receipt.supplier_id,
        warehouse_id=receipt.warehouse_id,
        received_on=receipt.received_on,
        lines=lines,
    )


def _cancelled_fact(receipt: Receipt, on: date, lines: list[contract.UndoneLine]) -> contract.ReceiptCancelled:
    return contract.ReceiptCancelled(
        receipt_id=receipt.id,
        purchase_order_id=receipt.purchase_order_id,
        supplier_id=receipt.supplier_id,
        warehouse_id=receipt.warehouse_id,
        cancelled_on=on,
        lines=lines,
    )

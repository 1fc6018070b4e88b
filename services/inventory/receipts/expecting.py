"""What is expected of suppliers: purchase orders approved, and closed under lock."""

from services.inventory.consequences import consequences
from services.inventory.receipts.rules import cancel_rest
from services.inventory.receipts.tables import Inbound, InboundLine
from services.inventory.stock.levels import lock_levels
from shared.contracts import inventory as contract
from shared.contracts import purchasing
from shared.kernel.quantity import ZERO
from shared.runtime.registry import on
from shared.runtime.work import UnitOfWork


@on(purchasing.order_approved)
def expect_goods(work: UnitOfWork, event: purchasing.PurchaseOrderApproved) -> None:
    """Expect the goods of an approved purchase order; they count as inbound from now on."""
    work.add(
        Inbound(
            id=event.purchase_order_id,
            number=event.number,
            supplier_id=event.supplier_id,
            warehouse_id=event.warehouse_id,
            approved_on=event.approved_on,
            expected_on=event.expected_on,
            status="open",
        )
    )
    levels = lock_levels(work, [(line.item_id, event.warehouse_id) for line in event.lines])
    for line in event.lines:
        levels[line.item_id, event.warehouse_id].inbound += line.quantity
    work.insert(InboundLine, [_line_row(work, event.purchase_order_id, line) for line in event.lines])
    consequences(work, levels)


@on(purchasing.closing_requested)
def close_inbound(work: UnitOfWork, event: purchasing.ClosingRequested) -> None:
    """Expect nothing more of a purchase order; what has come before this lock stays received."""
    inbound, lines = lock_inbound(work, event.purchase_order_id)
    levels = lock_levels(work, [(line.item_id, inbound.warehouse_id) for line in lines.values()])
    for line in lines.values():
        if inbound.status != "closed":
            levels[line.item_id, inbound.warehouse_id].inbound -= line.expected.awaited
        line.cancelled = cancel_rest(line.expected).cancelled
    inbound.status = "closed"
    closed = [
        contract.ClosedLine(line=line.line, received=line.received, cancelled=line.cancelled) for line in lines.values()
    ]
    work.emit(contract.inbound_closed, contract.InboundClosed(purchase_order_id=event.purchase_order_id, lines=closed))
    consequences(work, levels)


def lock_inbound(work: UnitOfWork, purchase_order_id: str) -> tuple[Inbound, dict[int, InboundLine]]:
    """A purchase order, locked, and its lines by number; NotYet where it has not been heard of."""
    inbound = work.known(Inbound, purchase_order_id, lock=True)
    lines = work.rows(InboundLine, purchase_order_id=purchase_order_id, by=("line",), fresh=True)
    return inbound, {line.line: line for line in lines}


def _line_row(work: UnitOfWork, purchase_order_id: str, line: purchasing.ApprovedLine) -> dict[str, object]:
    return {
        "id": work.new_id(),
        "purchase_order_id": purchase_order_id,
        "line": line.line,
        "item_id": line.item_id,
        "ordered": line.quantity,
        "received": ZERO,
        "cancelled": ZERO,
        "over_tolerance": line.over_tolerance,
        "under_tolerance": line.under_tolerance,
        "base_net": line.base_net or ZERO,
        "received_value": ZERO,
    }

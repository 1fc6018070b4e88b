"""How expected goods and receipts are shown."""

from collections.abc import Sequence

from services.inventory.receipts.tables import Inbound, InboundLine, Receipt
from shared.contracts import inventory as contract


def receipt_view(receipt: Receipt, lines: Sequence[contract.ReceivedLine]) -> contract.ReceiptView:
    """A receipt with its lines."""
    return contract.ReceiptView(
        id=receipt.id,
        number=receipt.number,
        purchase_order_id=receipt.purchase_order_id,
        supplier_id=receipt.supplier_id,
        warehouse_id=receipt.warehouse_id,
        received_on=receipt.received_on,
        status=receipt.status,
        cancelled_on=receipt.cancelled_on,
        lines=list(lines),
    )


def inbound_view(inbound: Inbound, lines: Sequence[InboundLine]) -> contract.InboundView:
    """A purchase order as it is expected, with its lines."""
    return contract.InboundView(
        id=inbound.id,
        purchase_order_id=inbound.id,
        number=inbound.number,
        supplier_id=inbound.supplier_id,
        warehouse_id=inbound.warehouse_id,
        approved_on=inbound.approved_on,
        expected_on=inbound.expected_on,
        status=inbound.status,
        lines=[_line_view(line) for line in lines],
    )


def _line_view(line: InboundLine) -> contract.InboundLineView:
    expected = line.expected
    return contract.InboundLineView(
        line=line.line,
        item_id=line.item_id,
        ordered=line.ordered,
        received=line.received,
        cancelled=line.cancelled,
        open=expected.open,
        awaited=expected.awaited,
        acceptable=expected.acceptable,
        over_tolerance=line.over_tolerance,
        under_tolerance=line.under_tolerance,
        base_net=line.base_net,
        received_value=line.received_value,
    )

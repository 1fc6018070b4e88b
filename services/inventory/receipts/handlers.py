"""Finding expected goods and receipts."""

from collections import defaultdict

from services.inventory.receipts.tables import Inbound, InboundLine, Receipt, ReceiptLine
from services.inventory.receipts.views import inbound_view, receipt_view
from shared.contracts import inventory as contract
from shared.contracts.common import ById
from shared.contracts.operations import ListQuery, Page
from shared.runtime.registry import handles
from shared.runtime.work import UnitOfWork
from shared.storage.paging import page_with

_INBOUND_COLUMNS = {
    "id": Inbound.id,
    "purchase_order_id": Inbound.id,
    "supplier_id": Inbound.supplier_id,
    "warehouse_id": Inbound.warehouse_id,
    "status": Inbound.status,
    "expected_on": Inbound.expected_on,
}
_RECEIPT_COLUMNS = {
    "id": Receipt.id,
    "number": Receipt.number,
    "purchase_order_id": Receipt.purchase_order_id,
    "supplier_id": Receipt.supplier_id,
    "warehouse_id": Receipt.warehouse_id,
    "status": Receipt.status,
    "received_on": Receipt.received_on,
}


@handles(contract.list_inbound)
def list_inbound(work: UnitOfWork, query: ListQuery) -> Page[contract.InboundView]:
    """Purchase orders as they are expected, a page at a time."""
    return page_with(
        work.session, work.select(Inbound), query, _INBOUND_COLUMNS, lambda found: _inbound_views(work, found)
    )


@handles(contract.get_inbound)
def get_inbound(work: UnitOfWork, query: ById) -> contract.InboundView:
    """One purchase order as it is expected."""
    return _inbound_views(work, [work.get(Inbound, id=query.id)])[0]


@handles(contract.list_receipts)
def list_receipts(work: UnitOfWork, query: ListQuery) -> Page[contract.ReceiptView]:
    """Receipts, a page at a time."""
    return page_with(
        work.session, work.select(Receipt), query, _RECEIPT_COLUMNS, lambda found: _receipt_views(work, found)
    )


@handles(contract.get_receipt)
def get_receipt(work: UnitOfWork, query: ById) -> contract.ReceiptView:
    """One receipt."""
    return _receipt_views(work, [work.get(Receipt, id=query.id)])[0]


def _inbound_views(work: UnitOfWork, found: list[Inbound]) -> list[contract.InboundView]:
    by_order: dict[str, list[InboundLine]] = defaultdict(list)
    for line in work.rows(InboundLine, purchase_order_id=[each.id for each in found], by=("line",)):
        by_order[line.purchase_order_id].append(line)
    return [inbound_view(each, by_order[each.id]) for each in found]


def _receipt_views(work: UnitOfWork, found: list[Receipt]) -> list[contract.ReceiptView]:
    by_receipt: dict[str, list[contract.ReceivedLine]] = defaultdict(list)
    for line in work.rows(ReceiptLine, receipt_id=[each.id for each in found], by=("line",)):
        by_receipt[line.receipt_id].append(_line_view(line))
    return [receipt_view(each, by_receipt[each.id]) for each in found]


def _line_view(line: ReceiptLine) -> contract.ReceivedLine:
    return contract.ReceivedLine(
        line=line.line, item_id=line.item_id, accepted=line.accepted, rejected=line.rejected, value=line.value
    )

"""Requisitions of people, and finding requisitions."""

from typing import cast

from services.purchasing.copies.handlers import items_to_buy, unit_ratio, warehouse_to_fill
from services.purchasing.orders.making import checked_quantity
from services.purchasing.requisitions.tables import Requisition
from shared.contracts import purchasing as contract
from shared.contracts.common import ById
from shared.contracts.operations import ListQuery, Page
from shared.kernel.errors import Conflict
from shared.kernel.quantity import to_base
from shared.runtime.registry import handles
from shared.runtime.work import UnitOfWork
from shared.storage.paging import page

_COLUMNS = {
    "id": Requisition.id,
    "status": Requisition.status,
    "source": Requisition.source,
    "source_id": Requisition.source_id,
    "item_id": Requisition.item_id,
    "warehouse_id": Requisition.warehouse_id,
    "order_id": Requisition.order_id,
    "requested_on": Requisition.requested_on,
}


@handles(contract.request_purchase)
def request_purchase(work: UnitOfWork, command: contract.RequestPurchase) -> contract.RequisitionView:
    """Request goods to be bought."""
    item = items_to_buy(work, [("/item_id", command.item_id)])[command.item_id]
    warehouse_to_fill(work, command.warehouse_id)
    ratio = unit_ratio(item, command.unit or item.base_unit, "/unit")
    quantity = checked_quantity(to_base(command.quantity, ratio, "/quantity"), "/quantity")
    requisition = work.add(
        Requisition(
            id=work.new_id(),
            number=work.number("PR"),
            source="person",
            item_id=command.item_id,
            warehouse_id=command.warehouse_id,
            quantity=quantity,
            needed_on=command.needed_on,
            requested_on=work.business_date,
            requested_by=work.context.actor,
            note=command.note,
        )
    )
    return requisition_view(requisition)


@handles(contract.cancel_requisition)
def cancel_requisition(work: UnitOfWork, command: ById) -> contract.RequisitionView:
    """Give a wish up before it is ordered."""
    requisition = work.get(Requisition, lock=True, id=command.id)
    if requisition.status != "open":
        raise Conflict(f"requisition {requisition.number} is {requisition.status}", code="requisition_not_open")
    requisition.status = "cancelled"
    return requisition_view(requisition)


@handles(contract.get_requisition)
def get_requisition(work: UnitOfWork, query: ById) -> contract.RequisitionView:
    """One requisition."""
    return requisition_view(work.get(Requisition, id=query.id))


@handles(contract.list_requisitions)
def list_requisitions(work: UnitOfWork, query: ListQuery) -> Page[contract.RequisitionView]:
    """Requisitions, a page at a time."""
    return page(work.session, work.select(Requisition), query, _COLUMNS, requisition_view)


def requisition_view(requisition: Requisition) -> contract.RequisitionView:
    """A requisition as people see it."""
    return contract.RequisitionView(
        id=requisition.id,
        number=requisition.number,
        status=cast("contract.RequisitionStatus", requisition.status),
        source=cast("contract.RequisitionSource", requisition.source),
        source_id=requisition.source_id,
        source_line=requisition.source_line,
        item_id=requisition.item_id,
        warehouse_id=requisition.warehouse_id,
        quantity=requisition.quantity,
        needed_on=requisition.needed_on,
        requested_on=requisition.requested_on,
        requested_by=requisition.requested_by,
        note=requisition.note,
        order_id=requisition.order_id,
    )

"""Drafting a purchase order by hand, and changing the draft."""

from datetime import date

from sqlalchemy import delete

from services.purchasing.copies.handlers import warehouse_to_fill
from services.purchasing.orders.making import add_lines, lines_asked
from services.purchasing.orders.rules import OrderStatus
from services.purchasing.orders.tables import OrderLine, PurchaseOrder
from services.purchasing.orders.views import order_view
from services.purchasing.suppliers.handlers import supplier_named
from services.purchasing.suppliers.tables import Supplier
from shared.contracts import purchasing as contract
from shared.contracts.message import Json, dump
from shared.kernel.errors import Conflict, InvalidInput
from shared.runtime.registry import handles
from shared.runtime.work import UnitOfWork


@handles(contract.draft_order)
def draft_order(work: UnitOfWork, command: contract.DraftOrder) -> contract.PurchaseOrderView:
    """Draft an order by hand."""
    supplier = supplier_named(work, command.supplier_id)
    warehouse_to_fill(work, command.warehouse_id)
    order = new_draft(
        work,
        supplier,
        command.warehouse_id,
        order_on=command.order_on or work.business_date,
        expected_on=command.expected_on,
        currency=command.currency or supplier.currency,
        terms=dump(command.terms) if command.terms else None,
        note=command.note,
    )
    lines = lines_asked(work, order, command.lines, command.expected_on)
    add_lines(work, order, lines)
    keep(work, order)
    return order_view(work, order)


@handles(contract.change_order)
def change_order(work: UnitOfWork, command: contract.ChangeOrder) -> contract.PurchaseOrderView:
    """Change what is given of a draft; who changed it cannot approve it."""
    order = in_state(work, command.id, OrderStatus.DRAFT)
    work.expect_version(order)
    if command.warehouse_id:
        order.warehouse_id = warehouse_to_fill(work, command.warehouse_id).id
    if command.terms:
        order.terms = dump(command.terms)
    order.note = command.note or order.note
    if command.expected_on:
        _reschedule(work, order, command.expected_on)
    if command.lines:
        _replace_lines(work, order, command.lines)
    order.changed_by = work.context.actor
    order.touch(work.now)
    return order_view(work, order)


def new_draft(
    work: UnitOfWork,
    supplier: Supplier,
    warehouse_id: str,
    *,
    order_on: date,
    expected_on: date,
    currency: str,
    terms: Json | None = None,
    note: str | None = None,
) -> PurchaseOrder:
    """A draft without lines and number yet, not kept yet."""
    _in_order(order_on, expected_on)
    return PurchaseOrder(
        id=work.new_id(),
        number="",
        status=OrderStatus.DRAFT,
        supplier_id=supplier.id,
        warehouse_id=warehouse_id,
        currency=currency,
        terms=terms or supplier.terms,
        note=note,
        order_on=order_on,
        expected_on=expected_on,
        due_on=expected_on,
        made_by=work.context.actor,
        changed_at=work.now,
    )


def keep(work: UnitOfWork, order: PurchaseOrder) -> None:
    """Number a draft and keep it; its lines are in the session already."""
    order.number = work.number("PO")
    work.add(order)


def in_state(work: UnitOfWork, id_: str, *states: OrderStatus) -> PurchaseOrder:
    """The order, its row locked; raises NotFound, or Conflict where it is in none of these states."""
    order = work.get(PurchaseOrder, lock=True, id=id_)
    if order.status not in states:
        raise Conflict(f"order {order.number} is {order.status}", code="order_state")
    return order


def _reschedule(work: UnitOfWork, order: PurchaseOrder, expected_on: date) -> None:
    _in_order(order.order_on, expected_on)
    order.expected_on = order.due_on = expected_on
    work.changed(work.change(OrderLine).where(OrderLine.order_id == order.id).values(expected_on=expected_on))


def _replace_lines(work: UnitOfWork, order: PurchaseOrder, asked: list[contract.LineToBuy]) -> None:
    lines = lines_asked(work, order, asked, order.expected_on)
    work.session.execute(delete(OrderLine).where(OrderLine.company == work.company, OrderLine.order_id == order.id))
    add_lines(work, order, lines)


def _in_order(order_on: date, expected_on: date) -> None:
    if expected_on < order_on:
        raise InvalidInput.at("/expected_on", "expected_before_ordered", f"{expected_on} is before {order_on}")

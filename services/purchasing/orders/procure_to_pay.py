"""采购到付款: the life of an approved purchase order as a process, and what each step does.

Receipts, invoices and payments are facts of other services; they come in any order and only add up. When all is
received and invoiced, the order closes by itself: inventory is asked to take nothing more.
"""

from collections.abc import Sequence
from datetime import date

from services.purchasing.orders.making import fix_rates
from services.purchasing.orders.rules import all_invoiced, all_received, order_status
from services.purchasing.orders.tables import OrderLine, PurchaseOrder, SupplierInvoice
from services.purchasing.orders.views import is_paid
from services.purchasing.suppliers.tables import Supplier
from shared.contracts import purchasing as contract
from shared.contracts.common import Terms
from shared.contracts.message import load
from shared.kernel.errors import Conflict
from shared.runtime.processes import Process, Step
from shared.runtime.work import UnitOfWork

ALL_IN = "all received and invoiced"


def approve(work: UnitOfWork, order: PurchaseOrder, on: date) -> None:
    """Approve an order whose row is locked, at the rates of the day; raises Conflict unless its supplier is."""
    supplier = work.get(Supplier, lock=True, id=order.supplier_id)
    if supplier.state != "approved":
        raise Conflict(f"supplier {supplier.code} is {supplier.state}", code="supplier_not_approved")
    lines = lines_of(work, order)
    fix_rates(work, order, lines, on)
    order.approved_by, order.approved_on = work.context.actor, on
    restate(work, order, lines)
    work.session.flush()
    PROCURE_TO_PAY.start(work, order.id)


def go_on(work: UnitOfWork, order: PurchaseOrder, lines: Sequence[OrderLine]) -> None:
    """Draw the conclusions from what is received, invoiced and paid by now; the order's row is locked."""
    restate(work, order, lines)
    work.session.flush()
    states = [line.state for line in lines]
    reached = []
    if all_received(states):
        reached.append("receive")
    if all_invoiced(states):
        invoices = work.rows(SupplierInvoice, order_id=order.id)
        reached += ["invoice", "pay"] if is_paid(lines, invoices) else ["invoice"]
    if reached:
        PROCURE_TO_PAY.done(work, order.id, *reached)


def ask_closing(work: UnitOfWork, order: PurchaseOrder, reason: str, on: date) -> None:
    """Ask inventory to take nothing more against the order; raises Conflict where that is asked or decided already."""
    if order.closing_on is not None:
        raise Conflict(f"order {order.number} is {order.status}", code="order_state")
    order.closing_on, order.reason = on, reason
    restate(work, order, lines_of(work, order))
    work.emit(contract.closing_requested, contract.ClosingRequested(purchase_order_id=order.id, reason=reason))


def restate(work: UnitOfWork, order: PurchaseOrder, lines: Sequence[OrderLine]) -> None:
    """Set the status that follows from the lines and what was decided."""
    order.status = order_status([line.state for line in lines], order.decisions)
    order.touch(work.now)


def lines_of(work: UnitOfWork, order: PurchaseOrder) -> Sequence[OrderLine]:
    """The order's lines by number, as they are now; the order's row is locked."""
    return work.rows(OrderLine, order_id=order.id, by=("line",), fresh=True)


def _announce(work: UnitOfWork, order_id: str) -> None:
    order = work.get(PurchaseOrder, id=order_id)
    work.emit(contract.order_approved, _approved(order, lines_of(work, order), order.approved_on or work.business_date))


def _close_when_all_is_in(work: UnitOfWork, order_id: str) -> None:
    order = work.get(PurchaseOrder, id=order_id)
    if order.closing_on is None:
        ask_closing(work, order, ALL_IN, work.business_date)


PROCURE_TO_PAY = Process(
    "procure_to_pay",
    Step("approve", do=_announce),
    Step("receive", after=("approve",)),
    Step("invoice", after=("receive",)),
    Step("close", after=("invoice",), do=_close_when_all_is_in),
    Step("pay", after=("invoice",)),
)


def _approved(order: PurchaseOrder, lines: Sequence[OrderLine], on: date) -> contract.PurchaseOrderApproved:
    return contract.PurchaseOrderApproved(
        purchase_order_id=order.id,
        number=order.number,
        supplier_id=order.supplier_id,
        warehouse_id=order.warehouse_id,
        approved_on=on,
        expected_on=order.expected_on,
        currency=order.currency,
        exchange_rate=order.exchange_rate,
        terms=load(Terms, order.terms),
        lines=[_approved_line(line) for line in lines],
    )


def _approved_line(line: OrderLine) -> contract.ApprovedLine:
    return contract.ApprovedLine(
        line=line.line,
        item_id=line.item_id,
        quantity=line.quantity,
        price=line.price,
        net=line.net,
        base_net=line.base_net,
        tax_rate=line.tax_rate,
        over_tolerance=line.over_tolerance,
        under_tolerance=line.under_tolerance,
    )

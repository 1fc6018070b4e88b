"""Cancelling and closing orders: a draft at once; an approved order as inventory decides, which knows what came."""

from services.purchasing.orders.drafts import in_state
from services.purchasing.orders.making import by_line
from services.purchasing.orders.procure_to_pay import PROCURE_TO_PAY, ask_closing, go_on, lines_of, restate
from services.purchasing.orders.rules import OrderStatus
from services.purchasing.orders.tables import PurchaseOrder
from services.purchasing.orders.views import order_view
from services.purchasing.requisitions.reopening import reopen
from shared.contracts import inventory
from shared.contracts import purchasing as contract
from shared.kernel.errors import Conflict
from shared.runtime.registry import handles, on
from shared.runtime.work import UnitOfWork

_UNAPPROVED = (OrderStatus.DRAFT, OrderStatus.PENDING_APPROVAL)


@handles(contract.cancel_order)
def cancel_order(work: UnitOfWork, command: contract.EndOrder) -> contract.PurchaseOrderView:
    """Cancel an order nothing of which has come; of a draft, the requisitions are open again at once."""
    order = in_state(work, command.id, *_UNAPPROVED, OrderStatus.APPROVED, OrderStatus.PARTLY_RECEIVED)
    day = command.on or work.business_date
    if order.status == OrderStatus.PARTLY_RECEIVED:
        raise Conflict(f"goods of order {order.number} have come: close it", code="partly_received")
    if order.status in _UNAPPROVED:
        order.reason, order.outcome, order.closed_on = command.reason, "cancelled", day
        restate(work, order, lines_of(work, order))
        reopen(work, order)
    else:
        ask_closing(work, order, command.reason, day)
    return order_view(work, order)


@handles(contract.close_order)
def close_order(work: UnitOfWork, command: contract.EndOrder) -> contract.PurchaseOrderView:
    """Close an order short: what has not come is not wanted any more."""
    open_ = (OrderStatus.APPROVED, OrderStatus.PARTLY_RECEIVED, OrderStatus.RECEIVED)
    order = in_state(work, command.id, *open_)
    ask_closing(work, order, command.reason, command.on or work.business_date)
    return order_view(work, order)


@on(inventory.inbound_closed)
def settle_closing(work: UnitOfWork, event: inventory.InboundClosed) -> None:
    """Inventory has decided: closed where anything came, cancelled where nothing did, whatever we know of it yet."""
    order = work.get(PurchaseOrder, lock=True, id=event.purchase_order_id)
    lines = lines_of(work, order)
    numbered = by_line(lines)
    for decided in event.lines:
        numbered[decided.line].cancelled = decided.cancelled
    came = any(decided.received > 0 for decided in event.lines)
    order.outcome, order.closed_on = "closed" if came else "cancelled", work.business_date
    work.emit(
        contract.order_closed,
        contract.PurchaseOrderClosed(
            purchase_order_id=order.id,
            closed_on=work.business_date,
            outcome="closed" if came else "cancelled",
        ),
    )
    if came:
        go_on(work, order, lines)
    else:
        restate(work, order, lines)
        PROCURE_TO_PAY.abandon(work, order.id)
        reopen(work, order)

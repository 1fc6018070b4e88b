"""Submitting, approving and rejecting orders, and what the supplier is told and says."""

from services.purchasing.orders.drafts import in_state
from services.purchasing.orders.making import fix_rates
from services.purchasing.orders.procure_to_pay import approve, lines_of, restate
from services.purchasing.orders.rules import OrderStatus, needs_approval, require_second_person
from services.purchasing.orders.tables import PurchaseOrder
from services.purchasing.orders.views import AWAITING_GOODS, order_view
from services.purchasing.settings.handlers import settings
from shared.contracts import purchasing as contract
from shared.contracts.common import DatedById
from shared.runtime.registry import handles
from shared.runtime.work import UnitOfWork


@handles(contract.submit_order)
def submit_order(work: UnitOfWork, command: DatedById) -> contract.PurchaseOrderView:
    """Submit a draft: within the approval limit it is approved at once, above it waits for a second person."""
    order = in_state(work, command.id, OrderStatus.DRAFT)
    on = command.on or work.business_date
    lines = lines_of(work, order)
    fix_rates(work, order, lines, on)
    order.submitted_by, order.reason = work.context.actor, None
    if needs_approval(order.base_net, settings(work).approval_limit):
        restate(work, order, lines)
    else:
        approve(work, order, on)
    return order_view(work, order)


@handles(contract.approve_order)
def approve_order(work: UnitOfWork, command: DatedById) -> contract.PurchaseOrderView:
    """Approve a submitted order as someone who did not make it."""
    order = in_state(work, command.id, OrderStatus.PENDING_APPROVAL)
    require_second_person((order.made_by, order.changed_by, order.submitted_by), work.context.actor)
    approve(work, order, command.on or work.business_date)
    return order_view(work, order)


@handles(contract.reject_order)
def reject_order(work: UnitOfWork, command: contract.Reasoned) -> contract.PurchaseOrderView:
    """Send a submitted order back to draft, with the reason."""
    order = in_state(work, command.id, OrderStatus.PENDING_APPROVAL)
    order.submitted_by, order.reason = None, command.reason
    restate(work, order, lines_of(work, order))
    return order_view(work, order)


@handles(contract.send_order)
def send_order(work: UnitOfWork, command: DatedById) -> contract.PurchaseOrderView:
    """Note the day the order went to its supplier."""
    order = in_state(work, command.id, *AWAITING_GOODS)
    order.sent_on = command.on or work.business_date
    return _touched(work, order)


@handles(contract.acknowledge_order)
def acknowledge_order(work: UnitOfWork, command: contract.AcknowledgeOrder) -> contract.PurchaseOrderView:
    """Note that the supplier confirmed; lateness counts from the day it promises."""
    order = in_state(work, command.id, *AWAITING_GOODS)
    order.acknowledged_on = command.on or work.business_date
    if command.promised_on:
        order.promised_on = order.due_on = command.promised_on
    return _touched(work, order)


def _touched(work: UnitOfWork, order: PurchaseOrder) -> contract.PurchaseOrderView:
    order.touch(work.now)
    return order_view(work, order)

"""Ending what is overdue at the business date, and listing what waits for someone."""

from datetime import timedelta
from typing import cast

from services.sales.orders.fulfilment import ORDER_FULFILMENT, decline, go_on
from services.sales.orders.rules import OrderStatus
from services.sales.orders.tables import Order
from services.sales.returns.process import RETURN, give_up
from services.sales.returns.tables import Return
from services.sales.settings.handlers import settings_of
from shared.contracts import sales as contract
from shared.contracts.message import Nothing
from shared.contracts.operations import ListQuery, Page
from shared.runtime.processes import Standing
from shared.runtime.registry import handles
from shared.runtime.work import UnitOfWork
from shared.storage.paging import page

MOST_AT_ONCE = 500
_COLUMNS = {
    "id": Order.id,
    "customer_id": Order.customer_id,
    "status": Order.status,
    "promised_on": Order.promised_on,
    "number": Order.number,
}


@handles(contract.run_deadlines)
def run_deadlines(work: UnitOfWork, _command: Nothing) -> contract.DeadlinesRun:
    """Decline orders held for too long, and let returns lapse that did not come; at most 500 of each in one run."""
    return contract.DeadlinesRun(
        business_date=work.business_date, declined=_decline_held(work), lapsed_returns=_lapse_returns(work)
    )


@handles(contract.list_overdue_orders)
def list_overdue_orders(work: UnitOfWork, query: ListQuery) -> Page[contract.OverdueOrder]:
    """Orders with a step that should have been done before the business date, the longest overdue 1,000."""
    overdue = {standing.key: standing for standing in ORDER_FULFILMENT.overdue(work)}

    def view(order: Order) -> contract.OverdueOrder:
        return _overdue(order, overdue[order.id])

    return page(work.session, work.select(Order).where(Order.id.in_(overdue)), query, _COLUMNS, view)


def _decline_held(work: UnitOfWork) -> list[str]:
    last_day = work.business_date - timedelta(days=settings_of(work).hold_days)
    held = work.select(Order).where(Order.status == OrderStatus.ON_HOLD, Order.held_on < last_day)
    orders = work.locked(held.order_by(Order.id).limit(MOST_AT_ONCE))
    for order in orders:
        decline(order, "held for credit too long")
        go_on(work, order)
    return [order.id for order in orders]


def _lapse_returns(work: UnitOfWork) -> list[str]:
    late = [each.key for each in RETURN.overdue(work) if "receive" in each.waits_for(RETURN)][:MOST_AT_ONCE]
    returns = work.rows(Return, id=late, by=("order_id", "id"))
    for back in returns:
        work.get(Order, lock=True, id=back.order_id)
        work.session.refresh(back)
        give_up(work, back)
    return [back.id for back in returns]


def _overdue(order: Order, standing: Standing) -> contract.OverdueOrder:
    return contract.OverdueOrder(
        id=order.id,
        number=order.number,
        customer_id=order.customer_id,
        status=cast("contract.OrderState", order.status),
        placed_on=order.placed_on,
        promised_on=order.promised_on,
        waits_for=standing.waits_for(ORDER_FULFILMENT),
    )

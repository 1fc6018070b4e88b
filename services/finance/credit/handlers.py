"""Limits, exposure, and what a person decides on orders that are held."""

from decimal import Decimal

from services.finance.credit.exposure import account_of, decline, limit_of, release, release_fitting
from services.finance.credit.tables import CreditAccount
from services.finance.orders.tables import SalesOrder
from services.finance.settings.lookup import settings_of, take_books
from shared.contracts import finance as contract
from shared.contracts import sales
from shared.contracts.operations import ListQuery, Page
from shared.kernel.errors import Conflict, InvalidInput
from shared.runtime.registry import handles, on
from shared.runtime.work import UnitOfWork
from shared.storage.paging import page

_COLUMNS = {
    "id": CreditAccount.id,
    "customer_id": CreditAccount.id,
    "own_limit": CreditAccount.own_limit,
    "receivables": CreditAccount.receivables,
    "open_orders": CreditAccount.open_orders,
}
_HOLD_COLUMNS = {
    "id": SalesOrder.id,
    "customer_id": SalesOrder.customer_id,
    "state": SalesOrder.credit_state,
    "held_on": SalesOrder.held_on,
}


@on(sales.customer_registered)
@on(sales.customer_changed)
def open_account(work: UnitOfWork, event: sales.CustomerFact) -> None:
    """Give a customer met for the first time a credit account."""
    take_books(work)
    if work.find(CreditAccount, id=event.customer_id) is None:
        work.add(CreditAccount(id=event.customer_id))


@handles(contract.set_credit_limit)
def set_credit_limit(work: UnitOfWork, command: contract.SetCreditLimit) -> contract.CreditView:
    """Set a customer's own limit, or go back to the default; orders that fit now are released."""
    if command.use_default and command.limit is not None:
        raise InvalidInput.at("/use_default", "contradicting_limits", "the limit is its own or the default")
    take_books(work)
    account = account_of(work, command.customer_id)
    account.own_limit, account.limit = not command.use_default, command.limit
    work.session.flush()
    release_fitting(work, account)
    return _view(work, account, limit_of(work, account))


@handles(contract.get_credit)
def get_credit(work: UnitOfWork, query: contract.CustomerId) -> contract.CreditView:
    """A customer's limit and exposure."""
    account = work.get(CreditAccount, id=query.customer_id)
    return _view(work, account, limit_of(work, account))


@handles(contract.list_credit)
def list_credit(work: UnitOfWork, query: ListQuery) -> Page[contract.CreditView]:
    """Every customer's limit and exposure."""
    default = settings_of(work).default_credit_limit

    def view(account: CreditAccount) -> contract.CreditView:
        return _view(work, account, account.limit if account.own_limit else default)

    return page(work.session, work.select(CreditAccount), query, _COLUMNS, view)


@handles(contract.list_credit_holds)
def list_credit_holds(work: UnitOfWork, query: ListQuery) -> Page[contract.CreditHoldView]:
    """Orders that did not fit, and what became of them."""
    statement = work.select(SalesOrder).where(SalesOrder.held_on.is_not(None))
    return page(work.session, statement, query, _HOLD_COLUMNS, _hold_view)


@handles(contract.release_credit_hold)
def release_credit_hold(work: UnitOfWork, command: contract.DecideHold) -> contract.CreditHoldView:
    """Approve a held order beyond the limit; who did it stays on record."""
    account, order = _held(work, command.id)
    release(work, account, order, by=work.context.actor, on=work.business_date, reason=command.reason)
    return _hold_view(order)


@handles(contract.decline_credit_hold)
def decline_credit_hold(work: UnitOfWork, command: contract.DecideHold) -> contract.CreditHoldView:
    """Refuse a held order its credit."""
    account, order = _held(work, command.id)
    decline(work, account, order, by=work.context.actor, on=work.business_date, reason=command.reason)
    return _hold_view(order)


def _held(work: UnitOfWork, order_id: str) -> tuple[CreditAccount, SalesOrder]:
    take_books(work)
    account = account_of(work, work.get(SalesOrder, id=order_id).customer_id)
    order = work.get(SalesOrder, lock=True, id=order_id)
    if order.credit_state != "held":
        raise Conflict(f"order {order.number} is not held: {order.credit_state}", code="not_held")
    return account, order


def _view(work: UnitOfWork, account: CreditAccount, limit: Decimal | None) -> contract.CreditView:
    return contract.CreditView(
        id=account.id,
        customer_id=account.id,
        currency=work.currency,
        limit=limit,
        own_limit=account.own_limit,
        open_orders=account.open_orders,
        receivables=account.receivables,
        exposure=account.exposure,
        available=None if limit is None else limit - account.exposure,
    )


def _hold_view(order: SalesOrder) -> contract.CreditHoldView:
    return contract.CreditHoldView(
        id=order.id,
        order_id=order.id,
        order_number=order.number,
        customer_id=order.customer_id,
        amount=order.open_base,
        held_on=order.held_on or order.placed_on,
        state=order.credit_state,
        decided_by=order.decided_by,
        decided_on=order.decided_on,
        reason=order.reason,
    )

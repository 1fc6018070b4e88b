"""Taking of a customer's credit, giving back, and releasing the orders that fit then."""

from datetime import date
from decimal import Decimal
from typing import Any, Literal

from sqlalchemy import ColumnElement, and_, bindparam, or_, true, update

from services.finance.credit.rules import HeldOrder, releases
from services.finance.credit.tables import CreditAccount
from services.finance.orders.tables import SalesOrder
from services.finance.rates.rules import TOTAL_BOUND, bounded
from services.finance.settings.lookup import settings_of
from shared.contracts import finance as contract
from shared.contracts.operations import Event
from shared.kernel.errors import NotYet
from shared.kernel.money import ZERO
from shared.runtime.work import UnitOfWork
from shared.storage.prepared import Prepared
from shared.storage.types import AMOUNT_SCALE, Exact


def _taking(default: ColumnElement[bool]) -> Prepared:
    """Raises the exposure of an account where it stays within its own limit, or else meets `default`.

    The comparison is that of `credit.rules.decide`, in the database.
    """
    row, amount = CreditAccount, bindparam("amount", type_=Exact(AMOUNT_SCALE))
    by_own = and_(row.own_limit, or_(row.limit.is_(None), _reached() <= row.limit))
    fits = or_(by_own, and_(~row.own_limit, default))
    mine = and_(row.company == bindparam("of_company"), row.id == bindparam("of_id"))
    return Prepared(update(row).where(mine, fits).values(open_orders=row.open_orders + amount))


def _reached() -> ColumnElement[Any]:
    row = CreditAccount
    return row.open_orders + row.receivables + bindparam("amount", type_=Exact(AMOUNT_SCALE))


_TAKE = _taking(_reached() <= bindparam("default", type_=Exact(AMOUNT_SCALE)))
_TAKE_UNLIMITED = _taking(true())


def account_of(work: UnitOfWork, customer_id: str) -> CreditAccount:
    """A customer's credit, locked; raises NotYet where the customer is not known yet."""
    account = work.find(CreditAccount, lock=True, id=customer_id)
    if account is None:
        raise NotYet(customer_id)
    return account


def limit_of(work: UnitOfWork, account: CreditAccount) -> Decimal | None:
    """The limit that holds for a customer: its own, or the company's default; None is unlimited."""
    return account.limit if account.own_limit else settings_of(work).default_credit_limit


def expose(account: CreditAccount, *, orders: Decimal = ZERO, receivables: Decimal = ZERO) -> None:
    """Change a locked customer's exposure. Raises InvalidInput `amount_out_of_range`."""
    account.open_orders = bounded(account.open_orders + orders, below=TOTAL_BOUND)
    account.receivables = bounded(account.receivables + receivables, below=TOTAL_BOUND)


def take_credit(work: UnitOfWork, order: SalesOrder) -> None:
    """Decide a new order's credit by one conditional update; one that does not fit is held.

    Only when it did not fit is the row locked and asked again, so that an order is never held beside a payment
    that made room in the same moment and could not see it.
    """
    if not _fits(work, order):
        account_of(work, order.customer_id)
        if not _fits(work, order):
            _hold(work, order)
            return
    order.credit_state = "approved"
    account = account_of(work, order.customer_id)
    _tell(work, contract.credit_approved, order, account, account.exposure - order.open_base)


def release_fitting(work: UnitOfWork, account: CreditAccount) -> None:
    """Release a locked customer's held orders that fit now, oldest first."""
    found = work.rows(SalesOrder, customer_id=account.id, credit_state="held", fresh=True)
    held = {order.id: order for order in found}
    waiting = [HeldOrder(order.id, order.held_at or work.now, order.open_base) for order in held.values()]
    if not waiting:
        return
    for each in releases(limit_of(work, account), account.exposure, waiting):
        release(work, account, held[each.order], by=None, on=work.business_date, reason=None)


def release_all_fitting(work: UnitOfWork) -> None:
    """Release every customer's held orders that fit now."""
    for customer_id in sorted({order.customer_id for order in work.rows(SalesOrder, credit_state="held")}):
        release_fitting(work, account_of(work, customer_id))


def release(
    work: UnitOfWork, account: CreditAccount, order: SalesOrder, *, by: str | None, on: date, reason: str | None
) -> None:
    """Let a held order take of the credit after all, whatever the limit."""
    before = account.exposure
    expose(account, orders=order.open_base)
    decided(order, "released", by=by, on=on, reason=reason)
    _tell(work, contract.credit_approved, order, account, before)


def decline(
    work: UnitOfWork, account: CreditAccount, order: SalesOrder, *, by: str, on: date, reason: str | None
) -> None:
    """Refuse a held order its credit."""
    decided(order, "declined", by=by, on=on, reason=reason)
    _tell(work, contract.credit_declined, order, account, account.exposure)


def decided(
    order: SalesOrder, state: Literal["released", "declined"], *, by: str | None, on: date, reason: str | None
) -> None:
    """Note on a held order what became of it, by whom and why."""
    order.credit_state = state
    order.decided_by, order.decided_on, order.reason = by, on, reason


def _fits(work: UnitOfWork, order: SalesOrder) -> bool:
    """Raise the exposure by the order where it stays within the limit; whether it did."""
    default = settings_of(work).default_credit_limit
    if default is None:
        return work.changed_if(CreditAccount, order.customer_id, _TAKE_UNLIMITED, amount=order.open_base)
    return work.changed_if(CreditAccount, order.customer_id, _TAKE, amount=order.open_base, default=default)


def _hold(work: UnitOfWork, order: SalesOrder) -> None:
    order.held_at, order.held_on = work.now, work.business_date
    account = account_of(work, order.customer_id)
    _tell(work, contract.credit_held, order, account, account.exposure)


def _tell(
    work: UnitOfWork,
    fact: Event[contract.CreditDecided],
    order: SalesOrder,
    account: CreditAccount,
    exposure: Decimal,
) -> None:
    """Tell how an order's credit was decided, with the exposure it met."""
    decision = contract.CreditDecided(
        order_id=order.id,
        customer_id=order.customer_id,
        amount=order.open_base,
        exposure=exposure,
        limit=limit_of(work, account),
    )
    work.emit(fact, decision)

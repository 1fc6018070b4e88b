"""Taking of a customer's credit, giving back, and releasing the orders that fit then."""

from datetime import date
from decimal import Decimal
from typing import Literal

from services.finance.credit.rules import CreditDecision, HeldOrder, decide, releases
from services.finance.credit.tables import CreditAccount
from services.finance.orders.tables import SalesOrder
from services.finance.rates.rules import TOTAL_BOUND, bounded
from services.finance.settings.lookup import settings_of
from shared.contracts import finance as contract
from shared.contracts.operations import Event
from shared.kernel.errors import NotYet
from shared.kernel.money import ZERO
from shared.runtime.work import UnitOfWork


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
    """Decide a new order's credit: within the limit it takes of it, beyond it is held.

    The account is locked before it is looked at, so that two orders never take the same room, and no order is held
    beside a payment that makes room in the same moment.
    """
    account = account_of(work, order.customer_id)
    before = account.exposure
    if decide(limit_of(work, account), before, order.open_base) is CreditDecision.HELD:
        order.held_at, order.held_on = work.now, work.business_date
        _tell(work, contract.credit_held, order, account, before)
        return
    order.credit_state = "approved"
    expose(account, orders=order.open_base)
    _tell(work, contract.credit_approved, order, account, before)


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

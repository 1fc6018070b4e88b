"""Finance's copy of an order, under lock."""

from dataclasses import dataclass
from decimal import Decimal

from services.finance.credit.exposure import account_of, expose
from services.finance.credit.tables import CreditAccount
from services.finance.ledger.rules import to_base
from services.finance.orders.rules import still_open
from services.finance.orders.tables import SalesLine, SalesOrder
from services.finance.settings.lookup import BOOKS, take_books
from shared.kernel.money import ZERO
from shared.runtime.foresight import Foreseen, along
from shared.runtime.work import UnitOfWork

COUNTED = ("approved", "released")
"""Orders in these states take of the customer's credit."""
OF_AN_ORDER = (
    BOOKS,
    Foreseen(CreditAccount, "customer_id", through=(SalesOrder, "order_id")),
    Foreseen(SalesOrder, "order_id", (along(SalesOrder.lines),)),
)
"""What `order_in_hand` locks, for events about an order."""


@dataclass(frozen=True)
class OrderInHand:
    """An order with its lines by number and its customer's credit, all locked: the account first."""

    account: CreditAccount
    order: SalesOrder
    lines: dict[int, SalesLine]

    def reckon(self, work: UnitOfWork) -> Decimal:
        """Set what is open of the order from its lines, and the customer's open orders by the difference.

        Returns how far the exposure fell.
        """
        order = self.order
        before = order.open_base if order.credit_state in COUNTED else ZERO
        order.open_gross = sum((_open(line, order.currency) for line in self.lines.values()), ZERO)
        order.open_base = to_base(order.open_gross, order.exchange_rate, work.currency)
        after = order.open_base if order.credit_state in COUNTED else ZERO
        expose(self.account, orders=after - before)
        return before - after


def order_in_hand(work: UnitOfWork, order_id: str) -> OrderInHand:
    """Lock the books, an order and its customer's credit; raises NotYet where the order is not known yet."""
    take_books(work)
    customer_id = work.known(SalesOrder, order_id).customer_id
    account = account_of(work, customer_id)
    order = work.get(SalesOrder, lock=True, id=order_id)
    return OrderInHand(account, order, {line.line: line for line in order.lines})


def _open(line: SalesLine, currency: str) -> Decimal:
    return still_open(line.net + line.tax, line.quantity, line.cancelled + line.invoiced, currency)

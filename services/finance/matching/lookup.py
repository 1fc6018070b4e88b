"""Finance's copy of a purchase order, under lock."""

from dataclasses import dataclass

from services.finance.matching.rules import ReceivedLine
from services.finance.matching.tables import PurchaseLine, PurchaseOrder
from services.finance.settings.lookup import take_books
from shared.runtime.work import UnitOfWork


@dataclass(frozen=True)
class PurchaseInHand:
    """A purchase order with its lines by number, the books taken first."""

    order: PurchaseOrder
    lines: dict[int, PurchaseLine]


def purchase_in_hand(work: UnitOfWork, order_id: str) -> PurchaseInHand:
    """Lock a purchase order; raises NotYet where it is not known yet."""
    take_books(work)
    order = work.known(PurchaseOrder, order_id, lock=True)
    lines = work.rows(PurchaseLine, purchase_order_id=order_id, by=("line",), fresh=True)
    return PurchaseInHand(order, {line.line: line for line in lines})


def received_of(line: PurchaseLine, currency: str) -> ReceivedLine:
    """A purchase line as the rules of matching want it, its accrual in base `currency`."""
    return ReceivedLine(
        price=line.price,
        currency=currency,
        received=line.received,
        received_value=line.received_value,
        invoiced=line.invoiced,
        released=line.released,
    )

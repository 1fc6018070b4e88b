"""A sales order's lines and status, from the quantities that facts have added up to."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import NamedTuple

from shared.kernel.errors import Conflict
from shared.kernel.money import ZERO


class NotReturnable(Conflict):
    """More is to come back than was handed over and has not come back yet (409)."""

    code = "not_returnable"


class OverShipped(Conflict):
    """More is to be handed over than the order's tolerance allows (409)."""

    code = "over_shipped"


class OrderStatus(StrEnum):
    """Where a sales order stands."""

    PLACED = "placed"
    ON_HOLD = "on_hold"
    CONFIRMED = "confirmed"
    PARTLY_SHIPPED = "partly_shipped"
    SHIPPED = "shipped"
    COMPLETED = "completed"
    CANCELLING = "cancelling"
    CANCELLED = "cancelled"
    PARTLY_CANCELLED = "partly_cancelled"
    DECLINED = "declined"


class CancelOutcome(StrEnum):
    """How a cancel request ended."""

    CANCELLED = "cancelled"
    PARTLY_CANCELLED = "partly_cancelled"
    TOO_LATE = "too_late"


class LineState(NamedTuple):
    """A line's quantities in base units.

    All but `ordered` are running totals that only facts move, so that facts may arrive in any order: `reserved` and
    `requested` (for delivery) are net of what was released or withdrawn, and include what has been handed over since;
    `returned` counts authorised returns from their authorisation on.
    """

    ordered: Decimal
    reserved: Decimal = ZERO
    requested: Decimal = ZERO
    handed_over: Decimal = ZERO
    invoiced: Decimal = ZERO
    returned: Decimal = ZERO
    cancelled: Decimal = ZERO

    @property
    def wanted(self) -> Decimal:
        """What the customer is still to have had in all: ordered less cancelled."""
        return self.ordered - self.cancelled

    @property
    def open(self) -> Decimal:
        """Still to be handed over; never below zero, over-shipment being allowed by tolerance."""
        return max(self.wanted - self.handed_over, ZERO)

    @property
    def backordered(self) -> Decimal:
        """Wanted, but neither reserved nor handed over."""
        return max(self.wanted - max(self.reserved, self.handed_over), ZERO)

    @property
    def to_request(self) -> Decimal:
        """Reserved, and not yet asked of logistics to deliver."""
        return max(min(self.reserved, self.wanted) - max(self.requested, self.handed_over), ZERO)

    @property
    def to_invoice(self) -> Decimal:
        """Handed over and not yet invoiced."""
        return max(self.handed_over - self.invoiced, ZERO)

    @property
    def returnable(self) -> Decimal:
        """Handed over and not returned."""
        return max(self.handed_over - self.returned, ZERO)


@dataclass(frozen=True)
class Answers:
    """What the order has been told: the part of its status that quantities do not show."""

    stock_answered: bool = False
    credit_approved: bool = False
    held: bool = False
    cancel_requested: bool = False
    declined: bool = False
    paid: bool = False


def order_status(lines: Sequence[LineState], answers: Answers) -> OrderStatus:
    """The status that follows from `lines` (at least one) and `answers`; what has happened to goods goes first.

    `cancel_requested` stands only until inventory has answered. An order whose rest was cancelled after a part was
    handed over is `partly_cancelled` for good; one that was paid and invoiced in full is `completed`.
    """
    shipped = any(line.handed_over for line in lines)
    if answers.declined and not shipped:
        return OrderStatus.DECLINED
    if answers.cancel_requested:
        return OrderStatus.CANCELLING
    if not any(line.open for line in lines):
        return _ended(lines, answers) if shipped else OrderStatus.CANCELLED
    if answers.held:
        return OrderStatus.ON_HOLD
    if shipped:
        return OrderStatus.PARTLY_SHIPPED
    confirmed = answers.stock_answered and answers.credit_approved
    return OrderStatus.CONFIRMED if confirmed else OrderStatus.PLACED


def cancel_outcome(lines: Sequence[LineState]) -> CancelOutcome:
    """How a cancel request of the whole order ended, once inventory has answered for every line."""
    if not any(line.handed_over for line in lines):
        return CancelOutcome.CANCELLED
    if any(line.cancelled for line in lines):
        return CancelOutcome.PARTLY_CANCELLED
    return CancelOutcome.TOO_LATE


def most_shippable(line: LineState, over: Decimal = ZERO) -> Decimal:
    """The most that may still be handed over, `over` being the tolerance as a fraction of the quantity wanted."""
    return max(line.wanted * (1 + over) - line.handed_over, ZERO)


def require_shippable(line: LineState, quantity: Decimal, over: Decimal = ZERO) -> None:
    """Raises OverShipped where `quantity` more is beyond the tolerance `over` (a fraction)."""
    if quantity > most_shippable(line, over):
        raise OverShipped(f"{quantity} is more than the {most_shippable(line, over)} that may still be handed over")


def short_enough(line: LineState, under: Decimal) -> bool:
    """Whether the line may be closed short: what is open is within `under` (a fraction) of the quantity wanted."""
    return line.handed_over > 0 and line.open <= line.wanted * under


def require_returnable(line: LineState, quantity: Decimal) -> None:
    """Raises NotReturnable where `quantity` is more than was handed over and has not come back."""
    if quantity > line.returnable:
        raise NotReturnable(f"{quantity} is more than the {line.returnable} that can come back")


def _ended(lines: Sequence[LineState], answers: Answers) -> OrderStatus:
    if any(line.cancelled for line in lines):
        return OrderStatus.PARTLY_CANCELLED
    invoiced = not any(line.to_invoice for line in lines)
    return OrderStatus.COMPLETED if invoiced and answers.paid else OrderStatus.SHIPPED

"""A purchase order's approval, lines and status. How requisitions become drafts is in `drafting.py`."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from enum import StrEnum

from shared.kernel.errors import Conflict, Forbidden
from shared.kernel.money import ZERO


class SecondApproverNeeded(Forbidden):
    """The maker of an order cannot be its approver (403)."""

    code = "second_approver_needed"


class OverReceived(Conflict):
    """More is to be received than the order's tolerance allows (409)."""

    code = "over_received"


class OrderStatus(StrEnum):
    """Where a purchase order stands."""

    DRAFT = "draft"
    PENDING_APPROVAL = "pending_approval"
    APPROVED = "approved"
    PARTLY_RECEIVED = "partly_received"
    RECEIVED = "received"
    CLOSED = "closed"
    CANCELLED = "cancelled"


@dataclass(frozen=True)
class LineState:
    """A line's quantities in base units, as running totals.

    `received` counts what was accepted and not taken back, `rejected` what was refused on receipt (the supplier still
    owes it).
    """

    ordered: Decimal
    received: Decimal = ZERO
    rejected: Decimal = ZERO
    invoiced: Decimal = ZERO
    cancelled: Decimal = ZERO

    @property
    def open(self) -> Decimal:
        """Still to come; never below zero, over-receipt being allowed by tolerance."""
        return max(self.ordered - self.cancelled - self.received, ZERO)

    @property
    def to_invoice(self) -> Decimal:
        """Received, and the supplier's invoice still to come."""
        return max(self.received - self.invoiced, ZERO)


@dataclass(frozen=True)
class Decisions:
    """What people decided about the order: the part of its status that quantities do not show."""

    submitted: bool = False
    approved: bool = False
    closed: bool = False
    cancelled: bool = False


def needs_approval(amount: Decimal, limit: Decimal | None) -> bool:
    """Whether an order of `amount` needs a second person: it is above the company's `limit`, both in base currency.

    Zero has every order approved, None none.
    """
    return limit is not None and amount > limit


def require_second_person(maker: str, approver: str) -> None:
    """Raises SecondApproverNeeded where the approver is the maker."""
    if maker == approver:
        raise SecondApproverNeeded("an order cannot be approved by the one who made it")


def most_receivable(line: LineState, over: Decimal = ZERO) -> Decimal:
    """The most that may still be received, `over` being the tolerance as a fraction of what was ordered."""
    return max((line.ordered - line.cancelled) * (1 + over) - line.received, ZERO)


def receive(line: LineState, quantity: Decimal, over: Decimal = ZERO) -> LineState:
    """The line after `quantity` was accepted. Raises OverReceived beyond the tolerance `over` (a fraction)."""
    if quantity > most_receivable(line, over):
        raise OverReceived(f"{quantity} is more than the {most_receivable(line, over)} that may still be received")
    return replace(line, received=line.received + quantity)


def take_back(line: LineState, quantity: Decimal) -> LineState:
    """The line after a receipt of `quantity` was cancelled: it is open again as far as it is within the order."""
    return replace(line, received=line.received - quantity)


def received_enough(line: LineState, under: Decimal = ZERO) -> bool:
    """Whether nothing more is expected: what is open is within `under` (a fraction) of what was ordered."""
    return line.open <= (line.ordered - line.cancelled) * under


def may_close(lines: Sequence[LineState], under: Decimal = ZERO) -> bool:
    """Whether the order can close by itself: all received within `under`, and all that was received invoiced."""
    return all(received_enough(line, under) and not line.to_invoice for line in lines)


def order_status(lines: Sequence[LineState], decisions: Decisions, under: Decimal = ZERO) -> OrderStatus:
    """The status that follows from `lines` (at least one) and `decisions`; what arrived goes before what was said."""
    received = any(line.received for line in lines)
    if decisions.cancelled and not received:
        return OrderStatus.CANCELLED
    if decisions.closed or (decisions.cancelled and received):
        return OrderStatus.CLOSED
    if all(line.ordered == line.cancelled for line in lines):
        return OrderStatus.CANCELLED
    if received:
        enough = all(received_enough(line, under) for line in lines)
        return OrderStatus.RECEIVED if enough else OrderStatus.PARTLY_RECEIVED
    if decisions.approved:
        return OrderStatus.APPROVED
    return OrderStatus.PENDING_APPROVAL if decisions.submitted else OrderStatus.DRAFT

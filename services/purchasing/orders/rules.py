"""A purchase order's approval, lines and status. How requisitions become drafts is in `drafting.py`."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from shared.kernel.errors import Forbidden
from shared.kernel.money import ZERO


class SecondApproverNeeded(Forbidden):
    """The maker of an order cannot be its approver (403)."""

    code = "second_approver_needed"


class OrderStatus(StrEnum):
    """Where a purchase order stands; `closing` until it is decided where goods are received."""

    DRAFT = "draft"
    PENDING_APPROVAL = "pending_approval"
    APPROVED = "approved"
    PARTLY_RECEIVED = "partly_received"
    RECEIVED = "received"
    CLOSING = "closing"
    CLOSED = "closed"
    CANCELLED = "cancelled"


@dataclass(frozen=True)
class LineState:
    """A line's quantities in base units, as running totals of facts that come in any order.

    `received` counts what was accepted and not taken back, `rejected` what was refused on receipt (the supplier still
    owes it). `under` is how much may be missing for the line to be complete all the same, as a fraction.
    """

    ordered: Decimal
    received: Decimal = ZERO
    rejected: Decimal = ZERO
    invoiced: Decimal = ZERO
    cancelled: Decimal = ZERO
    under: Decimal = ZERO

    @property
    def open(self) -> Decimal:
        """Still to come; never below zero, over-receipt being allowed by tolerance."""
        return max(self.ordered - self.cancelled - self.received, ZERO)

    @property
    def to_invoice(self) -> Decimal:
        """Received, and the supplier's invoice still to come."""
        return max(self.received - self.invoiced, ZERO)

    @property
    def complete(self) -> bool:
        """Whether nothing more is expected: nothing is open, or goods came and the rest is within the tolerance."""
        return not self.open or (self.received > 0 and self.open <= (self.ordered - self.cancelled) * self.under)


@dataclass(frozen=True)
class Decisions:
    """What people decided about the order: the part of its status that quantities do not show."""

    submitted: bool = False
    approved: bool = False
    closing: bool = False
    closed: bool = False
    cancelled: bool = False


def needs_approval(amount: Decimal, limit: Decimal | None) -> bool:
    """Whether an order of `amount` needs a second person: it is above the company's `limit`, both in base currency.

    Zero has every order approved, None none.
    """
    return limit is not None and amount > limit


def require_second_person(makers: Sequence[str | None], approver: str) -> None:
    """Raises SecondApproverNeeded where the approver drafted, changed or submitted the order."""
    if approver in makers:
        raise SecondApproverNeeded("an order cannot be approved by one who made it")


def all_received(lines: Sequence[LineState]) -> bool:
    """Whether nothing more is expected of any line."""
    return all(line.complete for line in lines)


def all_invoiced(lines: Sequence[LineState]) -> bool:
    """Whether nothing more is expected, and all that came is invoiced: the order can close by itself."""
    return all_received(lines) and not any(line.to_invoice for line in lines)


def order_status(lines: Sequence[LineState], decisions: Decisions) -> OrderStatus:
    """The status that follows from `lines` (at least one) and `decisions`; what arrived goes before what was said."""
    received = any(line.received > 0 for line in lines)
    if decisions.closed or decisions.cancelled:
        return OrderStatus.CLOSED if received or decisions.closed else OrderStatus.CANCELLED
    if decisions.closing:
        return OrderStatus.CLOSING
    if received:
        return OrderStatus.RECEIVED if all_received(lines) else OrderStatus.PARTLY_RECEIVED
    if decisions.approved:
        return OrderStatus.APPROVED
    return OrderStatus.PENDING_APPROVAL if decisions.submitted else OrderStatus.DRAFT

"""Goods that arrive against a purchase line: what is taken in, refused, and still to come (收货).

Decisions only, made with the expected line locked. Quantities are in the item's base unit, tolerances in percent of
what was ordered.
"""

from dataclasses import dataclass, replace
from decimal import Decimal

from shared.kernel.errors import Conflict, DomainError, InvalidInput
from shared.kernel.quantity import ZERO, positive
from shared.kernel.tax import part_of


@dataclass(frozen=True, slots=True)
class ExpectedLine:
    """A purchase line as inventory knows it: `received` is what was accepted, `cancelled` will not be delivered.

    `over_tolerance`: how much more than ordered may be accepted in all. `under_tolerance`: how much may be missing
    for the line to be complete all the same. Neither stretches a line of which something was cancelled.
    """

    line: str
    ordered: Decimal
    received: Decimal = ZERO
    cancelled: Decimal = ZERO
    over_tolerance: Decimal = ZERO
    under_tolerance: Decimal = ZERO

    @property
    def open(self) -> Decimal:
        """What has not come of what is still wanted, tolerances aside; cancelled when the order is closed."""
        return max(self.ordered - self.cancelled - self.received, ZERO)

    @property
    def awaited(self) -> Decimal:
        """What is still expected: nothing, once what is open is within the under-receipt tolerance."""
        slack = ZERO if self.cancelled else self.ordered * self.under_tolerance / 100
        return ZERO if self.received and self.open <= slack else self.open

    @property
    def acceptable(self) -> Decimal:
        """The most that may still be accepted, over-receipt tolerance included."""
        if self.cancelled:
            return self.open
        return max(self.ordered * (100 + self.over_tolerance) / 100 - self.received, ZERO)


@dataclass(frozen=True, slots=True)
class Receipt:
    """What an arrival does to a line: `accepted` enters stock, `rejected` does not and stays owed.

    `after` is the line with it; `over` is what was accepted beyond the order by this receipt, `short` what is
    not awaited any more because it is within the under-receipt tolerance.
    """

    accepted: Decimal
    rejected: Decimal
    after: ExpectedLine
    over: Decimal
    short: Decimal


class OverReceipt(DomainError):
    """More arrived than may be accepted; `allowed` may be, in base units, and the rest can be rejected."""

    code = "over_receipt"

    def __init__(self, accepted: Decimal, allowed: Decimal) -> None:
        super().__init__(f"{accepted} to accept, at most {allowed} allowed")
        self.allowed = allowed


def receive(line: ExpectedLine, arrived: Decimal, rejected: Decimal = ZERO) -> Receipt:
    """Take in what `arrived` less what inspection `rejected` (wrong, damaged).

    Raises OverReceipt; Conflict `line_cancelled` where the line awaits nothing because it was cancelled and goods
    are to be accepted; InvalidInput where `arrived` is not above zero or `rejected` is not within it.
    """
    if not ZERO <= rejected <= positive(arrived):
        raise InvalidInput.at("/rejected", "rejected_not_within_arrived", f"{rejected} rejected of {arrived}")
    accepted = arrived - rejected
    if accepted > line.acceptable:
        if line.cancelled and not line.acceptable:
            raise Conflict(f"line {line.line} was cancelled", code="line_cancelled")
        raise OverReceipt(accepted, line.acceptable)
    after = replace(line, received=line.received + accepted)
    return Receipt(accepted, rejected, after, max(accepted - line.open, ZERO), after.open - after.awaited)


def cancel_receipt(line: ExpectedLine, accepted: Decimal) -> ExpectedLine:
    """The line as if a receipt of `accepted` had not been; what it covered is open again.

    Raises Conflict `not_received` where less than that was received, InvalidInput where it is not above zero.
    """
    if positive(accepted) > line.received:
        raise Conflict(f"{accepted} to cancel, {line.received} received", code="not_received")
    return replace(line, received=line.received - accepted)


def cancel_rest(line: ExpectedLine) -> ExpectedLine:
    """The line when the purchaser cancels it: what has not come is cancelled, what has come is too late."""
    return replace(line, cancelled=line.cancelled + line.open)


def accepted_value(line: ExpectedLine, whole: Decimal, valued: Decimal, currency: str) -> Decimal:
    """What the goods accepted last are worth, `line` being as it stands with them.

    `whole` is the worth of what was ordered, `valued` what was given to earlier receipts. Parts sum to the whole;
    beyond the ordered quantity its unit price goes on. Never below zero.
    """
    return max(part_of(whole, line.ordered, ZERO, line.received, currency) - valued, ZERO)

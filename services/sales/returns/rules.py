"""A return's lines and status, from the quantities that facts have added up to."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from shared.kernel.money import ZERO


class ReturnStatus(StrEnum):
    """Where a return stands."""

    AUTHORISED = "authorised"
    RECEIVED = "received"
    INSPECTED = "inspected"
    CREDITED = "credited"
    CANCELLED = "cancelled"


@dataclass(frozen=True)
class ReturnLineState:
    """A return line's quantities in base units: running totals that only facts move.

    `lapsed` was given up, by cancelling or because it did not come in time; goods that come all the same count.
    """

    authorised: Decimal
    lapsed: Decimal = ZERO
    received: Decimal = ZERO
    restocked: Decimal = ZERO
    scrapped: Decimal = ZERO
    credited: Decimal = ZERO

    @property
    def expected(self) -> Decimal:
        """What counts as returned of its order line: still to come, or come."""
        return max(self.authorised - self.lapsed, self.received)

    @property
    def accepted(self) -> Decimal:
        """Inspected, hence to be credited."""
        return self.restocked + self.scrapped


def all_received(lines: Sequence[ReturnLineState]) -> bool:
    """Whether nothing is still to come."""
    return all(line.received >= line.expected for line in lines)


def all_inspected(lines: Sequence[ReturnLineState]) -> bool:
    """Whether everything has come and was inspected."""
    return all_received(lines) and all(line.accepted >= line.expected for line in lines)


def all_credited(lines: Sequence[ReturnLineState]) -> bool:
    """Whether everything was inspected and credited."""
    return all_inspected(lines) and all(line.credited >= line.expected for line in lines)


def return_status(lines: Sequence[ReturnLineState]) -> ReturnStatus:
    """The status that follows from `lines` (at least one)."""
    if not any(line.expected for line in lines):
        return ReturnStatus.CANCELLED
    if all_credited(lines):
        return ReturnStatus.CREDITED
    if all_inspected(lines):
        return ReturnStatus.INSPECTED
    if any(line.received for line in lines):
        return ReturnStatus.RECEIVED
    return ReturnStatus.AUTHORISED

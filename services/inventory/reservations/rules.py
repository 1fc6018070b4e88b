"""Promising stock: reserve, serve backorders, cancel, hand over (预留、缺货、取消、出库).

Decisions only: the caller holds the rows they were made from locked, or applies them by conditional update.
Quantities are in the item's base unit.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

from shared.kernel.errors import DomainError
from shared.kernel.quantity import ZERO, positive, quantity


@dataclass(frozen=True, slots=True)
class Request:
    """An order line that wants `quantity` of `item`."""

    line: str
    item: str
    quantity: Decimal


@dataclass(frozen=True, slots=True)
class Reservation:
    """The answer to a request: `reserved` + `backordered` is always what was requested."""

    line: str
    item: str
    reserved: Decimal
    backordered: Decimal


@dataclass(frozen=True, slots=True)
class Backorder:
    """A line that waits for `quantity`; `promised` is a business date, `placed` orders those of one date."""

    line: str
    promised: date | None
    placed: int
    quantity: Decimal


@dataclass(frozen=True, slots=True)
class Served:
    """How much of what arrived a waiting line gets."""

    line: str
    quantity: Decimal


class Outcome(StrEnum):
    """The answer to a request to cancel."""

    CANCELLED = "cancelled"
    PARTLY_CANCELLED = "partly_cancelled"
    TOO_LATE = "too_late"


@dataclass(frozen=True, slots=True)
class OrderLine:
    """A sale line as inventory knows it: `ordered` less what was cancelled before; `reserved` has not left yet."""

    line: str
    ordered: Decimal
    reserved: Decimal
    handed_over: Decimal = ZERO


@dataclass(frozen=True, slots=True)
class CancelledLine:
    """What a cancellation does to a line: `released` returns to available, `too_late` has left and can only return."""

    line: str
    cancelled: Decimal
    released: Decimal
    too_late: Decimal


@dataclass(frozen=True, slots=True)
class Cancellation:
    """The answer to a request to cancel, line by line."""

    outcome: Outcome
    lines: tuple[CancelledLine, ...]


@dataclass(frozen=True, slots=True)
class HandOver:
    """What a hand-over does to a line: where it comes from, and what the line then stands at.

    `from_free` exceeds the line's reservation and must be found in stock no one has reserved. `open` is what the
    line still waits for, reserved or backordered; nothing is open on a line that was shipped over.
    """

    from_reserved: Decimal
    from_free: Decimal
    handed_over: Decimal
    open: Decimal

    @property
    def complete(self) -> bool:
        """Nothing more will be shipped for the line."""
        return not self.open


class OverShipment(DomainError):
    """More would leave than was ordered and the tolerance allows; `allowed` more may leave, in base units."""

    code = "over_shipped"

    def __init__(self, asked: Decimal, allowed: Decimal) -> None:
        super().__init__(f"{asked} to hand over, at most {allowed} allowed")
        self.allowed = allowed


def available(on_hand: Decimal, reserved: Decimal) -> Decimal:
    """What a new order may reserve; never below zero."""
    return max(on_hand - reserved, ZERO)


def reserve(free: Mapping[str, Decimal], requests: Sequence[Request]) -> tuple[Reservation, ...]:
    """Give each request, in the order given, what is left of its item's `free` quantity; the rest is backordered.

    An item `free` does not name has nothing free. Raises InvalidInput where a quantity is not above zero.
    """
    left = dict(free)
    answers = []
    for request in requests:
        wanted = positive(request.quantity)
        given = min(wanted, max(left.get(request.item, ZERO), ZERO))
        left[request.item] = left.get(request.item, ZERO) - given
        answers.append(Reservation(request.line, request.item, given, wanted - given))
    return tuple(answers)


def serve(arrived: Decimal, waiting: Iterable[Backorder]) -> tuple[Served, ...]:
    """Share what `arrived` of one item among its backorders: oldest promise first, those without a promise last.

    Of one date, by `placed`, then by line id. Only lines that get something are named, in the order served; a line
    may get a part. What is left over (arrived less the sum) is free for new orders.
    """
    served = []
    for backorder in sorted(waiting, key=_turn):
        given = min(arrived, backorder.quantity)
        if given > 0:
            served.append(Served(backorder.line, given))
            arrived -= given
    return tuple(served)


def cancel(lines: Sequence[OrderLine]) -> Cancellation:
    """Cancel what has not been handed over of `lines`.

    `cancelled` when nothing had left, `too_late` when nothing is left to cancel, `partly_cancelled` between.
    """
    answers = tuple(
        CancelledLine(line.line, max(line.ordered - line.handed_over, ZERO), line.reserved, line.handed_over)
        for line in lines
    )
    if not any(answer.too_late for answer in answers):
        return Cancellation(Outcome.CANCELLED, answers)
    some = any(answer.cancelled for answer in answers)
    return Cancellation(Outcome.PARTLY_CANCELLED if some else Outcome.TOO_LATE, answers)


def hand_over(line: OrderLine, amount: Decimal, over_tolerance: Decimal = ZERO) -> HandOver:
    """Let `amount` of a line leave, in one part of several; its own reservation first.

    `over_tolerance` is the percentage of `ordered` that may leave on top in all. Raises OverShipment, and
    InvalidInput where `amount` is not above zero.
    """
    total = line.handed_over + positive(amount)
    allowed = line.ordered * (100 + quantity(over_tolerance)) / 100
    if total > allowed:
        raise OverShipment(amount, max(allowed - line.handed_over, ZERO))
    from_reserved = min(amount, line.reserved)
    return HandOver(from_reserved, amount - from_reserved, total, max(line.ordered - total, ZERO))


def _turn(backorder: Backorder) -> tuple[date, int, str]:
    return (backorder.promised or date.max, backorder.placed, backorder.line)

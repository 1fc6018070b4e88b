"""Credit: whether an order fits a customer's limit, and which held orders fit once exposure has dropped.

Limit, exposure and amounts are in base currency. Finance decides with the customer's account locked.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum


class CreditDecision(StrEnum):
    """Beyond the limit an order is held, never refused: a person or a payment can release it."""

    APPROVED = "approved"
    HELD = "held"


@dataclass(frozen=True)
class HeldOrder:
    """An order that waits for credit: its id, since when, and its amount with tax."""

    order: str
    held_at: datetime
    amount: Decimal


def decide(limit: Decimal | None, exposure: Decimal, amount: Decimal) -> CreditDecision:
    """Approved where exposure with `amount` stays within `limit` (reaching it is within); no limit is None."""
    fits = limit is None or exposure + amount <= limit
    return CreditDecision.APPROVED if fits else CreditDecision.HELD


def releases(limit: Decimal | None, exposure: Decimal, held: Iterable[HeldOrder]) -> tuple[HeldOrder, ...]:
    """The held orders that now fit, oldest first, each adding to the exposure the next one meets.

    One that does not fit keeps waiting and does not block younger, smaller ones.
    """
    released: list[HeldOrder] = []
    for order in sorted(held, key=lambda each: (each.held_at, each.order)):
        if decide(limit, exposure, order.amount) is CreditDecision.APPROVED:
            released.append(order)
            exposure += order.amount
    return tuple(released)

"""Choosing among what is there, and quantities of it."""

import random
from collections.abc import Iterable
from decimal import Decimal
from typing import TypeVar

T = TypeVar("T")
NOBODY = "00000000-0000-4000-8000-000000000001"
"""An id nothing has."""


def one(draw: random.Random, things: Iterable[T]) -> T | None:
    """Any one of these, or None."""
    every = list(things)
    return draw.choice(every) if every else None


def part(draw: random.Random, whole: str) -> str:
    """Mostly the whole of a quantity, sometimes a part, in whole units."""
    units = int(Decimal(whole))
    return whole if units < 2 or draw.random() < 0.6 else str(draw.randint(1, units - 1))


def above_zero(quantity: str) -> bool:
    """Whether there is any."""
    return Decimal(quantity) > 0


def beyond(quantity: str) -> str:
    """More than there can be of it."""
    return str(int(Decimal(quantity)) + 1000)

"""Sums of decimals by key: what every statement of the proof compares."""

from collections.abc import Hashable
from decimal import Decimal
from typing import TypeVar

K = TypeVar("K", bound=Hashable)


class Sums(dict[K, Decimal]):
    """A sum per key, exact."""

    def add(self, key: K, amount: Decimal) -> None:
        """Add to the sum of a key."""
        before = self.get(key)
        self[key] = amount if before is None else before + amount

    @property
    def total(self) -> Decimal:
        """The sum over all keys."""
        return sum(self.values(), Decimal(0))

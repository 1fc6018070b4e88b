"""What a statement of the proof comes to: how many things were looked at, and where it does not hold."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import TypeVar

Where = tuple[object, ...]
K = TypeVar("K", bound=Where)
ZERO = Decimal(0)
KEPT = 1000
"""Breaches of one check that are kept word for word; the rest are counted."""


@dataclass(frozen=True)
class Breach:
    """One place where a statement does not hold."""

    check: str
    where: str
    what: str
    expected: str
    found: str

    def __str__(self) -> str:
        return f"{self.where}: {self.what}: expected {self.expected}, found {self.found}"


class Check:
    """One statement of the proof, while it is being checked and after."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.looked_at = 0
        self.broken = 0
        self.breaches: list[Breach] = []

    @property
    def holds(self) -> bool:
        """Whether no breach was found."""
        return not self.broken

    def same(self, where: Where, what: str, expected: object, found: object) -> None:
        """Look at one thing that must be as expected. The text of `where` is only made where it is not."""
        self.looked_at += 1
        if expected != found:
            self.breach(where, what, expected, found)

    def true(self, where: Where, what: str, expected: str, found: object, *, holds: bool) -> None:
        """Look at one thing that must meet a condition, which `expected` says in words."""
        self.looked_at += 1
        if not holds:
            self.breach(where, what, expected, found)

    def same_sums(self, what: str, expected: Mapping[K, Decimal], found: Mapping[K, Decimal], *where: object) -> None:
        """Hold two sets of sums by key against each other; a key that one side lacks is zero there."""
        for key, amount in expected.items():
            self.same((*where, *key), what, amount, found.get(key, ZERO))
        for key, amount in found.items():
            if key not in expected:
                self.same((*where, *key), what, ZERO, amount)

    def breach(self, where: Where, what: str, expected: object, found: object) -> None:
        """Note where the statement does not hold."""
        self.broken += 1
        if len(self.breaches) < KEPT:
            self.breaches.append(Breach(self.name, _text(where), what, _plain(expected), _plain(found)))


def _text(where: Where) -> str:
    return " ".join(_plain(part) for part in where if part not in {None, ""})


def _plain(value: object) -> str:
    return f"{value:f}" if isinstance(value, Decimal) else str(value)

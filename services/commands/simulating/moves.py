"""What people do: one call each, with what it touches, so that what is done at the same time can be kept apart."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from shared.contracts.operations import Operation

Json = dict[str, Any]


@dataclass(frozen=True)
class Named:
    """Something a service made by itself, named by the document it belongs to: the order's second pick list."""

    kind: str
    of: str
    nth: int = 0


@dataclass(frozen=True, kw_only=True)
class Move:
    """One thing a person does.

    `touches`: the ids of what it is about; of two moves at the same time none touches what the other does.
    `alone`: nothing else is done at the same time, as it looks at everything. `foolish` names the codes it must be
    refused with; a sensible move may be refused too. `key` is given where an earlier move's is used again.
    """

    who: str
    what: str
    operation: Operation[Any, Any]
    fields: Mapping[str, Any]
    touches: frozenset[str] = frozenset()
    alone: bool = False
    foolish: tuple[str, ...] = ()
    if_match: int | None = None
    key: str | None = None


@dataclass(frozen=True)
class Made:
    """A move that was made, at its place in the run: day, round, and which of the round."""

    day: int
    round: int
    nth: int
    move: Move

    @property
    def key(self) -> str:
        """The Idempotency-Key."""
        return self.move.key or f"{self.day}.{self.round}.{self.nth}"


@dataclass(frozen=True)
class Outcome:
    """What came of a move: `ok`, or the code it was refused with."""

    made: Made
    code: str

    def __str__(self) -> str:
        made = self.made
        foolish = " (foolish)" if made.move.foolish else ""
        return f"{made.day:>3}.{made.round}.{made.nth} {made.move.who:<12} {made.move.what}{foolish}: {self.code}"

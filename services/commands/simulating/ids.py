"""Ids that are born of their cause: the same ones in every run of a seed, whatever else happens between.

A transaction that is tried again makes the same ids again, and a fault more or less in one place changes no id in
another. So a fault can be named by what it strikes, and a move of one run be made again in another.
"""

import uuid
from collections import Counter
from datetime import datetime
from hashlib import blake2b
from uuid import UUID

_COUNTED = 0xFFF


def born_of(seed: int, cause: str, millis: int, nth: int = 0) -> str:
    """The nth UUIDv7 of a cause, born at `millis`; those of one cause keep their order."""
    bits = int.from_bytes(blake2b(f"{seed}|{cause}|{nth}".encode(), digest_size=8).digest()) >> 2
    return str(uuid.UUID(int=millis + (nth >> 12) << 80 | 0x7 << 76 | (nth & _COUNTED) << 64 | 0b10 << 62 | bits))


def millis_of(id_: str) -> int:
    """When an id was born, in milliseconds of the epoch."""
    return UUID(id_).int >> 80


class CausedIds:
    """The ids of one simulated company.

    What is done a second time though it was committed once gets other ids than the first time, as it would in life:
    else the ids would forbid just those double effects that are looked for.
    """

    def __init__(self, seed: int) -> None:
        self._seed, self._cause, self._millis, self._nth = seed, "", 0, 0
        self._begun: list[str] = []
        self._committed: Counter[str] = Counter()

    def begin_transaction(self) -> None:
        """What was begun before and not committed is undone."""
        self._begun = []

    def commit(self) -> None:
        """What was begun since the transaction began is done for good."""
        self._committed.update(self._begun)
        self._begun = []

    def undo(self) -> None:
        """What was begun last is undone, though its transaction goes on."""
        self._begun.pop()

    def begin(self, cause: str, born_with: str) -> None:
        """What follows is done because of this, and its ids are as old as the id `born_with`."""
        times = self._committed[cause]
        self._cause, self._millis, self._nth = f"{cause} {times}" if times else cause, millis_of(born_with), 0
        self._begun.append(cause)

    def new(self, at: datetime) -> str:
        """The next id of the cause; wall time has no say in it, as it jumps."""
        self._nth += 1
        return born_of(self._seed, self._cause, self._millis, self._nth)

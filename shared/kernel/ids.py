"""Ids: UUID version 7 (RFC 9562), so that they sort by birth and tell their age."""

import random
import uuid
from datetime import UTC, datetime
from typing import Protocol

_RANDOM = (1 << 62) - 1
"""The last bits of an id, which nothing but chance decides."""


class IdSource(Protocol):
    """Gives new ids; seeded in simulations so that a run repeats to the byte."""

    def new(self, at: datetime) -> str:
        """A new UUIDv7 born at `at`."""
        ...


class RandomIds:
    """Ids from a random source: the system's by default, a seeded one for exact repetition."""

    def __init__(self, source: random.Random | None = None) -> None:
        self._bits = (source or random.SystemRandom()).getrandbits
        self._last = 0
        self._newest: tuple[datetime | None, int] = None, 0

    def new(self, at: datetime) -> str:
        """A new UUIDv7; those of one millisecond keep their order within this process."""
        born, millis = self._newest
        if at is not born:  # one unit of work makes many ids at one time
            millis = int(at.timestamp() * 1000)
            self._newest = at, millis
        drawn = self._bits(72)
        head = millis << 12 | drawn >> 62
        if head <= self._last:
            head = self._last + 1
        self._last = head
        value = (head >> 12) << 80 | 0x7 << 76 | (head & 0xFFF) << 64 | 0b10 << 62 | drawn & _RANDOM
        text = f"{value:032x}"
        return f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"


def born(id_: str) -> datetime | None:
    """When a UUIDv7 was made (to the millisecond, UTC); None for anything else, and for one of no year we count."""
    try:
        value = uuid.UUID(id_)
        return datetime.fromtimestamp((value.int >> 80) / 1000, UTC) if value.version == 7 else None
    except ValueError:
        return None

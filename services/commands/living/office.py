"""The office every kind of work shares: the people, their files, the day, and how keys are made."""

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Any, TypeVar

from services.commands.living.known import Known
from services.commands.living.outcome import Booked, Outcomes
from services.commands.living.people import Diary, Staff
from services.commands.living.rest import Resting

T = TypeVar("T")
_LONGEST_KEY = 200


@dataclass
class Office:
    """One company under replay."""

    code: str
    seed: int
    staff: Staff
    diary: Diary
    rest: Resting
    known: Known = field(default_factory=Known)
    outcomes: Outcomes = field(default_factory=Outcomes)
    booked: Booked = field(default_factory=Booked)

    @property
    def today(self) -> date:
        """The day being lived."""
        return self.diary.day

    def key(self, *parts: object) -> str:
        """An Idempotency-Key that is the same whenever the same thing is asked for, so that nothing is done twice.

        What would be longer than a key may be ends in a hash of all of it.
        """
        whole = ":".join(("replay", self.code, *(str(part).replace(" ", "_") for part in parts)))
        if len(whole) <= _LONGEST_KEY:
            return whole
        digest = hashlib.sha256(whole.encode()).hexdigest()
        return f"{whole[: _LONGEST_KEY - len(digest) - 1]}:{digest}"

    def chance(self, one_in: int, *parts: object) -> bool:
        """Whether the seed makes this one of the few; depends on nothing but what is named."""
        return not self.pick(one_in, *parts)

    def pick(self, choices: int, *parts: object) -> int:
        """A number below `choices` that depends on the seed and what is named, and on nothing else."""
        digest = hashlib.sha256(":".join(map(str, (self.seed, *parts))).encode()).digest()
        return int.from_bytes(digest[:8]) % choices

    def wait(self) -> None:
        """Until the company is at rest."""
        self.rest.wait()


def chunks(things: Iterable[T], most: int = 1000) -> Iterator[list[T]]:
    """The same things in lists of at most so many, as one document may hold."""
    every = list(things)
    return (every[at : at + most] for at in range(0, len(every), most))


def upto(field_name: str, day: date) -> dict[str, Any]:
    """The list filter "on or before this day"."""
    return {f"{field_name}[lte]": day}

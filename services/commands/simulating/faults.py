"""What goes wrong, and where: drawn from the seed by what it strikes, and by nothing else.

So every fault has a name that stays when others are left out, which is what makes a failing run small.
"""

import random
from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from hashlib import blake2b
from typing import Final

RATES: Final[Mapping[str, float]] = {
    "delivery overtaken": 0.25,
    "delivery delayed": 0.06,
    "delivery doubled": 0.12,
    "delivery doubled a day later": 0.02,
    "delivery a day late": 0.012,
    "deliveries taken in one transaction": 0.10,
    "failed before commit": 0.03,
    "failed after commit": 0.02,
    "not acknowledged": 0.03,
    "answer lost": 0.05,
    "process killed before commit": 0.004,
    "process killed after commit": 0.004,
    "process killed before acknowledging": 0.004,
    "service killed before commit": 0.006,
    "service killed after commit": 0.006,
    "service killed before acknowledging": 0.006,
    "clock jumped": 0.15,
    "deliveries held up": 0.7,
}
"""The kinds of faults, and the share of what each can strike that it does strike."""


@dataclass(frozen=True)
class Fault:
    """One thing that went wrong: `code` names it for the command line, `at` says where it struck."""

    code: str
    kind: str
    at: str

    def __str__(self) -> str:
        return f"{self.code} {self.kind}: {self.at}"


class Faults:
    """Decides for each place whether a fault strikes; with `only`, none but those with these codes do."""

    def __init__(self, seed: int, rates: Mapping[str, float] = RATES, only: Collection[str] | None = None) -> None:
        self._seed, self._rates, self._only = seed, rates, only
        self._times: Counter[tuple[str, str]] = Counter()
        self.struck: list[Fault] = []

    def strikes(self, kind: str, at: str) -> random.Random | None:
        """What to draw the rest of the fault from, where it strikes."""
        digest = blake2b(f"{self._seed}|{kind}|{at}".encode(), digest_size=8).digest()
        code = digest[:5].hex()
        if int.from_bytes(digest) >= self._rates.get(kind, 0.0) * 2**64:
            return None
        if self._only is not None and code not in self._only:
            return None
        self.struck.append(Fault(code, kind, at))
        return random.Random(digest)

    def time(self, what: str, at: str) -> str:
        """This time of something that happens again and again: the first, the second."""
        self._times[what, at] += 1
        return f"{at} #{self._times[what, at]}"


def none() -> Faults:
    """Nothing goes wrong."""
    return Faults(0, {})

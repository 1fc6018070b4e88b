"""Whether a run with faults came to what the same moves come to without."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass

from services.commands.simulating.faults import Faults, none
from services.commands.simulating.life import Script, Told
from services.commands.simulating.run import Ended, lived
from services.commands.simulating.state import differences


@dataclass(frozen=True)
class Case:
    """A run by what it is made from: with the first `moves` only, and with those of its faults only that are named.

    `crowded`: people may do things to the same thing at once. What comes of that depends on what comes first, so only
    what must hold in any order is looked at.
    """

    seed: int
    days: int
    moves: int | None = None
    faults: frozenset[str] | None = None
    crowded: bool = False

    def __str__(self) -> str:
        words = [f"huotong simulate --seed {self.seed} --days {self.days}"]
        if self.moves is not None:
            words.append(f"--moves {self.moves}")
        if self.faults is not None:
            words.append(f"--faults {','.join(sorted(self.faults)) or 'none'}")
        return " ".join([*words, "--crowded"] if self.crowded else words)


@dataclass(frozen=True)
class Verdict:
    """A run with faults beside the same without, and what is wrong with it."""

    case: Case
    faulty: Ended
    faultless: Ended
    wrongs: tuple[str, ...]

    @property
    def script(self) -> Script:
        """What people did."""
        return [outcome.made for outcome in self.faulty.outcomes]


def judge(case: Case, told: Told = lambda _: None) -> Verdict:
    """Live the case with faults, then let people do the same without, and compare.

    Where only some faults are named, people first decide with all of them, and keep to that.
    """
    faulty = lived(case.seed, case.days, Faults(case.seed), moves=case.moves, crowded=case.crowded, told=told)
    script = [outcome.made for outcome in faulty.outcomes]
    if case.faults is not None:
        faulty = with_only(case.faults, case, script)
    faultless = without_faults(case, script)
    return Verdict(case, faulty, faultless, tuple(wrongs(case, faulty, faultless)))


def with_only(faults: Collection[str], case: Case, script: Script) -> Ended:
    """The same moves with some of the faults."""
    return lived(case.seed, case.days, Faults(case.seed, only=faults), script=script)


def without_faults(case: Case, script: Script) -> Ended:
    """The same moves without any fault."""
    return lived(case.seed, case.days, none(), script=script)


def wrongs(case: Case, faulty: Ended, faultless: Ended) -> Iterator[str]:
    """What may not be: a broken proof, a move with another outcome, another state in the end."""
    yield from faulty.broken
    yield from (f"without faults: {each}" for each in faultless.broken)
    if case.crowded:
        return
    for one, other in zip(faulty.outcomes, faultless.outcomes, strict=False):
        if one.code != other.code:
            yield f"{one}; without faults: {other.code}"
    if faulty.state and faultless.state and faulty.state.digest != faultless.state.digest:
        yield from (f"state: {each}" for each in differences(faultless.state, faulty.state))

"""Making a failing run small: the fewest first moves with which it still fails, then the fewest faults."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace

from services.commands.simulating.life import Told
from services.commands.simulating.verdict import Verdict, judge, with_only, without_faults, wrongs

LIKELY = (
    "delivery doubled", "process killed after commit", "delivery overtaken", "answer lost", "not acknowledged",
    "delivery a day late", "failed after commit",
)  # fmt: skip
"""Kinds of faults that are tried alone at first: most bugs need no other."""
Fails = Callable[[Collection[str]], bool]


@dataclass
class Budget:
    """How many more runs may be tried."""

    left: int

    def spent(self) -> bool:
        """Whether it is used up; else one less is left."""
        self.left -= 1
        return self.left < 0


def shrink(failing: Verdict, told: Told, tries: int = 80) -> Verdict:
    """The smallest case found that still fails, lived once more."""
    budget = Budget(tries)
    shorter = _fewest_moves(failing, budget, told)
    faults = _fewest_faults(shorter, budget, told)
    smallest = judge(replace(shorter.case, faults=frozenset(faults)))
    return smallest if smallest.wrongs else shorter


def _fewest_moves(failing: Verdict, budget: Budget, told: Told) -> Verdict:
    """By halving: a run that fails with some moves is taken to fail with more, as what is lost stays lost."""
    passes, best = 0, failing
    while (fails := len(best.script)) - passes > 1 and not budget.spent():
        middle = (passes + fails) // 2
        day = best.script[middle - 1].day
        tried = judge(replace(failing.case, days=day, moves=middle))
        told(f"{middle} moves: {'fails' if tried.wrongs else 'passes'}")
        if tried.wrongs:
            best = tried
        else:
            passes = middle
    return best


def _fewest_faults(failing: Verdict, budget: Budget, told: Told) -> Collection[str]:
    """First one kind of faults alone, then without whole kinds, then without ever smaller parts of what is left."""
    case, script = failing.case, failing.script
    faultless = without_faults(case, script)

    def fails(faults: Collection[str]) -> bool:
        failed = any(wrongs(case, with_only(faults, case, script), faultless))
        told(f"{len(faults)} faults: {'fails' if failed else 'passes'}")
        return failed

    left = {fault.code: fault.kind for fault in failing.faulty.faults}
    for kind in LIKELY:
        alone = [code for code, each in left.items() if each == kind]
        if alone and not budget.spent() and fails(alone):
            return _fewest(alone, fails, budget)
    for kind in sorted(set(left.values())):
        fewer = {code: each for code, each in left.items() if each != kind}
        if not budget.spent() and fails(fewer):
            left = fewer
    return _fewest(list(left), fails, budget)


def _fewest(faults: Sequence[str], fails: Fails, budget: Budget) -> Sequence[str]:
    """Leave out one part after another, in halves at first, in single faults at last.

    After "Simplifying and isolating failure-inducing input" by Zeller and Hildebrandt (2002).
    """
    parts = 2
    while len(faults) > 1:
        size = max(1, len(faults) // parts)
        for start in range(0, len(faults), size):
            fewer = [*faults[:start], *faults[start + size :]]
            if budget.spent():
                return faults
            if fails(fewer):
                faults, parts = fewer, max(2, parts - 1)
                break
        else:
            if size == 1:
                return faults
            parts *= 2
    return faults

"""Whether a company is at rest, and whether anything in it moved: only what stands still can be proven."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from services.commands.proof.messages import Dead, Subscribers
from services.commands.proof.reading import Company
from services.commands.proof.rows import Json
from shared.contracts.operations import Contract

_NEWEST = 5
_DECIDED = "dead,discarded"


@dataclass(frozen=True)
class Standing:
    """Where a company stands: its facts counted by service, and its newest commands.

    Two that are the same mean that nothing happened in between. Several of the newest commands are looked at, because
    they are not always seen in the order of their numbers.
    """

    flows: tuple[tuple[str, str], ...]
    commands: tuple[tuple[str, int], ...]
    at_rest: bool


def standing(company: Company, contracts: Iterable[Contract], subscribers: Subscribers) -> Standing:
    """Where the company stands now."""
    every = list(contracts)
    flows = {each.service: company.one(each.operations["get_flow"]) for each in every}
    commands = tuple(
        (each.service, row["id"])
        for each in every
        for row in company.newest(each.operations["list_journal"], "-id", _NEWEST)
    )
    letters = {each.service: _letters(company, each) for each in every}
    shown = tuple((name, str(flow)) for name, flow in flows.items())
    return Standing(shown, commands, _at_rest(flows, letters, subscribers))


def _letters(company: Company, contract: Contract) -> int:
    """How many facts will not be taken in, by what is on record of them."""
    return sum(1 for _ in company.rows(contract.operations["list_dead_letters"], Dead, state=_DECIDED))


def _at_rest(flows: dict[str, Json], letters: dict[str, int], subscribers: Subscribers) -> bool:
    """Whether nothing is unsent or parked, and each service has taken in all it is to, but for its dead letters."""
    if any(flow["unsent"] or flow["parked"] for flow in flows.values()):
        return False
    told = Counter({each["type"]: each["count"] for flow in flows.values() for each in flow["told"]})
    missing: Counter[str] = Counter()
    for type_, count in told.items():
        for name in subscribers.get(type_, ()):
            taken = sum(each["count"] for each in flows[name]["taken"] if each["type"] == type_)
            missing[name] += max(0, count - taken)
    return all(missing[name] <= letters[name] for name in flows)

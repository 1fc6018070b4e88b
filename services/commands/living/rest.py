"""Waiting until the company is at rest: every fact that was told is taken in by everyone who listens to it."""

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Protocol

from services.commands.client import Json
from services.commands.living.people import Person
from shared.contracts.operations import Operation

Flows = Mapping[str, Json]
_FIRST, _GROWTH, _LONGEST = 0.01, 1.4, 0.15


class Restless(Exception):
    """The company does not come to rest: facts are lost, dead, or wait for something that does not come."""


class Resting(Protocol):
    """Sees that a company comes to rest."""

    def wait(self) -> None:
        """Return once it has."""


class Rest:
    """Asks each service how far it is, in short growing intervals, until nothing is under way.

    `listeners` names who takes in each type of event, `ask` is each service's `get_flow`. Raises Restless after
    `patience` seconds in which nothing moved.
    """

    def __init__(
        self,
        operator: Person,
        ask: Mapping[str, Operation[Any, Any]],
        listeners: Mapping[str, Sequence[str]],
        sleep: Callable[[float], None] = time.sleep,
        patience: float = 60.0,
    ) -> None:
        self._operator, self._ask, self._listeners = operator, ask, listeners
        self._sleep, self._patience = sleep, patience
        self.waits, self.seconds = 0, 0.0

    def wait(self) -> None:
        """Return once the company is at rest."""
        started = time.perf_counter()
        pause, still, before = _FIRST, 0.0, -1
        flows = self._flows()
        while open_ends := list(self._open_ends(flows)):
            taken = _taken(flows)
            still = still + pause if taken == before else 0.0
            if still > self._patience:
                raise Restless("the company does not come to rest: " + "; ".join(open_ends[:5]))
            self._sleep(pause)
            pause, before = min(pause * _GROWTH, _LONGEST), taken
            flows = self._flows()
        self.waits += 1
        self.seconds += time.perf_counter() - started

    def _flows(self) -> Flows:
        return {service: self._operator.do(operation) for service, operation in self._ask.items()}

    def _open_ends(self, flows: Flows) -> Iterator[str]:
        """What is still under way, in words."""
        taken = {name: _by_type(flow["taken"]) for name, flow in flows.items()}
        for name, flow in flows.items():
            if flow["parked"]:
                yield f"{name} has {flow['parked']} facts waiting for others"
            for type_, told in _by_type(flow["told"]).items():
                for listener in self._listeners.get(type_, ()):
                    if (got := taken[listener].get(type_, 0)) != told:
                        yield f"{listener} took in {got} of {told} {type_} ({flows[listener]['dead']} dead)"


def _by_type(counts: Sequence[Json]) -> dict[str, int]:
    return {each["type"]: each["count"] for each in counts}


def _taken(flows: Flows) -> int:
    return sum(each["count"] for flow in flows.values() for each in flow["taken"])

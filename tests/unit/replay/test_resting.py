"""A company is at rest when everything told is taken in by everyone who listens."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

import pytest

from services.commands.client import Json
from services.commands.living.rest import Rest, Restless
from shared.contracts import finance, sales
from shared.contracts.operations import Operation

PLACED = "huotong.sales.order_placed.v1"
ASK = {"sales": sales.CONTRACT.operations["get_flow"], "finance": finance.CONTRACT.operations["get_flow"]}


def flow(told: int = 0, taken: int = 0, parked: int = 0) -> Json:
    counts = [[{"type": PLACED, "count": count}] if count else [] for count in (told, taken)]
    return {"told": counts[0], "taken": counts[1], "unsent": 0, "parked": parked, "dead": 0}


class Operator:
    """Answers each service's flow from a list, the last again and again."""

    def __init__(self, flows: Mapping[str, list[Json]]) -> None:
        self._flows = {name: list(each) for name, each in flows.items()}

    def do(self, operation: Operation[Any, Any], *, key: str | None = None, **fields: Any) -> Json:
        flows = self._flows[operation.service]
        return flows.pop(0) if len(flows) > 1 else flows[0]

    def rows(self, operation: Operation[Any, Any], **filters: Any) -> Iterator[Json]:
        raise NotImplementedError


def resting(sleep: Callable[[float], None], **flows: list[Json]) -> Rest:
    return Rest(Operator(flows), ASK, {PLACED: ["finance"]}, sleep, patience=5)


def test_it_waits_until_what_was_told_is_taken_in() -> None:
    slept: list[float] = []
    resting(slept.append, sales=[flow(told=3)], finance=[flow(taken=1), flow(taken=2), flow(taken=3)]).wait()
    assert len(slept) == 2
    assert slept == sorted(slept)


def test_at_rest_it_does_not_sleep() -> None:
    slept: list[float] = []
    resting(slept.append, sales=[flow(told=3)], finance=[flow(taken=3)]).wait()
    assert slept == []


def test_what_is_parked_is_waited_for() -> None:
    slept: list[float] = []
    resting(slept.append, sales=[flow()], finance=[flow(parked=1), flow()]).wait()
    assert len(slept) == 1


def test_where_nothing_moves_any_more_it_says_what_is_missing() -> None:
    with pytest.raises(Restless, match=f"finance took in 2 of 3 {PLACED}"):
        resting(lambda _: None, sales=[flow(told=3)], finance=[flow(taken=2)]).wait()


def test_where_something_still_moves_it_goes_on_waiting() -> None:
    slept: list[float] = []
    resting(slept.append, sales=[flow(told=200)], finance=[flow(taken=nth) for nth in range(201)]).wait()
    assert sum(slept) > 5

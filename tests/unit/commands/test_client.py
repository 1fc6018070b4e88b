"""A client outlives a gateway that is away: it asks again, under the same key, in growing pauses, up to an end."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import pytest
import requests
from requests.adapters import BaseAdapter

from services.commands.client import Client, Refused
from services.commands.patience import Patience
from shared.contracts import identity, sales

CUT = requests.ConnectionError("refused")
HALF = requests.exceptions.ChunkedEncodingError("ended early")
LATE = requests.ReadTimeout("no answer")
DONE = (200, {"id": "x"})
Outcome = Exception | tuple[int, dict[str, Any]]


def away(status: int = 503) -> Outcome:
    return status, {"status": status, "code": "unavailable"}


@dataclass
class Time:
    """A clock that only sleeping moves."""

    now: float = 0.0
    slept: list[float] = field(default_factory=list)

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds


class Wire(BaseAdapter):
    """Gives outcomes one after another, the last one again and again, and keeps the keys it was sent."""

    def __init__(self, outcomes: Sequence[Outcome]) -> None:
        super().__init__()
        self.outcomes, self.keys = list(outcomes), list[str | None]()

    def send(self, request: requests.PreparedRequest, **_: Any) -> requests.Response:  # type: ignore[override]
        self.keys.append(request.headers.get("Idempotency-Key"))
        outcome = self.outcomes.pop(0) if len(self.outcomes) > 1 else self.outcomes[0]
        if isinstance(outcome, Exception):
            raise outcome
        answer = requests.Response()
        answer.status_code, answer._content = outcome[0], json.dumps(outcome[1]).encode()
        return answer

    def close(self) -> None:
        """Nothing is open."""


class Line:
    """A client, the wire it speaks over and the time it has."""

    def __init__(self, *outcomes: Outcome) -> None:
        self.time, self.wire = Time(), Wire(outcomes)
        self.client = Client(
            "http://gateway", "token", patience=lambda: Patience(60, lambda: self.time.now, self.time.sleep, longest=2)
        )
        self.client._http.mount("http://", self.wire)

    def place(self) -> dict[str, Any]:
        return self.client.do(sales.place_order, customer_id="c", lines=[])


def test_it_asks_again_under_the_same_key_in_growing_pauses_until_there_is_an_answer():
    line = Line(CUT, CUT, away(), away(504), HALF, LATE, away(502), DONE)
    assert line.place() == {"id": "x"}
    assert len(line.wire.keys) == 8
    assert len(set(line.wire.keys)) == 1
    assert line.time.slept == [0.2, 0.4, 0.8, 1.6, 2, 2, 2]


def test_an_earlier_try_that_still_runs_is_waited_for():
    running = 409, {"status": 409, "code": "in_progress"}
    assert Line(LATE, running, DONE).place() == {"id": "x"}


def test_another_conflict_is_an_answer():
    line = Line((409, {"status": 409, "code": "already_cancelling"}), DONE)
    with pytest.raises(Refused, match="already_cancelling"):
        line.place()


def test_its_patience_has_an_end():
    line = Line(CUT)
    with pytest.raises(requests.ConnectionError):
        line.place()
    assert sum(line.time.slept) == pytest.approx(60)
    gone = Line(away())
    with pytest.raises(Refused, match="unavailable"):
        gone.place()
    assert sum(gone.time.slept) == pytest.approx(60)


def test_a_query_is_asked_again_too():
    assert Line(CUT, away(), DONE).client.do(sales.get_order, id="x") == {"id": "x"}


@pytest.mark.parametrize("lost", [LATE, away(504)])
def test_a_write_that_takes_no_key_is_not_risked_twice(lost: Outcome):
    line = Line(lost, DONE)
    with pytest.raises((Refused, requests.Timeout)):
        line.client.do(identity.change_password, current="old", new="new")
    assert line.wire.keys == [None]

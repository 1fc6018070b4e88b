"""Messages that cannot be taken in die with their reason, are refused, or wait to be routed; none is in others' way."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from amqp.exceptions import AMQPError

from services.commands.client import Json
from shared.contracts.inventory import CONTRACT as INVENTORY
from shared.contracts.sales import order_completed, order_placed
from shared.runtime.rabbit.topology import events_exchange
from tests.faults.administrator import one, transaction
from tests.faults.conftest import Try
from tests.faults.post import channel, envelope, put
from tests.faults.stage import Trial

pytestmark = [pytest.mark.servers, pytest.mark.full]
_QUEUE = "inventory.on.sales.order_placed"
_MEGABYTE = 1_000_000
_UNSENT = "SELECT count(*) FROM outbox WHERE NOT sent AND type = %s AND company = %s"
Bad = Callable[[str], bytes]


def written(body: dict[str, object]) -> bytes:
    return json.dumps(body).encode()


def poison(company: str) -> bytes:
    """Nothing in it is what the contract says."""
    return written(envelope(order_placed, company, {"order_id": "none", "lines": "many"}))


def of_an_unknown_version(company: str) -> bytes:
    return written(envelope(order_placed, company) | {"type": order_placed.type.replace(".v1", ".v7")})


def undecodable(company: str) -> bytes:
    return b"\xff\xfe\x00 {"


def oversized(company: str) -> bytes:
    return written(envelope(order_placed, company, {"order_id": "x" * 20 * _MEGABYTE}))


@pytest.mark.parametrize(
    ("bad", "reason"),
    [
        (poison, "ValidationError"),
        (of_an_unknown_version, "does not know huotong.sales.order_placed.v7"),
        (undecodable, "not a CloudEvent of Huotong"),
        (oversized, "ValidationError"),
    ],
    ids=["poison", "unknown version", "undecodable", "oversized"],
)
def test_a_bad_message_dies_with_its_reason(bad: Bad, reason: str, attempt: Try):
    with attempt(f"a message that is {bad.__name__.replace('_', ' ')}") as trial:
        before = {each["id"] for each in letters(trial)}
        put(trial.stage, _QUEUE, bad(trial.lives.code))
        trial.until(lambda: len(letters(trial)) > len(before), "a dead letter")
        trial.more_lives(1)
        (letter,) = (each for each in letters(trial) if each["id"] not in before)
        assert reason in letter["error"]
        trial.lives.company.client.do(INVENTORY.operations["discard_dead_letter"], id=letter["id"])
        trial.outcome = f"a dead letter: {reason}"
        trial.has_recovered()


def letters(trial: Trial) -> list[Json]:
    """The dead letters no one has decided upon."""
    listed = INVENTORY.operations["list_dead_letters"]
    return list(trial.lives.company.client.rows(listed, state="dead"))


def test_a_message_larger_than_the_broker_takes_is_refused(attempt: Try):
    with attempt("a message larger than the broker takes") as trial:
        with pytest.raises(AMQPError):
            put(trial.stage, _QUEUE, b"x" * 140 * _MEGABYTE)
        trial.outcome = "refused by the broker"
        trial.has_recovered()


def test_an_event_no_queue_is_bound_for_waits(attempt: Try):
    with attempt("an event no queue is bound for") as trial:
        bind(trial, bound=False)
        trial.more_lives(3)
        waiting = unsent(trial)
        assert waiting > 0
        bind(trial, bound=True)
        trial.outcome = f"others go on; {waiting} facts kept, and told when it is bound"
        trial.has_recovered()
        trial.until(lambda: not unsent(trial), "all told")


def bind(trial: Trial, *, bound: bool) -> None:
    """Bind the stream of sales, all that listens for completed orders, or take its binding away."""
    with channel(trial.stage) as opened:
        change: Callable[..., Any] = opened.queue_bind if bound else opened.queue_unbind
        change("sales.stream", events_exchange("sales"), "#")


def unsent(trial: Trial) -> int:
    """How many completed orders of the company sales has not told yet."""
    with transaction(trial.stage, "sales") as statements:
        return int(str(one(statements, _UNSENT, order_completed.type, trial.lives.code)))

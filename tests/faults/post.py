"""Messages put on the broker by hand, past every service, and looks into its queues."""

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, date, datetime
from typing import Any
from uuid import uuid4

from amqp import Message

from shared.contracts.examples import example_of
from shared.contracts.operations import Event
from shared.runtime.cloudevents import CONTENT_TYPE, Envelope
from shared.runtime.context import Context
from shared.runtime.rabbit.link import Link, connect
from shared.runtime.rabbit.publisher import Letter, Publisher
from tests.faults.stage import Stage

_BATCH = 1000
_SECONDS = 60.0


def envelope(event: Event[Any], company: str, data: Mapping[str, object] | None = None) -> dict[str, object]:
    """A fact nobody told, as it would travel; by its contract's example where no data is given."""
    context = Context(
        company=company, currency="CNY", business_date=date(2026, 3, 2), actor="nobody", request_id="r", correlation="c"
    )
    id_ = str(uuid4())
    payload = example_of(event.payload) if data is None else dict(data)
    made = Envelope(id_, event.type, str(uuid4()), 1, id_, datetime.now(UTC), context, payload)
    body: dict[str, object] = json.loads(made.to_text())
    return body


@contextmanager
def channel(stage: Stage) -> Iterator[Any]:
    """A channel of the administrator's, in confirm mode."""
    with connect(stage.stack.installation.broker_admin_url, "test") as connection, connection.channel() as opened:
        opened.confirm_select()
        yield opened


def waiting(stage: Stage, queue: str) -> int:
    """How many messages of a queue wait, without those on hand of its consumer."""
    with channel(stage) as opened:
        return int(opened.queue_declare(queue, passive=True).message_count)


def purge(stage: Stage, queue: str) -> int:
    """Throw away what waits in a queue; how much it was."""
    with channel(stage) as opened:
        return int(opened.queue_purge(queue))


def put(stage: Stage, queue: str, body: bytes) -> None:
    """Put one message in a queue as it is; raises what the broker refuses it with."""
    with channel(stage) as opened:
        message = Message(body, content_type=CONTENT_TYPE, delivery_mode=2)
        opened.basic_publish_confirm(message, "", queue)


def flood(stage: Stage, queue: str, number: int, body: Callable[[int], str]) -> None:
    """Put many messages in a queue, as quick as the broker confirms them."""
    publisher = Publisher()
    link = Link(stage.stack.installation.broker_admin_url, "flood", [publisher])
    link.start()
    try:
        assert link.wait_ready(_SECONDS)
        for first in range(0, number, _BATCH):
            some = range(first, min(first + _BATCH, number))
            fates = publisher.send([_letter(queue, body(nth)) for nth in some], _SECONDS)
            assert set(fates) == {"confirmed"}, set(fates)
    finally:
        link.stop()


def _letter(queue: str, body: str) -> Letter:
    return Letter(id=str(uuid4()), exchange="", routing_key=queue, body=body, content_type=CONTENT_TYPE)

"""Figure: from an order's acceptance to its reservation, as a subscriber learns of it: idle, and at half load."""

import json
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from shared.contracts import inventory
from shared.runtime.rabbit.link import Link
from shared.runtime.rabbit.topology import events_exchange
from tests.benchmarks.accepted import CLIENTS, sustained_round
from tests.benchmarks.bench import Bench
from tests.benchmarks.callers import Unexpected
from tests.benchmarks.clients import Clients, Placed, come_to_rest, percentile
from tests.benchmarks.figures import Figure, Target
from tests.benchmarks.stack import SHIPMENT_PLANNED, Stack, until

NAME = "latency"
_IDLE_ORDERS = 150
_IDLE_PAUSE = 0.05
_CONNECTING_SECONDS = 10.0
_IDLE, _LOADED = Target(30, most=True), Target(150, most=True)


@dataclass
class Subscriber:
    """Another system with a queue of its own: when it heard that an order's stock is reserved."""

    heard: dict[str, float] = field(default_factory=dict)

    def opened(self, connection: Any) -> None:
        """Subscribe."""
        channel = connection.channel()
        queue = channel.queue_declare(exclusive=True).queue
        channel.queue_bind(queue, events_exchange("inventory"), inventory.stock_reserved.routing_key)
        channel.basic_consume(queue, no_ack=True, callback=self.on_message)

    def lost(self) -> None:
        """Nothing more is heard, and who waits for it says so."""

    def on_message(self, message: object) -> None:
        """Note the order, and now."""
        now = time.monotonic()
        self.heard[str(json.loads(getattr(message, "body"))["subject"])] = now  # noqa: B009 - amqp has no types

    def wait(self, count: int) -> None:
        """Until so many were heard of."""
        until(lambda: len(self.heard) >= count, f"{count} reservations")


@contextmanager
def subscribed(stack: Stack) -> Iterator[Subscriber]:
    """A subscriber to `stock_reserved`, while the context lasts."""
    subscriber = Subscriber()
    link = Link(stack.installation.broker_admin_url, "bench", [subscriber])
    link.start()
    try:
        if not link.wait_ready(_CONNECTING_SECONDS):
            raise Unexpected("the subscriber could not connect")
        yield subscriber
    finally:
        link.stop()


def figures(bench: Bench) -> Iterator[Figure]:
    """Measure."""
    with subscribed(bench.stack) as subscriber:
        idle = _idle(bench, subscriber)
        yield Figure("placed to reserved, idle, p50", percentile(idle, 0.5), "ms", None, _IDLE, "one order at a time")
        yield Figure("placed to reserved, idle, p99", percentile(idle, 0.99), "ms")
        half = sustained_round(bench, bench.given.seconds).rate / 2
        loaded = _loaded(bench, subscriber, half)
        note = f"at {half:.0f} orders/s, half of what is sustained"
        yield Figure("placed to reserved, half load, p50", percentile(loaded, 0.5), "ms", note=note)
        yield Figure("placed to reserved, half load, p99", percentile(loaded, 0.99), "ms", None, _LOADED)


def _idle(bench: Bench, subscriber: Subscriber) -> Sequence[float]:
    """One order after the other, each into a company at rest."""
    with Clients(bench.stack, 1, bench.seed(), orders=_IDLE_ORDERS) as clients:
        before = len(subscriber.heard)
        for number in range(1, _IDLE_ORDERS + 1):
            clients.allow(number)
            subscriber.wait(before + number)
            time.sleep(_IDLE_PAUSE)
        placed = clients.results()
    return _waits(placed, subscriber)


def _loaded(bench: Bench, subscriber: Subscriber, rate: float) -> Sequence[float]:
    before = len(subscriber.heard)
    with Clients(bench.stack, CLIENTS, bench.seed(), seconds=bench.given.seconds, rate=rate) as clients:
        clients.allow()
        placed = clients.results()
    come_to_rest(bench.stack, SHIPMENT_PLANNED)
    subscriber.wait(before + len(placed))
    return _waits(placed, subscriber)


def _waits(placed: Sequence[Placed], subscriber: Subscriber) -> Sequence[float]:
    """Milliseconds from the answer that accepted an order; 0 where the news was there first."""
    return [max(0.0, subscriber.heard[each.order] - each.answered) * 1000 for each in placed]

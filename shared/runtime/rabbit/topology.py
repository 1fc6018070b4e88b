"""What the broker holds for an installation: exchanges, queues and bindings, read off the services' registries.

Declared once at deployment, by the administrator; no running service declares or changes any of it.

    sales.events ──► inventory.on.sales.order_placed ──(broker gives up)──► inventory.dead
         │                 ▲
         └► sales.stream   └── inventory.retry ◄── inventory.retry.<ms> ◄── a delivery that is to come again later
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import timedelta

from amqp import Connection
from amqp.exceptions import PreconditionFailed

from shared.runtime.delivery import BACKOFF
from shared.runtime.rabbit.link import connect
from shared.runtime.registry import Service

RPC_EXCHANGE = "nameko-rpc"
DELIVERY_LIMIT = 50
"""How often the broker hands a message out again after a consumer died with it; RabbitMQ 4's own limit is 20."""
STREAM_AGE = "30D"
_QUORUM: Mapping[str, object] = {"x-queue-type": "quorum"}
_NOTHING_LOST: Mapping[str, object] = {
    **_QUORUM,
    "x-overflow": "reject-publish",
    "x-dead-letter-strategy": "at-least-once",
}
_STREAM: Mapping[str, object] = {
    "x-queue-type": "stream",
    "x-max-age": STREAM_AGE,
    "x-stream-max-segment-size-bytes": 50_000_000,
}


class TopologyMismatch(Exception):
    """The broker has something of that name with other properties; only an operator may decide to replace it."""


@dataclass(frozen=True)
class Exchange:
    """A durable exchange."""

    name: str
    type: str = "topic"


@dataclass(frozen=True)
class Queue:
    """A durable queue and the (exchange, routing key) pairs that feed it."""

    name: str
    arguments: Mapping[str, object] = field(default_factory=dict)
    bindings: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Topology:
    """Everything to declare."""

    exchanges: tuple[Exchange, ...]
    queues: tuple[Queue, ...]


def events_exchange(service: str) -> str:
    """The exchange a service publishes on."""
    return f"{service}.events"


def retry_queue(service: str, wait: timedelta) -> str:
    """The queue, and the exchange before it, where a delivery waits before it comes again."""
    return f"{service}.retry.{wait // timedelta(milliseconds=1)}"


def retry_exchange(service: str) -> str:
    """The exchange by which what has waited comes back to the queue it came from, and to none but the service's own."""
    return f"{service}.retry"


def dead_queue(service: str) -> str:
    """The queue, and the exchange before it, for what the broker itself gave up to deliver."""
    return f"{service}.dead"


def rpc_queue(service: str) -> str:
    """The queue of a service's calls, by nameko's name."""
    return f"rpc-{service}"


def topology_of(services: Iterable[Service]) -> Topology:
    """What these services need of the broker."""
    all_services = list(services)
    exchanges = dict.fromkeys(exchange for service in all_services for exchange in _exchanges(service))
    queues = tuple(queue for service in all_services for queue in _queues(service))
    return Topology((Exchange(RPC_EXCHANGE), *exchanges), queues)


def declare(url: str, topology: Topology) -> None:
    """Declare everything that is not there yet; raises TopologyMismatch naming all that is there, but different."""
    connection = connect(url, "topology")
    try:
        mismatches = [str(mismatch) for mismatch in _declared(connection, topology)]
    finally:
        connection.close()
    if mismatches:
        raise TopologyMismatch("; ".join(mismatches))


def _declared(connection: Connection, topology: Topology) -> Iterator[PreconditionFailed]:
    for exchange in topology.exchanges:
        try:
            with connection.channel() as channel:
                channel.exchange_declare(exchange.name, exchange.type, durable=True, auto_delete=False)
        except PreconditionFailed as mismatch:
            yield mismatch
    for queue in topology.queues:
        try:
            _declare_queue(connection, queue)
        except PreconditionFailed as mismatch:
            yield mismatch


def _declare_queue(connection: Connection, queue: Queue) -> None:
    with connection.channel() as channel:
        channel.queue_declare(queue.name, durable=True, auto_delete=False, arguments=dict(queue.arguments))
        for exchange, routing_key in queue.bindings:
            channel.queue_bind(queue.name, exchange, routing_key)


def _exchanges(service: Service) -> Iterator[Exchange]:
    yield Exchange(events_exchange(service.name))
    yield Exchange(dead_queue(service.name), "fanout")
    yield Exchange(retry_exchange(service.name), "direct")
    for wait in BACKOFF:
        yield Exchange(retry_queue(service.name, wait), "fanout")
    for subscription in service.subscriptions.values():
        yield Exchange(events_exchange(subscription.event.service))


def _queues(service: Service) -> Iterator[Queue]:
    name = service.name
    yield Queue(rpc_queue(name), {}, ((RPC_EXCHANGE, f"{name}.*"),))
    yield Queue(f"{name}.stream", _STREAM, ((events_exchange(name), "#"),))
    yield Queue(dead_queue(name), {**_QUORUM, "x-delivery-limit": 1_000_000}, ((dead_queue(name), ""),))
    for wait in BACKOFF:
        yield _waiting_room(retry_queue(name, wait), retry_exchange(name), wait)
    for subscription in service.subscriptions.values():
        event, queue = subscription.event, subscription.queue(name)
        yield Queue(
            queue,
            {**_NOTHING_LOST, "x-dead-letter-exchange": dead_queue(name), "x-delivery-limit": DELIVERY_LIMIT},
            ((events_exchange(event.service), event.routing_key), (retry_exchange(name), queue)),
        )


def _waiting_room(name: str, back: str, wait: timedelta) -> Queue:
    """A queue nobody reads: what has waited goes by the exchange `back` to the queue its routing key names.

    Never by the default exchange: that reaches any queue, and the broker asks no one's rights when it moves a message.
    """
    milliseconds = wait // timedelta(milliseconds=1)
    arguments = {**_NOTHING_LOST, "x-message-ttl": milliseconds, "x-dead-letter-exchange": back}
    return Queue(name, arguments, ((name, ""),))

"""Taking events from a service's queues: in batches, each in one transaction, acknowledged only after the commit.

Nothing here is lost by a crash: what is not acknowledged comes again, and the inbox makes a second coming harmless.
A fault is told apart first: while the database is away, messages are simply held, at no cost to their tries.
"""

import logging
import threading
from collections import deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from typing import Any
from uuid import uuid4

from amqp import Message
from sqlalchemy import text

from shared.runtime.cloudevents import CONTENT_TYPE
from shared.runtime.delivery import Delivery, Outcome, Receiver
from shared.runtime.rabbit.deliveries import Deliveries
from shared.runtime.rabbit.pace import Pace
from shared.runtime.rabbit.publisher import Letter, Publisher
from shared.runtime.rabbit.topology import dead_queue, retry_queue
from shared.storage.database import Database, is_outage, is_passing
from shared.telemetry.metrics import RETRIES

log = logging.getLogger(__name__)
BATCH = 64
PREFETCH = 64
"""Messages of one queue on hand at most."""
TRIES = "huotong-tries"
_CONFIRM_SECONDS = 5.0
_PAUSE_SECONDS = 1.0
_LOOK_AGAIN_SECONDS = 0.1
"""Longer than a transaction takes from looking for parked events to its commit."""
_WORKERS = 2


class GivenUp(Exception):
    """The broker gave a message up after too many deliveries to processes that died with it."""


@dataclass(frozen=True)
class Incoming:
    """A message on hand. One the broker does not wait for a word on comes from this service's own parked events."""

    delivery: Delivery
    queue: str = ""
    tag: int = 0
    deliveries: Deliveries | None = field(default=None, repr=False)
    given_up: str = ""


class Consumer:
    """Takes in the events of one service."""

    def __init__(self, receiver: Receiver, publisher: Publisher, pace: Pace) -> None:
        self._receiver, self._publisher, self._pace = receiver, publisher, pace
        self._service = receiver.service.name
        self._queues = [each.queue(self._service) for each in receiver.service.subscriptions.values()]
        self._on_hand: deque[Incoming] = deque()
        self._arrival = threading.Condition()
        self._stopping = threading.Event()
        self._deliveries: Deliveries | None = None
        self._threads: list[threading.Thread] = []

    # The link's part

    def opened(self, connection: Any) -> None:
        """Consume every queue of the service."""
        channel = connection.channel()
        channel.auto_decode = False
        deliveries = self._deliveries = Deliveries(channel)
        if self._stopping.is_set():
            return
        channel.basic_qos(0, PREFETCH, a_global=False)
        for queue in [*self._queues, dead_queue(self._service)]:
            channel.basic_consume(queue, f"{queue}:{uuid4()}", callback=partial(self._arrived, queue, deliveries))

    def lost(self) -> None:
        """Forget what is on hand from the lost connection: the broker gives it out again."""
        with self._arrival:
            if self._deliveries is not None:
                self._deliveries.lost()
            kept = [each for each in self._on_hand if each.deliveries is None]
            self._on_hand.clear()
            self._on_hand.extend(kept)

    def _arrived(self, queue: str, deliveries: Deliveries, message: Message) -> None:
        headers = message.properties.get("application_headers") or {}
        given_up = _reason(headers) if queue == dead_queue(self._service) else ""
        delivery = Delivery(_readable(message.body), _tries(headers), queue)
        deliveries.came(message.delivery_tag)
        self._hold([Incoming(delivery, queue, message.delivery_tag, deliveries, given_up)])

    def retake(self, texts: Iterable[str]) -> None:
        """Take parked events again."""
        self._hold([Incoming(Delivery(each)) for each in texts])

    def _hold(self, incoming: Sequence[Incoming]) -> None:
        if incoming:
            with self._arrival:
                self._on_hand.extend(incoming)
                self._arrival.notify()

    # Running

    def start(self) -> None:
        """Take events in in the background."""
        for number in range(_WORKERS):
            thread = threading.Thread(target=self._work, name=f"{self._service} events {number}", daemon=True)
            self._threads.append(thread)
            thread.start()

    def stop(self) -> None:
        """Finish what is under way; the rest stays with the broker."""
        self._stopping.set()
        with self._arrival:
            self._on_hand.clear()
            self._arrival.notify_all()
        for thread in self._threads:
            thread.join()

    def _work(self) -> None:
        while not self._stopping.is_set():
            with self._arrival:
                while not self._on_hand and not self._stopping.is_set():
                    self._arrival.wait()
            with self._pace.round(self._stopping):
                if batch := self._next():
                    self._safely(batch)
                if len(batch) == BATCH:
                    self._pace.left_more()

    def _next(self) -> list[Incoming]:
        """What is on hand now that it is time for a batch; nothing where the other worker was quicker."""
        with self._arrival:
            return [self._on_hand.popleft() for _ in range(min(BATCH, len(self._on_hand)))]

    def _safely(self, batch: list[Incoming]) -> None:
        """Whatever goes wrong on the way goes back to the broker, after a pause so that it does not spin."""
        try:
            self._take([each for each in batch if not each.given_up])
            for each in batch:
                if each.given_up:
                    self._bury(each)
        except Exception:
            log.exception("delivery failed; it comes again", extra={"service": self._service})
            self._stopping.wait(_PAUSE_SECONDS)
            for each in batch:
                self._requeue(each)

    # Taking in

    def _take(self, batch: list[Incoming]) -> None:
        """Take a batch in; where it fails as a whole, one by one."""
        try:
            outcomes = self._receiver.take([each.delivery for each in batch]) if batch else []
        except Exception as error:
            log.warning("batch failed, one by one", extra={"service": self._service, "fault": str(error)})
            for each in batch:
                self._take_apart(each)
        else:
            self._acknowledge(batch)
            self._look_again(batch, outcomes)

    def _take_apart(self, incoming: Incoming) -> None:
        """Take one in alone, holding it at no cost to its tries for as long as the database cannot."""
        while wait_for_database(self._receiver.database, self._stopping):
            try:
                (outcome,) = self._receiver.take([incoming.delivery])
            except Exception as error:
                if not is_outage(error):
                    self._settle(incoming, self._receiver.after_fault(incoming.delivery, error))
                    return
                log.warning("held", extra={"service": self._service, "fault": str(error)})
                self._stopping.wait(_PAUSE_SECONDS)
            else:
                self._settle(incoming, outcome)
                return

    def _settle(self, incoming: Incoming, outcome: Outcome | timedelta) -> None:
        if isinstance(outcome, timedelta):
            self._put_off(incoming, outcome)
        else:
            self._acknowledge([incoming])
            self._look_again([incoming], [outcome])

    def _look_again(self, batch: Sequence[Incoming], outcomes: Sequence[Outcome]) -> None:
        """Take what was parked just now once more in a moment, lest it wait for the next sweep.

        What it awaits may have come by a transaction that looked for parked events before this one was committed.
        """
        parked = [
            each.delivery.text
            for each, outcome in zip(batch, outcomes, strict=True)
            if outcome == "parked" and each.deliveries is not None
        ]
        if parked:
            timer = threading.Timer(_LOOK_AGAIN_SECONDS, self.retake, [parked])
            timer.daemon = True
            timer.start()

    def _put_off(self, incoming: Incoming, wait: timedelta) -> None:
        """Let it come again after a wait; it is acknowledged once the broker holds it there."""
        if incoming.deliveries is None:
            return
        RETRIES.labels(self._service).inc()
        letter = Letter(
            id=str(uuid4()),
            exchange=retry_queue(self._service, wait),
            routing_key=incoming.queue,
            body=incoming.delivery.text,
            content_type=CONTENT_TYPE,
            headers={TRIES: incoming.delivery.tries + 1},
        )
        if self._publisher.send([letter], _CONFIRM_SECONDS) == ["confirmed"]:
            self._acknowledge([incoming])
        else:
            self._stopping.wait(_PAUSE_SECONDS)
            self._requeue(incoming)

    def _bury(self, incoming: Incoming) -> None:
        self._receiver.bury(incoming.delivery, GivenUp(incoming.given_up))
        self._acknowledge([incoming])

    def _acknowledge(self, batch: Sequence[Incoming]) -> None:
        """Tell the broker they are done with, those of one channel by as few words as it takes."""
        tags: dict[Deliveries, list[int]] = {}
        for each in batch:
            if each.deliveries is not None:
                tags.setdefault(each.deliveries, []).append(each.tag)
        for deliveries, done in tags.items():
            deliveries.acknowledge(done)

    def _requeue(self, incoming: Incoming) -> None:
        if incoming.deliveries is not None:
            incoming.deliveries.give_back(incoming.tag)


def wait_for_database(database: Database, stopping: threading.Event) -> bool:
    """Wait as long as it takes for the database to answer; False when told to stop meanwhile."""
    pause = 0.05
    while not stopping.is_set():
        try:
            with database.snapshot() as session:
                session.execute(text("SELECT 1"))
        except Exception as error:
            if not is_passing(error):
                raise
            stopping.wait(pause)
            pause = min(pause * 2, _PAUSE_SECONDS)
        else:
            return True
    return False


def _readable(body: bytes | str) -> str:
    """A body as text that any database can keep; one that was not UTF-8 is no CloudEvent and dies as that."""
    decoded = body if isinstance(body, str) else body.decode("utf-8", "backslashreplace")
    return decoded.replace("\0", "\\0")


def _tries(headers: dict[str, Any]) -> int:
    tries = headers.get(TRIES, 0)
    return tries if isinstance(tries, int) else 0


def _reason(headers: dict[str, Any]) -> str:
    deaths = headers.get("x-death") or [{}]
    return f"the broker gave it up: {deaths[0].get('reason', 'unknown')} in {deaths[0].get('queue', 'unknown')}"

"""What a process does every few seconds.

It takes parked events again, and the measures operators look at, and has the database look at what has grown.
"""

import contextlib
import logging
import threading
from collections.abc import Callable, Iterable
from datetime import timedelta

from sqlalchemy import text

from shared.runtime.delivery import Receiver
from shared.runtime.measures import measure
from shared.runtime.rabbit.link import BROKER_ERRORS, connect
from shared.runtime.rabbit.topology import dead_queue, rpc_queue
from shared.runtime.registry import Service
from shared.storage.database import Database
from shared.storage.growth import look_at_what_grew
from shared.telemetry.metrics import QUEUE_DEPTH

log = logging.getLogger(__name__)
EVERY = timedelta(seconds=5)


class Housekeeping:
    """Sweeps and measures one service's database."""

    def __init__(self, receiver: Receiver, retake: Callable[[Iterable[str]], None], broker_url: str) -> None:
        self._receiver, self._retake, self._broker_url = receiver, retake, broker_url
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="housekeeping", daemon=True)
        self.database_ready = False

    def start(self) -> None:
        """Run in the background."""
        self._thread.start()

    def stop(self) -> None:
        """Run no more."""
        self._stopping.set()
        self._thread.join()

    def _run(self) -> None:
        while not self._stopping.is_set():
            try:
                self._round()
                self.database_ready = True
            except Exception as error:
                self.database_ready = False
                log.warning("housekeeping put off", extra={"fault": str(error)})
            if self.database_ready:
                self._look_at_what_grew()
            with contextlib.suppress(*BROKER_ERRORS):
                measure_queues(self._broker_url, self._receiver.service)
            self._stopping.wait(EVERY.total_seconds() if self.database_ready else 1)

    def _look_at_what_grew(self) -> None:
        """Nothing depends on it."""
        try:
            look_at_what_grew(self._receiver.database)
        except Exception as error:
            log.warning("tables not looked at", extra={"fault": str(error)})

    def _round(self) -> None:
        before = self._receiver.clock.now() - EVERY
        self._retake(delivery.text for delivery in self._receiver.waiting(before))
        measure(self._receiver.service.name, self._receiver.database, self._receiver.clock.now())


def measure_queues(url: str, service: Service) -> None:
    """Set the gauges of a service's queues."""
    queues = [rpc_queue(service.name), dead_queue(service.name)]
    queues += [subscription.queue(service.name) for subscription in service.subscriptions.values()]
    with contextlib.closing(connect(url, f"{service.name} measures")) as connection:
        channel = connection.channel()
        for queue in queues:
            QUEUE_DEPTH.labels(queue).set(channel.queue_declare(queue, passive=True).message_count)


def check_database(database: Database) -> None:
    """Raise what keeps the service from its tables."""
    with database.snapshot() as session:
        session.execute(text("SELECT 1 FROM outbox LIMIT 1"))

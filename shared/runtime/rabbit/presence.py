"""Watching which services have a process that takes calls, so that readiness is told without asking the broker."""

import contextlib
import logging
import threading
import time
from collections.abc import Iterable
from typing import Any

from amqp.exceptions import NotFound

from shared.runtime.rabbit.link import BROKER_ERRORS, connect
from shared.runtime.rabbit.topology import rpc_queue

log = logging.getLogger(__name__)
_EVERY_SECONDS = 1.0
_MISSED_SECONDS = 5.0
"""So long a service may be away before its calls are refused at once; until then they wait for it to come back."""


class Presence:
    """Looks every second whether each service's calls have a consumer."""

    def __init__(self, url: str, services: Iterable[str]) -> None:
        self._url, self._services = url, list(services)
        self._seen: dict[str, float] = {}
        self._since = self._looked = 0.0
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="presence", daemon=True)

    def start(self) -> None:
        """Look in the background."""
        self._thread.start()

    def stop(self) -> None:
        """Look no more."""
        self._stopping.set()
        self._thread.join()

    def states(self) -> dict[str, str]:
        """Per service `ready`, or that it is not running as far as is known."""
        recent = time.monotonic() - 3 * _EVERY_SECONDS
        return {
            service: "ready" if self._seen.get(service, 0.0) > recent else "not running" for service in self._services
        }

    def missing(self, service: str) -> bool:
        """Whether a service is known to be away for good; not after a look that failed."""
        if service not in self._services or time.monotonic() - self._looked > 3 * _EVERY_SECONDS:
            return False
        return self._looked - max(self._since, self._seen.get(service, 0.0)) > _MISSED_SECONDS

    def _run(self) -> None:
        while not self._stopping.is_set():
            try:
                self._look()
            except BROKER_ERRORS as error:
                log.warning("cannot look who is there", extra={"fault": f"{type(error).__name__}: {error}"})
            self._stopping.wait(_EVERY_SECONDS)

    def _look(self) -> None:
        connection = connect(self._url, "presence")
        try:
            self._watch(connection)
        finally:
            with contextlib.suppress(*BROKER_ERRORS):
                connection.close()

    def _watch(self, connection: Any) -> None:
        self._since = time.monotonic()
        while not self._stopping.is_set():
            for service in self._services:
                if _has_consumer(connection, service):
                    self._seen[service] = time.monotonic()
            self._looked = time.monotonic()
            self._stopping.wait(_EVERY_SECONDS)


def _has_consumer(connection: Any, service: str) -> bool:
    try:
        with connection.channel() as channel:
            return bool(channel.queue_declare(rpc_queue(service), passive=True).consumer_count)
    except NotFound:
        return False

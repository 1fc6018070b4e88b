"""One lasting connection to the broker: a thread of its own reads it, any other may write to it.

py-amqp is safe for one reader and several writers as long as only the reader waits for answers. So each part of a
link opens its channels and consumers in `opened`, which the reading thread calls after every (re)connection.
"""

import contextlib
import logging
import random
import socket
import threading
from collections.abc import Sequence
from typing import Any, Protocol

from amqp import spec
from amqp.exceptions import AMQPError
from kombu.utils.url import parse_url

from shared.runtime.rabbit.connection import Connection

log = logging.getLogger(__name__)
BROKER_ERRORS = (AMQPError, OSError)
CONNECT_SECONDS = 5
HEARTBEAT_SECONDS = 10
_TICK_SECONDS = 2
_STUCK_SECONDS = 15
_LONGEST_PAUSE = 2.0
_CLOSING_SECONDS = 3


class Part(Protocol):
    """What lives on a link."""

    def opened(self, connection: Any) -> None:
        """Open channels and consumers; runs in the reading thread, so it may wait for answers."""

    def lost(self) -> None:
        """Forget the channels: the connection is gone."""


def connect(url: str, purpose: str) -> Connection:
    """An open connection; the caller closes it. Publishing on it never reads, whatever py-amqp would like."""
    at = parse_url(url)
    connection = Connection(
        host=f"{at['hostname']}:{at['port'] or 5672}",
        userid=at["userid"] or "guest",
        password=at["password"] or "guest",
        virtual_host=at["virtual_host"] or "/",
        # Only a host that is named is held against the certificate.
        ssl={"server_hostname": at["hostname"]} if at["transport"] == "amqps" else False,
        connect_timeout=CONNECT_SECONDS,
        heartbeat=HEARTBEAT_SECONDS,
        client_properties={"connection_name": f"huotong {purpose}"},
        socket_settings={socket.TCP_NODELAY: 1, socket.TCP_USER_TIMEOUT: _STUCK_SECONDS * 1000},
    )
    connection.connect()
    connection.client_properties["capabilities"].pop("connection.blocked", None)
    # One timeout for good: py-amqp sets and resets it around each read, which a writer beside it would feel.
    connection.sock.settimeout(_STUCK_SECONDS)
    return connection


class Link:
    """Keeps a connection open and its parts alive on it, until it is stopped."""

    def __init__(self, url: str, purpose: str, parts: Sequence[Part]) -> None:
        self.purpose, self._url, self._parts = purpose, url, parts
        self.blocked = False
        self._connected, self._stopping = threading.Event(), threading.Event()
        self._connection: Any = None
        self._threads = [
            threading.Thread(target=target, name=f"{purpose} {target.__name__}", daemon=True)
            for target in (self._run, self._beat)
        ]

    @property
    def ready(self) -> bool:
        """Whether the connection stands and its parts are set up."""
        return self._connected.is_set()

    def wait_ready(self, seconds: float) -> bool:
        """Wait until it is ready, at most so long; whether it is."""
        return self._connected.wait(seconds)

    def start(self) -> None:
        """Connect in the background, and again whenever the connection is lost."""
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        """Close the connection, politely if the broker listens."""
        self._stopping.set()
        if (connection := self._connection) is not None:
            with contextlib.suppress(*BROKER_ERRORS, AttributeError):
                connection.send_method(spec.Connection.Close, "BsBB", (0, "", 0, 0))
        self._threads[0].join(_CLOSING_SECONDS)
        self.reset()

    def reset(self) -> None:
        """Give the connection up, because it does not do what it should; a new one is opened."""
        if (connection := self._connection) is not None:
            with contextlib.suppress(OSError, AttributeError):
                connection.sock.shutdown(socket.SHUT_RDWR)

    def _run(self) -> None:
        pause = 0.05
        while not self._stopping.is_set():
            try:
                self._serve()
            except BROKER_ERRORS as error:
                if not self._stopping.is_set():
                    log.warning(
                        "broker lost", extra={"link": self.purpose, "fault": f"{type(error).__name__}: {error}"}
                    )
            except Exception:
                log.exception("link broken", extra={"link": self.purpose})
            pause = 0.05 if self.ready else min(pause * 2, _LONGEST_PAUSE)
            self._drop()
            self._stopping.wait(pause * random.uniform(0.5, 1))

    def _serve(self) -> None:
        connection = self._connection = connect(self._url, self.purpose)
        connection.on_blocked, connection.on_unblocked = self._on_blocked, self._on_unblocked
        for part in self._parts:
            part.opened(connection)
        self._connected.set()
        while connection.connected:
            with contextlib.suppress(TimeoutError):
                connection.drain_events()

    def _drop(self) -> None:
        self._connected.clear()
        connection, self._connection, self.blocked = self._connection, None, False
        for part in self._parts:
            part.lost()
        if connection is not None:
            with contextlib.suppress(*BROKER_ERRORS, AttributeError, TypeError):
                connection.collect()

    def _beat(self) -> None:
        """Send heartbeats, and notice when the broker sends none."""
        while not self._stopping.wait(_TICK_SECONDS):
            if self.ready and (connection := self._connection) is not None:
                try:
                    connection.heartbeat_tick()
                except BROKER_ERRORS:
                    self.reset()

    def _on_blocked(self, reason: str) -> None:
        self.blocked = True
        log.warning("broker takes no messages for now", extra={"link": self.purpose, "reason": reason})

    def _on_unblocked(self) -> None:
        self.blocked = False
        log.info("broker takes messages again", extra={"link": self.purpose})

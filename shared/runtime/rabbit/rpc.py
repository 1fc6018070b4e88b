"""Calling services: the gateway's end of nameko's RPC, one connection for all calls of a process.

A call carries its time limit as its expiration, so that one nobody waits for any more is never started.
"""

import logging
import threading
from collections.abc import Iterable
from typing import Any, Literal
from uuid import uuid4

from amqp import Message

from shared.kernel.jsontext import json_bytes, json_value
from shared.runtime.port import Call, Problem, Reply
from shared.runtime.rabbit.link import BROKER_ERRORS, Link
from shared.runtime.rabbit.presence import Presence
from shared.runtime.rabbit.topology import RPC_EXCHANGE

log = logging.getLogger(__name__)
TIMEOUT_SECONDS = 10.0
REPLY_QUEUE_LIFE_MS = 300_000
_BRIEF_SECONDS = 1.0
_TRANSIENT = 1
_NoAnswer = Literal["silent", "returned", "unsent"]


class RabbitPort:
    """The port over RabbitMQ; safe for any number of threads, green or real."""

    def __init__(
        self, url: str, services: Iterable[str], *, timeout: float = TIMEOUT_SECONDS, caller: str = "gateway"
    ) -> None:
        self._timeout = timeout
        self._calls = _Calls(caller)
        self._presence = Presence(url, services)
        self._link = Link(url, f"{caller} calls", [self._calls])

    def start(self) -> None:
        """Connect in the background."""
        self._link.start()
        self._presence.start()

    def stop(self) -> None:
        """Close the connections; calls under way end as timed out."""
        self._presence.stop()
        self._link.stop()

    def wait_ready(self, seconds: float) -> bool:
        """Wait for the broker, at most so long; whether it is there."""
        return self._link.wait_ready(seconds)

    def call(self, service: str, call: Call) -> Reply:
        """Carry out `call` at `service`; what the transport does not manage is a Problem of status 503 or 504."""
        if not self._link.wait_ready(_BRIEF_SECONDS) or self._link.blocked:
            return _unavailable("the broker cannot be reached")
        if self._presence.missing(service):
            return _unavailable(f"{service} is not running")
        answer = self._calls.ask(service, call, self._timeout)
        if answer == "unsent":
            return _unavailable("the broker cannot be reached")
        if answer == "returned":
            return _unavailable(f"there is no service {service}")
        if answer == "silent":
            detail = f"{service} did not answer in {self._timeout:g} s; ask again with the same Idempotency-Key"
            return Reply(problem=Problem(code="timeout", status=504, detail=detail))
        return _reply(answer)

    def readiness(self) -> dict[str, str]:
        """The broker, and every service with a process that takes calls."""
        broker = "unreachable" if not self._link.ready else "takes no messages" if self._link.blocked else "ready"
        return {"broker": broker, **self._presence.states()}


class _Asked:
    """A call under way, and what came of it."""

    def __init__(self) -> None:
        self.done = threading.Event()
        self.answer: bytes | _NoAnswer = "silent"


class _Calls:
    """A link's part: the channel calls go out on and the queue their answers come to."""

    def __init__(self, caller: str) -> None:
        self._key = str(uuid4())
        self._queue = f"rpc.reply-{caller}-{self._key}"
        self._channel: Any = None
        self._asked: dict[str, _Asked] = {}

    def opened(self, connection: Any) -> None:
        """Declare the reply queue (which outlives a short loss of the connection) and listen."""
        channel = connection.channel()
        channel.auto_decode = False
        arguments = {"x-expires": REPLY_QUEUE_LIFE_MS, "x-queue-type": "classic"}
        channel.queue_declare(self._queue, durable=True, auto_delete=False, arguments=arguments)
        channel.queue_bind(self._queue, RPC_EXCHANGE, self._key)
        channel.events["basic_return"].add(self._on_return)
        channel.basic_consume(self._queue, no_ack=True, callback=self._on_answer)
        self._channel = channel

    def lost(self) -> None:
        """Keep waiting: the answers of calls already made come to the same queue."""
        self._channel = None

    def ask(self, service: str, call: Call, seconds: float) -> bytes | _NoAnswer:
        """Send a call off and wait for its answer, at most so long."""
        correlation = str(uuid4())
        asked = self._asked[correlation] = _Asked()
        try:
            self._send(f"{service}.{call.operation}", self._message(call, correlation, seconds))
            asked.done.wait(seconds)
        except BROKER_ERRORS:
            return "unsent"
        finally:
            self._asked.pop(correlation, None)
        return asked.answer

    def _send(self, routing_key: str, message: Message) -> None:
        if (channel := self._channel) is None:
            raise ConnectionError("not connected")
        channel.basic_publish(message, RPC_EXCHANGE, routing_key, mandatory=True)

    def _message(self, call: Call, correlation: str, seconds: float) -> Message:
        body = json_bytes({"args": [call.to_json()], "kwargs": {}})
        return Message(
            body,
            content_type="application/json",
            content_encoding="utf-8",
            delivery_mode=_TRANSIENT,
            correlation_id=correlation,
            reply_to=self._key,
            expiration=str(int(seconds * 1000)),
        )

    def _on_answer(self, message: Message) -> None:
        self._settle(message, message.body)

    def _on_return(self, _error: Exception, _exchange: str, _routing_key: str, message: Message) -> None:
        self._settle(message, "returned")

    def _settle(self, message: Message, answer: bytes | _NoAnswer) -> None:
        asked = self._asked.get(message.properties.get("correlation_id", ""))
        if asked:
            asked.answer = answer
            asked.done.set()


def _unavailable(detail: str) -> Reply:
    return Reply(problem=Problem(code="unavailable", status=503, detail=detail))


def _reply(body: bytes) -> Reply:
    """The reply in nameko's answer; an error there means that it never came to the operation."""
    answer = json_value(body)
    if answer["error"] is None:
        return Reply.from_json(answer["result"])
    log.error("a call failed at its service", extra={"error": answer["error"]})
    if answer["error"].get("exc_type") == "MethodNotFound":
        return Reply(problem=Problem(code="not_found", status=404, detail="the service has no such operation"))
    return Reply(problem=Problem(code="internal_error", status=500, detail="an error inside Huotong; it is logged"))

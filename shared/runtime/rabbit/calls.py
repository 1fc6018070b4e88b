"""Answering calls: the receiving end of nameko's RPC, so that `nameko shell` may call too.

A call is acknowledged when it starts, not when it ends. One whose process died under it is so never started a second
time behind its caller's back; the caller gets no answer in time, and asks again with the same key.
"""

import contextlib
import logging
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any
from uuid import uuid4

from amqp import Message
from nameko.exceptions import MalformedRequest, MethodNotFound, serialize

from shared.kernel.jsontext import json_bytes, json_value
from shared.runtime.port import Json
from shared.runtime.rabbit.connection import sent_together
from shared.runtime.rabbit.crowd import Crowd
from shared.runtime.rabbit.link import BROKER_ERRORS
from shared.runtime.rabbit.topology import RPC_EXCHANGE, rpc_queue

log = logging.getLogger(__name__)
PREFETCH = 32
"""Calls on hand at most, started or not yet acknowledged; so also the most that go together."""
_ANSWER_SECONDS = 5.0
_TRANSIENT = 1


@dataclass(frozen=True)
class Request:
    """A call as it arrived: the method, nameko's args and kwargs, and where the answer goes."""

    method: str
    args: list[Any]
    kwargs: Json
    reply_to: str
    correlation: str
    redelivered: bool

    @property
    def call(self) -> Any:
        """The one argument that Huotong's methods take, or None."""
        return self.args[0] if len(self.args) == 1 and not self.kwargs else None


@dataclass(frozen=True)
class _Waiting:
    message: Message
    arrived: float

    @property
    def method(self) -> str:
        """The name of what it calls."""
        return str(self.message.delivery_info["routing_key"].rpartition(".")[2])


@dataclass
class Method:
    """What carries out calls of one operation: a function that returns once they have a worker.

    Calls that go `together` are given to it all at once as far as they wait, while no others of them are under way;
    otherwise each goes by itself, however many are under way.

    `busy`: with how many that went together.
    """

    take: Callable[[Sequence[Request]], None]
    together: bool = False
    busy: int = 0


class Answers:
    """The channel answers go out on."""

    def __init__(self) -> None:
        self._channel: Any = None
        self._there = threading.Event()

    def opened(self, connection: Any) -> None:
        """Open the channel."""
        self._channel = connection.channel()
        self._there.set()

    def lost(self) -> None:
        """Have answers wait for the next connection."""
        self._there.clear()
        self._channel = None

    @contextmanager
    def together(self) -> Iterator[None]:
        """Let the answers sent within leave together."""
        with sent_together(self._channel):
            yield

    def send(self, request: Request, result: Any, error: Json | None = None) -> None:
        """Answer; an answer that cannot go out is given up, as its caller soon will be."""
        body = json_bytes({"result": result, "error": error})
        message = Message(
            body,
            content_type="application/json",
            content_encoding="utf-8",
            delivery_mode=_TRANSIENT,
            correlation_id=request.correlation,
        )
        if self._there.wait(_ANSWER_SECONDS) and (channel := self._channel) is not None:
            with contextlib.suppress(*BROKER_ERRORS):
                channel.basic_publish(message, RPC_EXCHANGE, request.reply_to)


class CallServer:
    """Hands the calls of one service to its methods."""

    def __init__(self, service: str, answers: Answers, crowd: Crowd) -> None:
        self._queue, self._answers, self._crowd = rpc_queue(service), answers, crowd
        self.methods: dict[str, Method] = {}
        self._waiting: deque[_Waiting] = deque()
        self._arrival = threading.Condition()
        self._stopping = threading.Event()
        self._channel: Any = None
        self._thread = threading.Thread(target=self._run, name=f"{service} calls", daemon=True)

    def opened(self, connection: Any) -> None:
        """Consume the calls."""
        channel = connection.channel()
        channel.auto_decode = False
        self._channel = channel
        if not self._stopping.is_set():
            channel.basic_qos(0, PREFETCH, a_global=False)
            channel.basic_consume(self._queue, f"{self._queue}:{uuid4()}", callback=self._arrived)

    def lost(self) -> None:
        """Forget calls that have not started: the broker gives them out again."""
        with self._arrival:
            self._channel = None
            self._waiting.clear()

    def start(self) -> None:
        """Take calls on in the background."""
        self._thread.start()

    def stop(self) -> None:
        """Take no more calls; those that have not started go to another process."""
        self._stopping.set()
        with self._arrival:
            channel, self._channel = self._channel, None
            waiting = list(self._waiting)
            self._waiting.clear()
            self._arrival.notify_all()
        with contextlib.suppress(*BROKER_ERRORS, AttributeError):
            for tag in list(channel.callbacks):
                channel.basic_cancel(tag, nowait=True)
            for each in waiting:
                channel.basic_reject(each.message.delivery_tag, requeue=True)
        self._thread.join()

    def _arrived(self, message: Message) -> None:
        if self._stopping.is_set():
            message.channel.basic_reject(message.delivery_tag, requeue=True)
            return
        with self._arrival:
            self._waiting.append(_Waiting(message, time.monotonic()))
            self._arrival.notify()

    def ended(self, method: str) -> None:
        """Calls that went together are answered: the next ones of this method may start."""
        with self._arrival:
            if under_way := self.methods.get(method):
                self._crowd.answered(under_way.busy)
                under_way.busy = 0
            self._arrival.notify()

    def _run(self) -> None:
        while not self._stopping.is_set():
            with self._arrival:
                while not (next_ := self._next()) and not self._stopping.is_set():
                    self._arrival.wait()
            if next_:
                try:
                    self._begin(next_)
                except Exception:
                    log.exception("calls could not be started", extra={"queue": self._queue})
                    self.ended(next_[0].method)

    def _next(self) -> list[_Waiting]:
        """The first call that may start, and those that go together with it; none of them waits any more."""
        for first in self._waiting:
            method = self.methods.get(first.method)
            if method is None or not method.together:
                self._waiting.remove(first)
                return [first]
            if not method.busy:
                taken = [each for each in self._waiting if each.method == first.method]
                self._waiting = deque(each for each in self._waiting if each.method != first.method)
                method.busy = len(taken)
                self._crowd.came(method.busy)
                return taken
        return []

    def _begin(self, waiting: Sequence[_Waiting]) -> None:
        """Start them, as far as they can be."""
        name = waiting[0].method
        method = self.methods.get(name)
        with sent_together(waiting[0].message.channel):
            requests = [request for each in waiting if (request := self._acknowledged(each))]
        if method is None:
            for request in requests:
                self._answers.send(request, None, serialize(MethodNotFound(name)))
        elif requests:
            method.take(requests)
        elif method.together:
            self.ended(name)

    def _acknowledged(self, waiting: _Waiting) -> Request | None:
        """Acknowledge, unless the connection it came by is gone (then it comes again); None where it is too late."""
        message = waiting.message
        if message.channel is not self._channel:
            return None
        try:
            message.channel.basic_ack(message.delivery_tag)
        except BROKER_ERRORS:
            return None
        if _expired(waiting):
            log.info("a call had expired", extra={"queue": self._queue})
            return None
        try:
            return _request(message)
        except MalformedRequest as error:
            self._answers.send(_unread(message), None, serialize(error))
            return None


def _expired(waiting: _Waiting) -> bool:
    """Whether it waited in this process longer than it may live; the broker sees to the time before."""
    lifetime = waiting.message.properties.get("expiration")
    return lifetime is not None and (time.monotonic() - waiting.arrived) * 1000 >= float(lifetime)


def _request(message: Message) -> Request:
    """Read a call; raises MalformedRequest."""
    try:
        body = json_value(message.body)
        args, kwargs = body["args"], body["kwargs"]
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise MalformedRequest("Message missing `args` or `kwargs`") from error
    if not isinstance(args, list) or not isinstance(kwargs, dict):
        raise MalformedRequest("`args` is no list or `kwargs` no object")
    return replace(_unread(message), args=args, kwargs=kwargs)


def _unread(message: Message) -> Request:
    return Request(
        method=str(message.delivery_info["routing_key"].rpartition(".")[2]),
        args=[],
        kwargs={},
        reply_to=message.properties.get("reply_to", ""),
        correlation=message.properties.get("correlation_id", ""),
        redelivered=bool(message.delivery_info["redelivered"]),
    )

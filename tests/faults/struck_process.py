"""The process of a service or the gateway as it is, but for the points at which a test may have it struck.

Only wrappers around the real code are here: what a process does between two points is what it does anywhere.
"""

import shared.runtime.rabbit.green  # noqa: F401 # isort: skip - patches before anything else is loaded
import os
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import Path
from typing import Any

from services.commands.green_process import serve
from shared.runtime import outbox
from shared.runtime.delivery import Delivery, Outcome, Receiver
from shared.runtime.dispatch import Dispatcher
from shared.runtime.port import Call, Reply
from shared.runtime.rabbit.rpc import RabbitPort
from shared.storage.database import Database
from shared.storage.session import Session
from tests.faults.striking import FOLDER, Point, Struck

_doing: ContextVar[str] = ContextVar("doing", default="")
_COMMITS = {
    "command": (Point.COMMAND_BEFORE_COMMIT, Point.COMMAND_AFTER_COMMIT),
    "event": (Point.EVENT_BEFORE_COMMIT, Point.EVENT_AFTER_COMMIT),
}


def main(name: str) -> int:
    """Serve until told to stop, or struck."""
    struck = Struck(Path(os.environ[FOLDER]), name)
    for method in ("call", "call_together"):
        _say_what_is_done(Dispatcher, method, "command")
    _say_what_is_done(Receiver, "take", "event")
    _take_longer(struck)
    _strike_at_commits(struck)
    _strike_between_publish_and_mark(struck)
    _strike_before_the_client_is_answered(struck)
    return serve(name)


def _say_what_is_done(owner: type, method: str, what: str) -> None:
    plain = getattr(owner, method)

    def saying(self: object, *given: Any) -> Any:
        before = _doing.set(what)
        try:
            return plain(self, *given)
        finally:
            _doing.reset(before)

    setattr(owner, method, saying)


def _take_longer(struck: Struck) -> None:
    plain = Receiver.take

    def take(self: Receiver, deliveries: Sequence[Delivery]) -> list[Outcome]:
        began = time.perf_counter()
        outcomes = plain(self, deliveries)
        took = time.perf_counter() - began
        while time.perf_counter() - began < struck.factor() * took:
            time.sleep(took)
        return outcomes

    Receiver.take = take  # type: ignore[method-assign]


def _strike_at_commits(struck: Struck) -> None:
    plain = Database.transaction

    @contextmanager
    def transaction(self: Database, *claims: str) -> Iterator[Session]:
        points = _COMMITS.get(_doing.get())
        with plain(self, *claims) as session:
            yield session
            if points:
                struck.passes(points[0])
        if points:
            struck.passes(points[1])

    Database.transaction = transaction  # type: ignore[method-assign]


def _strike_between_publish_and_mark(struck: Struck) -> None:
    plain = outbox.mark_sent

    def mark_sent(session: Session, ids: Sequence[str]) -> None:
        struck.passes(Point.PUBLISHED)
        plain(session, ids)

    outbox.mark_sent = mark_sent


def _strike_before_the_client_is_answered(struck: Struck) -> None:
    plain = RabbitPort.call

    def answered(self: RabbitPort, service: str, call: Call) -> Reply:
        answer = plain(self, service, call)
        struck.passes(Point.ANSWERED)
        return answer

    RabbitPort.call = answered  # type: ignore[method-assign]

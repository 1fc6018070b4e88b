"""The embedded runtime in two processes: the main one, which is asked, and its annex, which keeps some of the services.

Python runs on one core at a time; so two are at work. Each process delivers to its own services, and what concerns the
other's goes through a pipe in the order it was said: facts, that they were taken in, calls and their replies. The
pipe is as reliable as the processes: where one ends the other does too, and what was not taken in is in an outbox.
"""

import logging
import threading
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from multiprocessing.connection import Connection
from queue import Empty, SimpleQueue
from typing import Any

from shared.runtime.embedded import BATCH, EmbeddedRuntime, Origin
from shared.runtime.port import Call, Problem, Reply

log = logging.getLogger(__name__)
_GONE = "the other process of the company has ended"


class Gone(Exception):
    """The other process has ended."""


@dataclass(frozen=True)
class _Facts:
    """Facts for services of the other process, and its own that were taken in here."""

    told: list[tuple[list[str], str, Origin]]
    taken: list[Origin]


@dataclass(frozen=True)
class _Asked:
    """A call of a service of the annex."""

    service: str
    call: Call


@dataclass(frozen=True)
class _Rest:
    """Asks the annex to say when nothing is due there."""


@dataclass(frozen=True)
class _AtRest:
    """Nothing is due in the annex, which has so far heard and said so many facts messages."""

    heard: int
    said: int
    quiet: bool


@dataclass(frozen=True)
class _End:
    """Asks the annex to end."""


class Wire:
    """One end of the pipe. Its own thread reads, so that two who write at once do not wait for each other."""

    def __init__(self, connection: "Connection[Any, Any]") -> None:
        self._connection = connection
        self._changing, self._writing = threading.Lock(), threading.Lock()
        self._told: list[tuple[list[str], str, Origin]] = []
        self._taken: list[Origin] = []
        self._came: SimpleQueue[Any] = SimpleQueue()
        self.said = self.heard = 0
        threading.Thread(target=self._read, name="annex wire", daemon=True).start()

    def post(self, names: list[str], text: str, origin: Origin) -> None:
        """Have a fact delivered over there."""
        with self._changing:
            self._told.append((names, text, origin))

    def taken(self, origin: Origin) -> None:
        """Say that a fact from over there was taken in."""
        with self._changing:
            self._taken.append(origin)

    def flush(self) -> None:
        """Send off what was said. Where the other process has ended, the next to listen learns of it.

        What was committed here stands all the same, and is told again from its outbox after the next start.
        """
        with self._writing:
            with self._changing:
                facts = _Facts(self._told, self._taken)
                self._told, self._taken = [], []
            if facts.told or facts.taken:
                self.said += 1
                with suppress(Gone):
                    self._write(facts)

    def say(self, message: object) -> None:
        """Send a message. Raises Gone."""
        with self._writing:
            self._write(message)

    def end(self) -> None:
        """Ask the annex to end, if it has not."""
        with suppress(Gone):
            self.say(_End())

    def hear(self, *, wait: bool = True) -> Any:
        """The next message; None where there is none and it is not waited for. Raises Gone."""
        try:
            message = self._came.get(block=wait)
        except Empty:
            return None
        if isinstance(message, Gone):
            self._came.put(message)
            raise message
        self.heard += isinstance(message, _Facts)
        return message

    def _write(self, message: object) -> None:
        try:
            self._connection.send(message)
        except OSError as error:
            raise Gone(_GONE) from error

    def _read(self) -> None:
        """Put what comes where it is waited for; whatever ends that is the end for who waits too."""
        try:
            with suppress(EOFError, OSError):
                while True:
                    self._came.put(self._connection.recv())
        finally:
            self._came.put(Gone(_GONE))


class Annexed:
    """The whole company as the main process has it: a port to all services, which come to rest together."""

    def __init__(self, runtime: EmbeddedRuntime, wire: Wire, annex: Iterable[str]) -> None:
        """`annex`: the names of the services it keeps."""
        self._runtime, self._wire, self._annex = runtime, wire, frozenset(annex)
        self._asking = threading.Lock()
        self._replies: SimpleQueue[Reply] = SimpleQueue()
        self._at_rest: _AtRest | None = None

    def call(self, service: str, call: Call) -> Reply:
        """Carry out a command or query, wherever its service is; one that is gone with the annex is an error."""
        if service not in self._annex:
            return self._runtime.call(service, call)
        try:
            return self._ask(_Asked(service, call))
        except Gone as error:
            return Reply(problem=Problem(code="internal_error", status=500, detail=str(error)))

    def _ask(self, asked: _Asked) -> Reply:
        with self._asking:
            self._wire.say(asked)
            while self._replies.empty():
                self._heed(self._wire.hear())
            return self._replies.get()

    def readiness(self) -> dict[str, str]:
        """Every service is ready."""
        return {**self._runtime.readiness(), **dict.fromkeys(self._annex, "ready")}

    def settle(self) -> None:
        """Deliver everything that is due in both processes, and what that leads to, until nothing moves. Raises Gone.

        Nothing moves where nothing is due here, nothing was due there, and neither has said what the other has not
        heard.
        """
        asked, self._at_rest = False, None
        while True:
            while (message := self._wire.hear(wait=False)) is not None:
                self._heed(message)
            if self._runtime.step():
                continue
            if self._at_rest is not None:
                if (self._at_rest.heard, self._at_rest.said) == (self._wire.said, self._wire.heard):
                    break
                asked, self._at_rest = False, None
            if not asked:
                self._wire.say(_Rest())
                asked = True
            self._heed(self._wire.hear())
        self._runtime.mark_told()

    def quiet(self) -> bool:
        """Whether, when all came to rest last, nothing was left that has to be tried again later."""
        return self._runtime.quiet() and self._at_rest is not None and self._at_rest.quiet

    def _heed(self, message: object) -> None:
        match message:
            case _Facts():
                _pass_on(message, self._runtime)
            case Reply():
                self._replies.put(message)
            case _AtRest():
                self._at_rest = message


def keep(runtime: EmbeddedRuntime, wire: Wire) -> None:
    """Be the annex, until told to end or the main process has ended. Calls come before deliveries."""
    resting = False
    try:
        while True:
            message = wire.hear(wait=False)
            if message is None:
                if runtime.step(BATCH):
                    continue
                if resting:
                    runtime.mark_told()
                    wire.say(_AtRest(wire.heard, wire.said, runtime.quiet()))
                    resting = False
                message = wire.hear()
            match message:
                case _Facts():
                    _pass_on(message, runtime)
                case _Asked():
                    wire.say(runtime.call(message.service, message.call))
                case _Rest():
                    resting = True
                case _End():
                    return
    except Gone:
        log.warning("the main process has ended, and its annex does too")


def _pass_on(facts: _Facts, runtime: EmbeddedRuntime) -> None:
    for names, text, origin in facts.told:
        runtime.post(names, text, origin)
    for origin in facts.taken:
        runtime.taken(origin)

"""A company under test: services on the embedded runtime, driven step by step with a set clock and a printed seed.

Given events or commands, when a command, then its answer, its refusal, or the facts it told.
"""

import random
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy import event as hooks
from sqlalchemy import select

from gateway.identity.roles import SCOPES
from shared.contracts.fields import decimal_text
from shared.contracts.message import dump, load
from shared.contracts.operations import Event, Operation, Page
from shared.kernel.clocks import SetClock
from shared.kernel.ids import RandomIds
from shared.runtime.cloudevents import Envelope
from shared.runtime.context import Context
from shared.runtime.delivery import Delivery, Outcome
from shared.runtime.embedded import EmbeddedRuntime
from shared.runtime.port import Call, Problem, Reply
from shared.runtime.registry import Service
from shared.storage.backbone import BACKBONE, dead_letters, outbox, parked
from shared.storage.database import Database
from shared.storage.engine import open_engine

C = TypeVar("C")
R = TypeVar("R")
E = TypeVar("E")
TODAY = date(2026, 3, 2)


class Refused(AssertionError):
    """An operation under test was refused."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(f"{problem.status} {problem.code}: {problem.detail} {problem.errors}")
        self.problem = problem


class Company:
    """One company of an installation that has the given services."""

    def __init__(self, services: Iterable[Service], folder: Path, seed: int = 0, code: str = "acme") -> None:
        self.services = list(services)
        self.code, self.on, self.actor, self.scopes = code, TODAY, "tester", SCOPES
        self.random, self._sequence = random.Random(seed), 0
        self.clock = SetClock(datetime(2026, 3, 2, 1, 0, tzinfo=UTC))
        self.ids = RandomIds(random.Random(seed))
        self.databases = {service.name: _database(service, folder) for service in self.services}
        self.runtime = EmbeddedRuntime(self.services, self.databases, self.clock, self.ids)

    def ask(
        self, operation: Operation[C, R], *, key: str | None = None, if_match: int | None = None, **fields: Any
    ) -> Reply:
        """Call an operation with these fields as a client would write them; the raw reply."""
        self.clock.advance(timedelta(milliseconds=7))
        context = Context(
            company=self.code,
            currency="CNY",
            business_date=self.on,
            actor=self.actor,
            request_id=self.ids.new(self.clock.now()),
            correlation="test",
            scopes=self.scopes,
        )
        call = Call(operation=operation.name, payload=_json(fields), context=context, key=key, if_match=if_match)
        return self.runtime.call(operation.service, call)

    @contextmanager
    def reading(self) -> Iterator[list[str]]:
        """The selects that the only, or first, service runs within the context, complete at its end."""
        selects: list[str] = []

        def note(statement: str) -> None:
            if statement.startswith("SELECT"):
                selects.append(statement)

        def trace(connection: Any, *_: Any) -> None:
            connection.set_trace_callback(note)

        engine = next(iter(self.databases.values())).engine
        hooks.listen(engine, "checkout", trace)
        try:
            yield selects
        finally:
            hooks.remove(engine, "checkout", trace)

    def do(self, operation: Operation[C, R], **fields: Any) -> R:
        """Call an operation that must succeed, and deliver everything it sets off."""
        answer = self.only(operation, **fields)
        self.settle()
        return answer

    def only(self, operation: Operation[C, R], **fields: Any) -> R:
        """Call an operation that must succeed, and deliver nothing yet."""
        reply = self.ask(operation, **fields)
        if reply.problem:
            raise Refused(reply.problem)
        assert reply.body is not None
        if operation.listing:
            rows = [load(operation.listing.item, row) for row in reply.body["data"]]
            page: Any = Page(data=rows, has_more=reply.body["has_more"], next_cursor=reply.body["next_cursor"])
            return page  # type: ignore[no-any-return]
        return load(operation.response, reply.body)

    def refused(self, operation: Operation[C, R], **fields: Any) -> Problem:
        """Call an operation that must be refused; why it was."""
        reply = self.ask(operation, **fields)
        assert reply.problem is not None, f"{operation.name} was accepted: {reply.body}"
        return reply.problem

    def settle(self, *, doubled: float = 0.2) -> None:
        """Deliver what waits, in an order drawn from the seed and some of it twice, until nothing moves."""
        self.runtime.settle(self.random, doubled)

    def given(self, event: Event[E], payload: E | None = None, *, on: date | None = None, **fields: Any) -> Outcome:
        """Let an event of another service arrive at every service here that listens to it."""
        self.clock.advance(timedelta(milliseconds=7))
        delivery = self.delivery(event, event.write(payload) if payload is not None else fields, on=on)
        outcomes = [
            self.runtime.receivers[service.name].take([delivery])[0]
            for service in self.services
            if event.type in service.subscriptions
        ]
        self.settle()
        return outcomes[0]

    def delivery(self, event: Event[Any], fields: Mapping[str, Any], *, on: date | None = None) -> Delivery:
        """An event of another service as it comes from the wire, newer than all before."""
        id_, data = self.ids.new(self.clock.now()), _json(fields)
        context = Context(
            company=self.code,
            currency="CNY",
            business_date=on or self.on,
            actor="other",
            request_id=id_,
            correlation="test",
        )
        subject = str(data[event.subject])
        self._sequence += 1
        return Delivery(
            Envelope(id_, event.type, subject, self._sequence, id_, self.clock.now(), context, data).to_text()
        )

    def told(self, event: Event[E]) -> list[E]:
        """The facts of this kind that were told so far, in order."""
        with self.databases[event.service].snapshot() as session:
            texts = session.scalars(
                select(outbox.c.envelope).where(outbox.c.type == event.type).order_by(outbox.c.recorded_at, outbox.c.id)
            )
            return [event.read(Envelope.from_text(text).data) for text in texts]

    def troubles(self) -> list[str]:
        """What is parked or dead, with its reason; empty for a company at rest."""
        found = []
        for name, database in self.databases.items():
            with database.snapshot() as session:
                found += [f"{name} waits for {row.awaits}: {row.type}" for row in session.execute(select(parked))]
                found += [
                    f"{name} could not take in {row.type}: {row.error}" for row in session.execute(select(dead_letters))
                ]
        return found

    @contextmanager
    def by(self, actor: str) -> Iterator[None]:
        """Do what follows as someone else."""
        before, self.actor = self.actor, actor
        try:
            yield
        finally:
            self.actor = before

    def new_id(self) -> str:
        """An id as another service would make it."""
        return self.ids.new(self.clock.now())


def _json(fields: Mapping[str, Any]) -> dict[str, Any]:
    return {name: _plain(value) for name, value in fields.items()}


def _plain(value: Any) -> Any:
    """A Python value as a client would write it."""
    if isinstance(value, Decimal):
        return decimal_text(value)
    if isinstance(value, date | datetime):
        return value.isoformat()
    if isinstance(value, list | tuple):
        return [_plain(each) for each in value]
    if isinstance(value, dict):
        return _json(value)
    return dump(value) if hasattr(value, "__dataclass_fields__") else value


def _database(service: Service, folder: Path) -> Database:
    engine = open_engine(f"sqlite:///{folder / service.name}.db")
    BACKBONE.create_all(engine)
    service.metadata.create_all(engine)
    return Database(engine)

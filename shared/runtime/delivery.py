"""Taking events in: each exactly once, those that come too early parked, those that cannot be taken in put aside."""

import logging
import time
from collections import defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any, Literal

from marshmallow import ValidationError
from sqlalchemy import bindparam, delete, or_, select, update

from shared.kernel.clocks import Clock
from shared.kernel.errors import NotYet
from shared.kernel.ids import IdSource
from shared.runtime.cloudevents import Envelope, Undecodable
from shared.runtime.dispatch import AfterCommit, Effects, any_parked
from shared.runtime.foresight import Foreseen, read_ahead
from shared.runtime.registry import Service
from shared.runtime.work import Records, UnitOfWork
from shared.storage.backbone import dead_letters, inbox, parked
from shared.storage.database import Database, is_passing
from shared.storage.session import Session
from shared.storage.statements import keep_each_new, keep_new
from shared.telemetry.metrics import HANDLER_SECONDS

log = logging.getLogger(__name__)
BACKOFF = (timedelta(milliseconds=50), timedelta(seconds=1), timedelta(seconds=10), timedelta(minutes=1),
           timedelta(minutes=10))  # fmt: skip
"""Waits before each further try after a passing fault; then the event is a dead letter."""
PATIENCE = timedelta(days=3)
"""How long an event may wait for another before it is a dead letter."""
Outcome = Literal["handled", "duplicate", "parked", "dead"]
_CONCERNED = select(parked.c.fact, parked.c.envelope).where(
    parked.c.consumer == bindparam("consumer"),
    or_(
        parked.c.fact.in_(bindparam("facts", expanding=True)),
        parked.c.awaits.in_(bindparam("subjects", expanding=True)),
    ),
)


@dataclass(frozen=True)
class Delivery:
    """One event on its way to one consumer, as it came from the wire; `tries` made before this one.

    `queue` is the one it came by, where it came from the broker: only who owns an exchange can publish to it, so an
    event is who it says it is if it came by the queue of its kind.
    """

    text: str
    tries: int = 0
    queue: str = ""

    @cached_property
    def envelope(self) -> Envelope:
        """What the text says, read once, though several consumers may be given one delivery; raises Undecodable."""
        return Envelope.from_text(self.text)


@dataclass
class _Batch:
    """What a batch has done so far: facts taken in, what was told and written, and the subjects that are known now.

    `records` are to be written; `new` are the facts that were not taken in before, and have not been yet.
    """

    new: set[str] = field(default_factory=set)
    records: Records = field(default_factory=Records)
    facts: list[str] = field(default_factory=list)
    told: list[Envelope] = field(default_factory=list)
    subjects: set[str] = field(default_factory=set)


class Receiver:
    """Takes events in for one service."""

    def __init__(
        self, service: Service, database: Database, clock: Clock, ids: IdSource, after_commit: AfterCommit,
        *, make_way: Callable[[], None] | None = None,
    ) -> None:  # fmt: skip
        """`make_way` lets others run on the same thread after each event of a batch, where there are such."""
        self.service, self.database, self.clock, self.ids = service, database, clock, ids
        self._after_commit, self._make_way = after_commit, make_way

    def take(self, deliveries: Sequence[Delivery]) -> list[Outcome]:
        """Take a batch in, in one transaction: all at once, or, where one of them does not go, with a savepoint each.

        Raises what made the whole transaction fail; then none of the batch had any effect and all may come again.
        """
        try:
            return self._take(deliveries, self._all)
        except Exception as error:
            if is_passing(error):
                raise
            return self._take(deliveries, self._each)

    def _take(self, deliveries: Sequence[Delivery], way: "_Way") -> list[Outcome]:
        batch = _Batch()
        with self.database.transaction() as session:
            outcomes = way(session, deliveries, batch)
            batch.records.write(session)
            woken = self._unpark(session, batch.facts, batch.subjects)
        self._after_commit(Effects([*batch.told, *batch.records.told], woken))
        return outcomes

    def take_apart(self, delivery: Delivery) -> Outcome | timedelta:
        """Take one in alone; where a passing fault prevents it, how long to wait before the next try."""
        try:
            return self.take([delivery])[0]
        except Exception as error:
            return self.after_fault(delivery, error)

    def after_fault(self, delivery: Delivery, error: Exception) -> Outcome | timedelta:
        """What becomes of an event that could not be taken in: how long it waits for its next try, or `dead`."""
        if not is_passing(error):
            return self.bury(delivery, error)
        log.warning("passing fault", extra={"service": self.service.name, "fault": str(error)})
        if delivery.tries < len(BACKOFF):
            return BACKOFF[delivery.tries]
        return self.bury(delivery, error)

    def bury(self, delivery: Delivery, error: Exception) -> Outcome:
        """Put an event among the dead letters, in a transaction of its own."""
        with self.database.transaction() as session:
            self._bury(session, delivery, error)
        return "dead"

    def waiting(self, parked_before: datetime) -> list[Delivery]:
        """The parked events to try again in case what they await came unnoticed."""
        with self.database.snapshot() as session:
            statement = select(parked.c.envelope).where(
                parked.c.consumer == self.service.name, parked.c.parked_at < parked_before
            )
            return [Delivery(text) for text in session.scalars(statement)]

    def _all(self, session: Session, deliveries: Sequence[Delivery], batch: _Batch) -> list[Outcome]:
        """Every delivery as if none could fail, which is the rule; raises what the first that does fails with."""
        envelopes = [self._decoded(delivery) for delivery in deliveries]
        batch.new = keep_each_new(session, inbox, [self._inbox_row(envelope) for envelope in envelopes], "fact")
        payloads = {each.fact: self._payload(each) for each in envelopes if each.fact in batch.new}
        self._foresee(session, envelopes, payloads)
        return [self._take_new(session, envelope, batch, payloads.get(envelope.fact)) for envelope in envelopes]

    def _foresee(self, session: Session, envelopes: Sequence[Envelope], payloads: Mapping[str, Any]) -> None:
        """Read at once what the handlers of several events begin with."""
        asked: dict[tuple[Foreseen, str], list[Any]] = defaultdict(list)
        for envelope in envelopes:
            if envelope.fact in payloads:
                for foreseen in self.service.subscriptions[envelope.type].foreseen:
                    asked[foreseen, envelope.context.company].append(payloads[envelope.fact])
        if len(payloads) > 1:
            read_ahead(session, asked)

    def _payload(self, envelope: Envelope) -> Any:
        return envelope.read(self.service.subscriptions[envelope.type].event)

    def _take_new(self, session: Session, envelope: Envelope, batch: _Batch, payload: Any) -> Outcome:
        started = time.perf_counter()
        work = None
        if envelope.fact in batch.new:
            batch.new.remove(envelope.fact)
            work = self._run(session, envelope, payload, batch.records)
        outcome = self._taken(envelope, work, batch)
        HANDLER_SECONDS.labels(self.service.name, envelope.routing_key, outcome).observe(time.perf_counter() - started)
        if self._make_way:
            self._make_way()
        return outcome

    def _each(self, session: Session, deliveries: Sequence[Delivery], batch: _Batch) -> list[Outcome]:
        """Every delivery for itself: what fails is undone, parked or put aside, and the others go on."""
        return [self._take_one(session, delivery, batch) for delivery in deliveries]

    def _take_one(self, session: Session, delivery: Delivery, batch: _Batch) -> Outcome:
        started = time.perf_counter()
        try:
            envelope = self._decoded(delivery)
            outcome = self._handle(session, delivery, envelope, batch)
            name = envelope.routing_key
        except Undecodable as error:
            self._bury(session, delivery, error)
            outcome, name = "dead", "undecodable"
        HANDLER_SECONDS.labels(self.service.name, name, outcome).observe(time.perf_counter() - started)
        return outcome

    def _decoded(self, delivery: Delivery) -> Envelope:
        envelope = delivery.envelope
        subscription = self.service.subscriptions.get(envelope.type)
        if subscription is None:
            raise Undecodable(f"{self.service.name} does not know {envelope.type}")
        if delivery.queue and delivery.queue != subscription.queue(self.service.name):
            raise Undecodable(f"{envelope.type} does not come by {delivery.queue}")
        return envelope

    def _handle(self, session: Session, delivery: Delivery, envelope: Envelope, batch: _Batch) -> Outcome:
        records = Records()
        try:
            with session.savepoint():
                new = keep_new(session, inbox, self._inbox_row(envelope))
                work = self._run(session, envelope, self._payload(envelope), records) if new else None
                records.write(session)
            batch.told.extend(records.told)
        except NotYet as missing:
            return self._park(session, delivery, envelope, missing)
        except Exception as error:
            if is_passing(error):
                raise
            self._bury(session, delivery, error)
            return "dead"
        return self._taken(envelope, work, batch)

    def _taken(self, envelope: Envelope, work: UnitOfWork | None, batch: _Batch) -> Outcome:
        batch.facts.append(envelope.fact)
        if work is None:
            return "duplicate"
        batch.subjects.update((envelope.subject, *work.made_known))
        return "handled"

    def _run(self, session: Session, envelope: Envelope, payload: Any, records: Records) -> UnitOfWork:
        subscription = self.service.subscriptions[envelope.type]
        context = envelope.context.caused_by(envelope.id)
        work = UnitOfWork(
            self.service.name, session, context, self.clock.now(), self.ids, envelope.type, records=records
        )
        work.sequence = envelope.sequence
        for handler in subscription.handlers:
            handler(work, payload)
        work.finish()
        return work

    def _inbox_row(self, envelope: Envelope) -> dict[str, object]:
        return {
            "consumer": self.service.name,
            "fact": envelope.fact,
            "company": envelope.context.company,
            "type": envelope.type,
            "handled_at": self.clock.now(),
        }

    def _unpark(self, session: Session, facts: Sequence[str], subjects: Collection[str] = ()) -> list[str]:
        """Forget that these facts were parked; the others that wait for one of these subjects."""
        if not facts or not any_parked(session, self.service.name):
            return []
        asked = {"consumer": self.service.name, "facts": facts, "subjects": sorted(subjects)}
        found = session.execute(_CONCERNED, asked).all()
        if was_parked := {row.fact for row in found}.intersection(facts):
            mine = parked.c.consumer == self.service.name
            session.execute(delete(parked).where(mine, parked.c.fact.in_(was_parked)))
        return [row.envelope for row in found if row.fact not in was_parked]

    def _park(self, session: Session, delivery: Delivery, envelope: Envelope, missing: NotYet) -> Outcome:
        since = session.scalar(
            select(parked.c.parked_at).where(parked.c.consumer == self.service.name, parked.c.fact == envelope.fact)
        )
        if since is not None and self.clock.now() - since > PATIENCE:
            self._unpark(session, [envelope.fact])
            self._bury(session, delivery, missing)
            return "dead"
        if since is not None:
            session.execute(
                update(parked)
                .where(parked.c.consumer == self.service.name, parked.c.fact == envelope.fact)
                .values(awaits=missing.subject)
            )
            return "parked"
        row = {
            "consumer": self.service.name,
            "fact": envelope.fact,
            "company": envelope.context.company,
            "type": envelope.type,
            "awaits": missing.subject,
            "envelope": delivery.text,
            "parked_at": self.clock.now(),
        }
        keep_new(session, parked, row)
        return "parked"

    def _bury(self, session: Session, delivery: Delivery, error: Exception) -> None:
        """Put aside with its error; a fact already among the dead letters is dead again with the newer error."""
        log.error("dead letter", extra={"service": self.service.name, "reason": _reason(error)})
        fact, company, type_ = _identity(delivery.text, self.ids.new(self.clock.now()))
        row: dict[str, Any] = {
            "id": self.ids.new(self.clock.now()),
            "consumer": self.service.name,
            "fact": fact,
            "company": company,
            "type": type_,
            "envelope": delivery.text,
            "error": _reason(error),
            "tries": delivery.tries + 1,
            "died_at": self.clock.now(),
            "state": "dead",
        }
        if not keep_new(session, dead_letters, row):
            session.execute(
                update(dead_letters)
                .where(dead_letters.c.consumer == self.service.name, dead_letters.c.fact == fact)
                .values(error=row["error"], tries=row["tries"], died_at=row["died_at"], state="dead")
            )


_Way = Callable[[Session, Sequence[Delivery], _Batch], list[Outcome]]


def _identity(text: str, otherwise: str) -> tuple[str, str, str]:
    try:
        envelope = Envelope.from_text(text)
    except Undecodable:
        return otherwise, "", "undecodable"
    return envelope.fact, envelope.context.company, envelope.type


def _reason(error: Exception) -> str:
    detail = error.messages if isinstance(error, ValidationError) else error
    return f"{type(error).__name__}: {detail}"[:2000]

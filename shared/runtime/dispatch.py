"""Running handlers: one call or delivery, one transaction, with its journal or inbox row, outbox and audit fact."""

import logging
import time
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, Protocol

from marshmallow import ValidationError
from sqlalchemy import bindparam, select
from sqlalchemy.exc import DBAPIError

from shared.contracts.listing import list_query
from shared.contracts.message import dump, without_secrets
from shared.contracts.operations import Operation, Page
from shared.kernel.clocks import Clock
from shared.kernel.errors import DomainError
from shared.kernel.ids import IdSource
from shared.runtime import journal
from shared.runtime.cloudevents import Envelope
from shared.runtime.journal import Asked
from shared.runtime.port import Call, Json, Problem, Reply
from shared.runtime.problems import problem_of
from shared.runtime.registry import Service
from shared.runtime.work import CommandHandler, Records, UnitOfWork
from shared.storage.backbone import parked
from shared.storage.database import Claimed, Database, is_passing
from shared.storage.prepared import Prepared
from shared.storage.session import Session
from shared.telemetry.metrics import HANDLER_SECONDS

log = logging.getLogger(__name__)
RESPONSES_KEPT = timedelta(days=7)
_COMMAND_TRIES = 4
_ANY_PARKED = Prepared(select(parked.c.fact).where(parked.c.consumer == bindparam("consumer")).limit(1))
_WAITING = select(parked.c.envelope).where(
    parked.c.consumer == bindparam("consumer"), parked.c.awaits.in_(bindparam("subjects", expanding=True))
)


@dataclass
class Effects:
    """What a committed transaction leaves to do: facts to deliver, and parked ones that may go on now.

    `again`: facts that were delivered before are in the outbox unsent, to be delivered again.
    """

    told: list[Envelope] = field(default_factory=list)
    woken: list[str] = field(default_factory=list)
    again: bool = False


class AfterCommit(Protocol):
    """What the runtime does once a transaction is committed."""

    def __call__(self, effects: Effects) -> None:
        """Take the effects on."""
        ...


class Dispatcher:
    """Carries out the calls of one service."""

    def __init__(
        self, service: Service, database: Database, clock: Clock, ids: IdSource, after_commit: AfterCommit
    ) -> None:
        self.service, self.database, self.clock, self.ids = service, database, clock, ids
        self._after_commit = after_commit

    def call(self, call: Call) -> Reply:
        """Carry out a command or query. Expected errors become problems; nothing is half done."""
        started = time.perf_counter()
        reply = self._attempt(call)
        self._observe(call, reply, started)
        return reply

    def call_together(self, calls: Sequence[Call]) -> list[Reply]:
        """Carry out calls of one command, in their order: in one transaction, or where that fails each in its own."""
        if len(calls) > 1:
            started = time.perf_counter()
            try:
                replies = self._commands(calls)
            except Exception as error:
                log.info("calls go apart", extra={"operation": calls[0].operation, "fault": type(error).__name__})
            else:
                for call, reply in zip(calls, replies, strict=True):
                    self._observe(call, reply, started)
                return replies
        return [self.call(each) for each in calls]

    def _observe(self, call: Call, reply: Reply, started: float) -> None:
        outcome = reply.problem.code if reply.problem else "ok"
        HANDLER_SECONDS.labels(self.service.name, call.operation, outcome).observe(time.perf_counter() - started)

    def _attempt(self, call: Call) -> Reply:
        found = self.service.operations.get(call.operation)
        if found is None:
            return Reply(problem=Problem(code="not_found", status=404, detail=f"no operation {call.operation}"))
        operation, handler = found
        for attempt in range(_COMMAND_TRIES):
            try:
                return self._command(call) if operation.writes else self._query(operation, handler, call)
            except Exception as error:
                if problem := problem_of(error):
                    return Reply(problem=problem)
                if not is_passing(error):
                    return self._failed(call, error)
                log.warning(
                    "passing fault", extra={"operation": call.operation, "attempt": attempt, "fault": str(error)}
                )
        return Reply(problem=Problem(code="busy", status=503, detail="the service is busy; try again"))

    def _failed(self, call: Call, error: Exception) -> Reply:
        log.error(
            "unexpected error", exc_info=error, extra={"operation": call.operation, "request": call.context.request_id}
        )
        return Reply(problem=Problem(code="internal_error", status=500, detail="an error inside Huotong; it is logged"))

    def _query(self, operation: Operation[Any, Any], handler: CommandHandler, call: Call) -> Reply:
        with self.database.snapshot() as session:
            work = self._work(session, call, Records())
            return Reply(body=_body(handler(work, _request(operation, call))))

    def _command(self, call: Call) -> Reply:
        try:
            (reply,) = self._commands([call])
        except Claimed:
            return Reply(problem=Problem(code="in_progress", status=409, detail="the same request is still running"))
        return reply

    def _commands(self, calls: Sequence[Call]) -> list[Reply]:
        """Carry out calls of one command in one transaction. Raises what any of them fails with; then none had effect.

        One that is refused before it has touched anything fails by itself alone.
        """
        operation, handler = self.service.operations[calls[0].operation]
        asked = [Asked(call, without_secrets(operation.request, call.payload)) for call in calls]
        with self.database.transaction(*(each.claim for each in asked if each.claim)) as session:
            if operation.name in self.service.together:
                session.hurry()  # the next of them start when these are done
            group = _Group(session, operation, handler, Records())
            replies = journal.answers(session, asked)
            new = [None if reply else each.call for each, reply in zip(asked, replies, strict=True)]
            requests = [_read(operation, call) if call else None for call in new]
            self._foresee(group, asked, requests)
            answered = [
                reply or (request if isinstance(request, Reply) else self._carry_out(group, each, request))
                for each, reply, request in zip(asked, replies, requests, strict=True)
            ]
            group.records.write(session)
            journal.record(session, ((each, body, work.now) for each, work, body in group.done))
            effects = self._effects(group)
        self._after_commit(effects)
        return answered

    def _foresee(self, group: "_Group", asked: Sequence[Asked], requests: Sequence[Any]) -> None:
        """Read at once what several commands begin with."""
        read_ahead = self.service.together.get(group.operation.name)
        if read_ahead is None or len(asked) == 1:
            return
        by_company: dict[str, list[Any]] = defaultdict(list)
        works: dict[str, UnitOfWork] = {}
        for each, request in zip(asked, requests, strict=True):
            if request is not None and not isinstance(request, Reply):
                company = each.call.context.company
                by_company[company].append(request)
                works.setdefault(company, self._work(group.session, each.call, group.records))
        for company, those in by_company.items():
            read_ahead(works[company], those)

    def _carry_out(self, group: "_Group", asked: Asked, request: Any) -> Reply:
        touches = group.session.touches
        work = self._work(group.session, asked.call, group.records)
        try:
            body = _body(group.handler(work, request))
        except Exception as error:
            problem = problem_of(error)
            if problem is None or isinstance(error, DBAPIError) or group.session.touches != touches:
                raise
            return Reply(problem=problem)
        work.finish()
        group.done.append((asked, work, without_secrets(group.operation.response, body)))
        return Reply(body=body)

    def _effects(self, group: "_Group") -> Effects:
        works = [work for _, work, _ in group.done]
        known = {subject for work in works for subject in work.made_known}
        woken = waiting_for(group.session, self.service.name, sorted(known))
        return Effects(group.records.told, woken, any(work.again for work in works))

    def _work(self, session: Session, call: Call, records: Records) -> UnitOfWork:
        work = UnitOfWork(
            self.service.name, session, call.context, self.clock.now(), self.ids, call.operation, records=records
        )
        work.if_match = call.if_match
        return work


@dataclass(frozen=True)
class _Group:
    """Commands in one transaction: what carries them out, and those that were: each with its work and its answer."""

    session: Session
    operation: Operation[Any, Any]
    handler: CommandHandler
    records: Records
    done: list[tuple[Asked, UnitOfWork, Json]] = field(default_factory=list)


def _read(operation: Operation[Any, Any], call: Call) -> Any:
    """The request, or the reply that refuses it."""
    try:
        return _request(operation, call)
    except (DomainError, ValidationError) as error:
        return Reply(problem=problem_of(error))


def _request(operation: Operation[Any, Any], call: Call) -> Any:
    return list_query(operation.listing, call.payload) if operation.listing else operation.read(call.payload)


def _body(answer: Any) -> Json:
    if isinstance(answer, Page):
        return {
            "data": [dump(each) for each in answer.data],
            "has_more": answer.has_more,
            "next_cursor": answer.next_cursor,
        }
    return dump(answer)


def waiting_for(session: Session, consumer: str, subjects: Sequence[str]) -> list[str]:
    """The parked facts that wait for one of these subjects."""
    if not subjects or not any_parked(session, consumer):
        return []
    return list(session.execute(_WAITING, {"consumer": consumer, "subjects": subjects}).scalars())


def any_parked(session: Session, consumer: str) -> bool:
    """Whether anything waits at all, which is quickly told and mostly not so."""
    return bool(session.ask(_ANY_PARKED, {"consumer": consumer}))

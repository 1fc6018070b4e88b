"""Running handlers: one call or delivery, one transaction, with its journal or inbox row, outbox and audit fact."""

import hashlib
import json
import logging
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Protocol

from sqlalchemy import bindparam, select

from shared.contracts.listing import list_query
from shared.contracts.message import dump, without_secrets
from shared.contracts.operations import Operation, Page
from shared.kernel.clocks import Clock
from shared.kernel.ids import IdSource
from shared.runtime.cloudevents import Envelope
from shared.runtime.port import Call, Json, Problem, Reply
from shared.runtime.problems import problem_of
from shared.runtime.registry import Service
from shared.runtime.work import CommandHandler, Records, UnitOfWork
from shared.storage.backbone import journal, parked
from shared.storage.database import Claimed, Database, is_passing
from shared.storage.prepared import Prepared
from shared.storage.session import Session
from shared.storage.statements import keep
from shared.telemetry.metrics import HANDLER_SECONDS

log = logging.getLogger(__name__)
RESPONSES_KEPT = timedelta(days=7)
_COMMAND_TRIES = 4
_EARLIER = Prepared(
    select(journal.c.input_hash, journal.c.response).where(
        *(journal.c[name] == bindparam(name) for name in ("company", "principal", "operation", "key"))
    )
)
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
        outcome = reply.problem.code if reply.problem else "ok"
        HANDLER_SECONDS.labels(self.service.name, call.operation, outcome).observe(time.perf_counter() - started)
        return reply

    def _attempt(self, call: Call) -> Reply:
        found = self.service.operations.get(call.operation)
        if found is None:
            return Reply(problem=Problem(code="not_found", status=404, detail=f"no operation {call.operation}"))
        operation, handler = found
        for attempt in range(_COMMAND_TRIES):
            try:
                return self._command(operation, handler, call) if operation.writes else self._query(*found, call)
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

    def _command(self, operation: Operation[Any, Any], handler: CommandHandler, call: Call) -> Reply:
        claim = f"{call.context.company}|{call.context.actor}|{call.operation}|{call.key}" if call.key else None
        try:
            with self.database.transaction(claim) as session:
                kept = without_secrets(operation.request, call.payload)
                if earlier := self._earlier(session, call, kept):
                    return earlier
                records = Records()
                work = self._work(session, call, records)
                body = _body(handler(work, _request(operation, call)))
                work.finish()
                records.write(session)
                self._record(session, call, kept, without_secrets(operation.response, body), work.now)
                woken = waiting_for(session, self.service.name, sorted(work.made_known))
                effects = Effects(records.told, woken, work.again)
        except Claimed:
            return Reply(problem=Problem(code="in_progress", status=409, detail="the same request is still running"))
        self._after_commit(effects)
        return Reply(body=body)

    def _work(self, session: Session, call: Call, records: Records) -> UnitOfWork:
        work = UnitOfWork(
            self.service.name, session, call.context, self.clock.now(), self.ids, call.operation, records=records
        )
        work.if_match = call.if_match
        return work

    def _earlier(self, session: Session, call: Call, kept: Json) -> Reply | None:
        """The answer to the same request made before, if there was one."""
        if call.key is None:
            return None
        asked = {
            "company": call.context.company,
            "principal": call.context.actor,
            "operation": call.operation,
            "key": call.key,
        }
        for input_hash, response in session.ask(_EARLIER, asked):
            if input_hash != _fingerprint(call, kept):
                detail = "this Idempotency-Key was used for another request"
                return Reply(problem=Problem(code="key_reused", status=422, detail=detail))
            return Reply(body=response, replayed=True)
        return None

    def _record(self, session: Session, call: Call, kept: Json, body: Json, now: datetime) -> None:
        row = {
            "company": call.context.company,
            "principal": call.context.actor,
            "operation": call.operation,
            "key": call.key,
            "input_hash": _fingerprint(call, kept),
            "input": kept,
            "business_date": call.context.business_date,
            "request_id": call.context.request_id,
            "recorded_at": now,
            "response": body if call.key else None,
        }
        keep(session, journal, row)


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


def _fingerprint(call: Call, kept: Json) -> str:
    canonical = json.dumps([kept, call.if_match], sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(canonical.encode()).hexdigest()


def waiting_for(session: Session, consumer: str, subjects: Sequence[str]) -> list[str]:
    """The parked facts that wait for one of these subjects."""
    if not subjects or not any_parked(session, consumer):
        return []
    return list(session.execute(_WAITING, {"consumer": consumer, "subjects": subjects}).scalars())


def any_parked(session: Session, consumer: str) -> bool:
    """Whether anything waits at all, which is quickly told and mostly not so."""
    return bool(session.ask(_ANY_PARKED, {"consumer": consumer}))

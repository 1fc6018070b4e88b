"""The journal: every command that took effect, and what those with a key were answered."""

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache, cached_property

from sqlalchemy import bindparam, select, tuple_

from shared.runtime.port import Call, Json, Problem, Reply
from shared.storage.backbone import journal
from shared.storage.matching import filled_up
from shared.storage.prepared import Prepared
from shared.storage.session import Session
from shared.storage.statements import keep

_IDENTITY = ("company", "principal", "operation", "key")


@dataclass(frozen=True)
class Asked:
    """A command that was asked for; `kept` is its input without what is secret."""

    call: Call
    kept: Json

    @property
    def identity(self) -> tuple[str, str, str, str | None]:
        """Whose command it is: company, principal, operation, and the key they gave it."""
        context = self.call.context
        return context.company, context.actor, self.call.operation, self.call.key

    @property
    def claim(self) -> str | None:
        """What only one transaction may do at a time; None where there is no key."""
        return "|".join(map(str, self.identity)) if self.call.key else None

    @cached_property
    def fingerprint(self) -> str:
        """What tells this input from any other."""
        canonical = json.dumps([self.kept, self.call.if_match], sort_keys=True, ensure_ascii=False)
        return hashlib.sha256(canonical.encode()).hexdigest()


def answers(session: Session, asked: Sequence[Asked]) -> list[Reply | None]:
    """Of each command, what the same one was answered before; None for one that is new."""
    wanted = list(dict.fromkeys(each.identity for each in asked if each.call.key))
    if not wanted:
        return [None] * len(asked)
    every = filled_up(wanted)
    values: dict[str, object] = {}
    for place, each in enumerate(every):
        values.update((f"{name}_{place}", part) for name, part in zip(_IDENTITY, each, strict=True))
    rows = session.ask(_answered(len(every)), values)
    found = {(company, principal, operation, key): kept for company, principal, operation, key, *kept in rows}
    return [_answer(each, *found[each.identity]) if each.identity in found else None for each in asked]


def record(session: Session, done: Iterable[tuple[Asked, Json, datetime]]) -> None:
    """Keep what was done, in this order, and with a key also what was answered."""
    keep(session, journal, [_row(*each) for each in done])


def _answer(asked: Asked, fingerprint: str, response: Json | None) -> Reply:
    if fingerprint != asked.fingerprint:
        detail = "this Idempotency-Key was used for another request"
        return Reply(problem=Problem(code="key_reused", status=422, detail=detail))
    return Reply(body=response, replayed=True)


def _row(asked: Asked, answer: Json, now: datetime) -> dict[str, object]:
    context = asked.call.context
    return {
        **dict(zip(_IDENTITY, asked.identity, strict=True)),
        "input_hash": asked.fingerprint,
        "input": asked.kept,
        "business_date": context.business_date,
        "request_id": context.request_id,
        "recorded_at": now,
        "response": answer if asked.call.key else None,
    }


@cache
def _answered(many: int) -> Prepared:
    columns = [journal.c[name] for name in _IDENTITY]
    each = [
        tuple_(*(bindparam(f"{column.name}_{place}", type_=column.type) for column in columns)) for place in range(many)
    ]
    same = [column == bindparam(f"{column.name}_0", type_=column.type) for column in columns]
    met = [tuple_(*columns).in_(each)] if many > 1 else same
    return Prepared(select(*columns, journal.c.input_hash, journal.c.response).where(*met))

"""Operations every service has for those who run it: what was told, taken in, parked, put aside, and who did what.

What commands, facts and changes held word by word is shown to those who may see costs: it holds prices and values.
"""

from datetime import date, datetime
from typing import Annotated, Literal

from shared.contracts.fields import COST, Count, Id, RawText, Text
from shared.contracts.message import Json, Nothing, message
from shared.contracts.operations import Contract


@message
class OutboxFact:
    """A fact this service told."""

    id: Id
    company: str
    type: str
    subject: str
    recorded_at: datetime
    sent: bool


@message
class InboxFact:
    """A fact this service took in."""

    id: Id
    company: str
    type: str
    handled_at: datetime


@message
class ParkedFact:
    """A fact that waits for another one."""

    id: Id
    company: str
    type: str
    awaits: str
    parked_at: datetime


@message
class DeadLetter:
    """A fact that could not be taken in: as it came, with the reason."""

    id: Id
    company: str
    type: str
    fact: str
    envelope: Annotated[RawText, COST]
    error: Annotated[RawText, COST]
    tries: Count
    died_at: datetime
    state: Literal["dead", "replayed", "discarded"]


@message
class JournalEntry:
    """A command that took effect."""

    id: Count
    company: str
    principal: str
    operation: str
    key: str | None
    business_date: date
    request_id: str
    recorded_at: datetime
    input: Annotated[Json, COST]


@message
class AuditFact:
    """Who changed what, when, and from which request or event."""

    id: Id
    company: str
    at: datetime
    actor: str
    cause: str
    cause_id: str
    correlation: str
    business_date: date
    changes: Annotated[list[RawText], COST]


@message
class TypeCount:
    """How many facts of one type there are."""

    type: str
    count: Count


@message
class Flow:
    """How far a service is with its facts.

    A company is at rest when, over all services, every type was taken in as often as it was told, by each of its
    subscribers, and nothing is unsent or parked.
    """

    told: list[TypeCount]
    taken: list[TypeCount]
    unsent: Count
    parked: Count
    dead: Count


@message
class ResendFacts:
    """Which facts to tell again: of one type, recorded at that moment or later; without either, all there are."""

    type: Text | None = None
    recorded_since: datetime | None = None


@message
class FactsResent:
    """How many facts are told again."""

    facts: Count


@message
class DeadLetterId:
    """Names a dead letter."""

    id: Id


def add_system_operations(contract: Contract) -> None:
    """Give a service's contract the operations of this module, under `/v1/<service>/system`."""
    contract.list_of(
        "list_outbox", "/system/outbox", OutboxFact, scope="system:read", zh="已发事件", en="Facts told",
        filters={"id": "id", "type": "text", "subject": "text", "sent": "flag"}, sorts=("id",),
    )  # fmt: skip
    contract.list_of(
        "list_inbox", "/system/inbox", InboxFact, scope="system:read", zh="已收事件", en="Facts taken in",
        filters={"id": "id", "type": "text"}, sorts=("id",),
    )  # fmt: skip
    contract.list_of(
        "list_parked", "/system/parked", ParkedFact, scope="system:read", zh="等待事件", en="Facts waiting for another",
        filters={"type": "text", "awaits": "text"}, sorts=("id", "parked_at"),
    )  # fmt: skip
    contract.list_of(
        "list_dead_letters", "/system/dead-letters", DeadLetter, scope="system:read", zh="死信", en="Dead letters",
        filters={"id": "id", "state": "text", "type": "text"}, sorts=("-died_at",),
    )  # fmt: skip
    contract.list_of(
        "list_journal", "/system/journal", JournalEntry,
        scope="system:read", zh="命令日志", en="Commands that took effect",
        filters={"operation": "text", "principal": "text", "business_date": "date"}, sorts=("-id",),
    )  # fmt: skip
    contract.list_of(
        "list_audit_facts", "/system/audit-trail", AuditFact, scope="system:read", zh="审计记录", en="Who changed what",
        filters={"actor": "text", "cause": "text", "cause_id": "text", "correlation": "text", "at": "instant"},
        sorts=("-at",),
    )  # fmt: skip
    contract.query(
        "get_flow", "/system/flow", Nothing, Flow, scope="system:read", zh="事件进度", en="Facts told and taken in",
    )  # fmt: skip
    contract.command(
        "resend_facts", "POST", "/system/outbox/resend", ResendFacts, FactsResent,
        scope="system:write", zh="重发事件", en="Tell facts again",
    )  # fmt: skip
    contract.command(
        "replay_dead_letter", "POST", "/system/dead-letters/{id}/replay", DeadLetterId, DeadLetter,
        scope="system:write", zh="重放死信", en="Try a dead letter again", errors=("not_found", "conflict"),
    )  # fmt: skip
    contract.command(
        "discard_dead_letter", "POST", "/system/dead-letters/{id}/discard", DeadLetterId, DeadLetter,
        scope="system:write", zh="丢弃死信", en="Discard a dead letter", errors=("not_found", "conflict"),
    )  # fmt: skip

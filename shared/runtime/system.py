"""Handlers of the operations every service has for those who run it (`shared/contracts/system.py`)."""

from typing import Any

from sqlalchemy import ColumnElement, Row, Select, Table, func, or_, select, update

from shared.contracts.message import Nothing
from shared.contracts.operations import ListQuery, Page
from shared.contracts.system import (
    AuditFact,
    DeadLetter,
    DeadLetterId,
    FactsResent,
    Flow,
    InboxFact,
    JournalEntry,
    OutboxFact,
    ParkedFact,
    ResendFacts,
    TypeCount,
)
from shared.kernel.errors import Conflict, NotFound
from shared.runtime.work import CommandHandler, UnitOfWork
from shared.storage.backbone import audit_facts, dead_letters, inbox, journal, outbox, parked
from shared.storage.paging import page
from shared.storage.tallies import by_type


def _listed(table: Table, view: type[Any], id_column: str = "id") -> CommandHandler:
    """A handler that pages through one backbone table of the caller's company."""
    names = [name for name in view.__dataclass_fields__ if name != "id"]

    def shown(row: Row[Any]) -> Any:
        found = row._asdict()
        return view(id=found[id_column], **{name: found[name] for name in names})

    def handler(work: UnitOfWork, query: ListQuery) -> Page[Any]:
        columns = {**{name: table.c[name] for name in names}, "id": table.c[id_column]}
        statement: Select[Any] = select(table).where(or_(table.c.company == work.company, table.c.company == ""))
        if "consumer" in table.primary_key.columns:
            statement = statement.where(table.c.consumer == work.service)
        return page(work.session, statement, query, columns, shown)

    return handler


def get_flow(work: UnitOfWork, _query: Nothing) -> Flow:
    """Facts told and taken in by type, and what is on its way."""
    return Flow(
        told=_by_type(work, outbox),
        taken=_by_type(work, inbox),
        unsent=_count(work, outbox, ~outbox.c.sent),
        parked=_count(work, parked),
        dead=_count(work, dead_letters, dead_letters.c.state == "dead"),
    )


def _by_type(work: UnitOfWork, table: Table) -> list[TypeCount]:
    return [TypeCount(type=type_, count=count) for type_, count in by_type(work.session, table, work.company).items()]


def _count(work: UnitOfWork, table: Table, *conditions: ColumnElement[bool]) -> int:
    mine = or_(table.c.company == work.company, table.c.company == "")
    return work.session.scalar(select(func.count()).select_from(table).where(mine, *conditions)) or 0


def resend_facts(work: UnitOfWork, command: ResendFacts) -> FactsResent:
    """Have facts told again that a subscriber may have lost; those who have them know them by their inbox."""
    which = []
    if command.type:
        which.append(outbox.c.type == command.type)
    if command.recorded_since:
        which.append(outbox.c.recorded_at >= command.recorded_since)
    return FactsResent(facts=work.tell_again(*which))


def replay_dead_letter(work: UnitOfWork, command: DeadLetterId) -> DeadLetter:
    """Let a dead letter be delivered again; it is parked until it is taken in, so that a crash does not lose it."""
    letter = _letter(work, command.id)
    work.redeliver(letter.fact, letter.type, letter.envelope)
    return _settled(work, letter, "replayed")


def discard_dead_letter(work: UnitOfWork, command: DeadLetterId) -> DeadLetter:
    """Give a dead letter up for good; it stays on record."""
    return _settled(work, _letter(work, command.id), "discarded")


def _letter(work: UnitOfWork, id_: str) -> Row[Any]:
    table = dead_letters.c
    found = work.session.execute(
        select(dead_letters).where(table.id == id_, or_(table.company == work.company, table.company == ""))
    ).one_or_none()
    if found is None:
        raise NotFound(f"there is no dead letter {id_}")
    if found.state != "dead":
        raise Conflict(f"the dead letter is {found.state} already")
    return found


def _settled(work: UnitOfWork, letter: Row[Any], state: str) -> DeadLetter:
    work.session.execute(update(dead_letters).where(dead_letters.c.id == letter.id).values(state=state))
    shown = {name: getattr(letter, name) for name in DeadLetter.__dataclass_fields__}
    return DeadLetter(**{**shown, "state": state})


SYSTEM_HANDLERS: dict[str, CommandHandler] = {
    "list_outbox": _listed(outbox, OutboxFact),
    "list_inbox": _listed(inbox, InboxFact, "fact"),
    "list_parked": _listed(parked, ParkedFact, "fact"),
    "list_dead_letters": _listed(dead_letters, DeadLetter),
    "list_journal": _listed(journal, JournalEntry, "position"),
    "list_audit_facts": _listed(audit_facts, AuditFact),
    "get_flow": get_flow,
    "resend_facts": resend_facts,
    "replay_dead_letter": replay_dead_letter,
    "discard_dead_letter": discard_dead_letter,
}

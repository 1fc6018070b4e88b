"""The unit of work: everything one handler call changes and tells, held in one transaction or not at all."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, datetime
from functools import cache
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, Select, Table, Update, bindparam, event, inspect, select, update
from sqlalchemy.orm import Session
from sqlalchemy.orm.util import identity_key

from shared.contracts.operations import Event
from shared.kernel.errors import Conflict, NotFound, NotYet, StaleVersion
from shared.kernel.ids import IdSource
from shared.runtime.cloudevents import Envelope
from shared.runtime.context import Context
from shared.storage.backbone import audit_facts, counters, outbox, parked, sequences
from shared.storage.rows import CompanyRow, VersionedRow
from shared.storage.statements import add_up, keep, keep_missing, replace_older

Row = TypeVar("Row", bound=CompanyRow)
Versioned = TypeVar("Versioned", bound=VersionedRow)
E = TypeVar("E")
_REMEMBERED_CHANGES = 50


class UnitOfWork:
    """What a handler works through: rows of its company, facts to tell, numbers, ids and both clocks."""

    def __init__(
        self, service: str, session: Session, context: Context, now: datetime, ids: IdSource, cause: str
    ) -> None:
        self.service, self.session, self.context, self.now = service, session, context, now
        self._ids, self._cause = ids, cause
        self._facts: list[tuple[Event[Any], Any]] = []
        self._touched: list[str] = []
        self._arrived: list[str] = []
        self.told: list[Envelope] = []
        self.if_match: int | None = None
        self.sequence = 0
        self.again = False

    @property
    def company(self) -> str:
        """The code of the company this is done for."""
        return self.context.company

    @property
    def currency(self) -> str:
        """The company's base currency."""
        return self.context.currency

    @property
    def business_date(self) -> date:
        """The day the documents of this call bear."""
        return self.context.business_date

    def new_id(self) -> str:
        """A new id (UUIDv7)."""
        return self._ids.new(self.now)

    def select(self, row: type[Row]) -> Select[Row]:
        """A select of this company's rows of one kind, to be narrowed by `where`."""
        return select(row).where(row.company == self.company)

    def all(self, statement: Select[Row]) -> Sequence[Row]:
        """The rows a select finds."""
        return self.session.scalars(statement).all()

    def fresh(self, statement: Select[Row]) -> Sequence[Row]:
        """The rows a select finds as they are now, also those read before: for rows that another row's lock guards."""
        return self.all(statement.execution_options(populate_existing=True))

    def locked(self, statement: Select[Row]) -> Sequence[Row]:
        """The rows as they are now, kept from changing by others until the end; order them the same way everywhere."""
        return self.fresh(statement.with_for_update())

    def find(self, row: type[Row], *, lock: bool = False, **key: object) -> Row | None:
        """The one row with these values, or None; `lock` keeps others from changing it until the end.

        A locked row is as it is in the database now, also where an older state of it was read before the lock.
        """
        if not lock and (known := self._in_hand(row, key)):
            return known
        given = {"company": self.company} | {name: value for name, value in key.items() if value is not None}
        missing = tuple(name for name, value in key.items() if value is None)
        return self.session.scalars(_found(row, tuple(given), missing, lock), given).one_or_none()

    def _in_hand(self, row: type[Row], key: Mapping[str, object]) -> Row | None:
        """The row of this id where this transaction holds it already: reading again would give it as it is."""
        if key.keys() != {"id"}:
            return None
        held: Any = self.session.identity_map.get(identity_key(row, key["id"]))
        if held is None or held.company != self.company or held in self.session.deleted:
            return None
        known: Row = held
        return known

    def get(self, row: type[Row], *, lock: bool = False, **key: object) -> Row:
        """The one row with these values; raises NotFound."""
        found = self.find(row, lock=lock, **key)
        if found is None:
            raise NotFound(f"there is no {row.__name__} with {_named(key)}")
        return found

    def known(self, row: type[Row], id_: str, *, lock: bool = False) -> Row:
        """The row with this id, or NotYet: another service's thing whose fact may still be on its way."""
        found = self.find(row, lock=lock, id=id_)
        if found is None:
            raise NotYet(id_)
        return found

    def add(self, row: Row) -> Row:
        """Keep a new row."""
        row.company = self.company
        self.session.add(row)
        return row

    def insert(self, row: type[Row], values: Sequence[Mapping[str, object]]) -> None:
        """Keep many new rows of one kind in one statement (the hot path)."""
        if values:
            self.session.flush()
            own = {"company": self.company} | ({"version": 1} if issubclass(row, VersionedRow) else {})
            keep(self.session, _table(row), [{**own, **each} for each in values])
            self._touched.append(f"{row.__name__}: {len(values)} new")

    def insert_missing(self, row: type[Row], values: Sequence[Mapping[str, object]]) -> None:
        """Keep new rows, passing over those that are there already: two who miss one at once end with the same one."""
        self.session.flush()
        keep_missing(self.session, _table(row), [{"company": self.company, **each} for each in values])

    def keep_copy(self, row: type[Row], id_: str, **values: object) -> None:
        """Replace the read copy `id_` of another service's thing, unless a fact with a higher sequence came first.

        The row kind has the columns `id` and `sequence`.
        """
        values |= {"company": self.company, "id": id_, "sequence": self.sequence}
        replace_older(self.session, _table(row), values)

    def change(self, row: type[Row]) -> Update:
        """An update of this company's rows of one kind, to be narrowed by `where`, run by `changed`."""
        return update(row).where(row.company == self.company).execution_options(synchronize_session="fetch")

    def changed(self, statement: Update) -> int:
        """Run a conditional update; how many rows met its condition."""
        result: Any = self.session.execute(statement)
        if result.rowcount:
            self._touched.append(f"{statement.table.description}: {result.rowcount} changed")
        return int(result.rowcount)

    def expect_version(self, row: VersionedRow) -> None:
        """Hold the caller's If-Match against the row; raises StaleVersion."""
        if self.if_match is not None and row.version != self.if_match:
            raise StaleVersion(f"the version is {row.version}, not {self.if_match}")

    def number(self, series: str) -> str:
        """The next document number of a series, without gaps: `SO-201012-00042`.

        The counter stays locked until the transaction ends, so ask late.
        """
        period = f"{self.business_date:%Y%m}"
        return f"{series}-{period}-{self._next(counters, series=series, period=period):05d}"

    def emit(self, fact: Event[E], payload: E) -> None:
        """Tell a fact: written to the outbox with the state change, delivered after the commit."""
        self._facts.append((fact, payload))

    def tell_again(self, *which: ColumnElement[bool]) -> int:
        """Have facts of the company that were told, or those of them meant, told again after the commit; how many."""
        self.again = True
        return self.changed(
            update(outbox).where(outbox.c.company == self.company, outbox.c.sent, *which).values(sent=False)
        )

    def arrived(self, subject: str) -> None:
        """Say that something others may wait for (`NotYet`) is here now, under a name that is not an event's."""
        self._arrived.append(subject)

    def redeliver(self, fact: str, type_: str, envelope: str) -> None:
        """Have an event delivered to this service again after the commit, whatever happens in between."""
        row = {
            "consumer": self.service,
            "fact": fact,
            "company": self.company,
            "type": type_,
            "awaits": "redelivery",
            "envelope": envelope,
            "parked_at": self.now,
        }
        keep(self.session, parked, row)
        self.arrived("redelivery")

    @property
    def arrivals(self) -> list[str]:
        """What this call has made known."""
        return list(self._arrived)

    def finish(self) -> None:
        """Write what is pending: rows, outbox and the audit fact. The transaction stays open."""
        self.session.flush()
        self._tell()
        changes = [*self.session.info.pop("changes", ()), *self._touched]
        if changes:
            self._audit(changes)

    def _tell(self) -> None:
        if not self._facts:
            return
        facts, self._facts = self._facts, []
        subjects = Counter(str(getattr(payload, fact.subject)) for fact, payload in facts)
        following = {
            subject: self._next(sequences, by=many, subject=subject) - many for subject, many in subjects.items()
        }
        envelopes = []
        for fact, payload in facts:
            subject = str(getattr(payload, fact.subject))
            following[subject] += 1
            envelopes.append(self._envelope(fact, payload, subject, following[subject]))
        keep(self.session, outbox, [_outbox_row(envelope, self.now) for envelope in envelopes])
        self.told.extend(envelopes)
        self._touched.append("told " + ", ".join(envelope.routing_key for envelope in envelopes))

    def _envelope(self, fact: Event[Any], payload: Any, subject: str, sequence: int) -> Envelope:
        id_ = self.new_id()
        return Envelope(id_, fact.type, subject, sequence, id_, self.now, self.context, fact.write(payload))

    def _next(self, table: Table, by: int = 1, **key: str) -> int:
        return add_up(self.session, table, "last", {"company": self.company, "last": by, **key})

    def _audit(self, changes: Iterable[str]) -> None:
        row = {
            "id": self.new_id(),
            "company": self.company,
            "at": self.now,
            "actor": self.context.actor,
            "cause": self._cause,
            "cause_id": self.context.causation or self.context.request_id,
            "correlation": self.context.correlation,
            "business_date": self.business_date,
            "changes": list(changes),
        }
        keep(self.session, audit_facts, row)


@event.listens_for(Session, "before_flush")
def _remember_changes(session: Session, _context: object, _instances: object) -> None:
    """Note for the audit fact what a flush is about to write: new rows by kind, changed ones with before and after."""
    changes: list[str] = session.info.setdefault("changes", [])
    changes.extend(f"{name}: {count} new" for name, count in Counter(type(row).__name__ for row in session.new).items())
    for row in list(session.dirty)[:_REMEMBERED_CHANGES]:
        state: Any = inspect(row)
        before = ", ".join(f"{name} {old!s} → {getattr(row, name)!s}" for name, old in state.committed_state.items())
        if before:
            changes.append(f"{type(row).__name__} {state.identity[-1]}: {before}")


def unique(row: object | None, what: str) -> None:
    """Refuse to make what is already there; raises Conflict with the code `exists`."""
    if row is not None:
        raise Conflict(f"{what} exists already", code="exists")


def _table(row: type[CompanyRow]) -> Table:
    table: Table = row.__table__  # type: ignore[attr-defined]
    return table


@cache
def _found(row: type[CompanyRow], given: tuple[str, ...], missing: tuple[str, ...], lock: bool) -> Select[Any]:  # noqa: FBT001
    """Finds a row by columns with given values and without one; made once, as making it costs more than running it."""
    values = [getattr(row, name) == bindparam(name) for name in given]
    statement = select(row).where(*values, *(getattr(row, name).is_(None) for name in missing))
    return statement.with_for_update().execution_options(populate_existing=True) if lock else statement


def _named(key: Mapping[str, object]) -> str:
    return ", ".join(f"{name} {value}" for name, value in key.items())


def _outbox_row(envelope: Envelope, now: datetime) -> dict[str, object]:
    return {
        "id": envelope.id,
        "company": envelope.context.company,
        "type": envelope.type,
        "subject": envelope.subject,
        "envelope": envelope.to_text(),
        "recorded_at": now,
    }


CommandHandler = Callable[[UnitOfWork, Any], Any]
"""Takes an operation's typed request, gives its typed answer."""
EventHandler = Callable[[UnitOfWork, Any], None]
"""Takes an event's typed payload."""

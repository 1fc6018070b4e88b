"""The unit of work: everything one handler call changes and tells, held in one transaction or not at all."""

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, Select, Update, bindparam, update

from shared.contracts.operations import Event
from shared.kernel.errors import Conflict, NotFound, NotYet, StaleVersion
from shared.kernel.ids import IdSource
from shared.runtime.cloudevents import Envelope
from shared.runtime.context import Context
from shared.storage.backbone import audit_facts, counters, outbox, parked, sequences
from shared.storage.matching import matching
from shared.storage.prepared import Prepared
from shared.storage.rows import CompanyRow, Related, VersionedRow, rows_of
from shared.storage.session import Session
from shared.storage.statements import add_up, add_up_each, keep, keep_missing, replace_older

Row = TypeVar("Row", bound=CompanyRow)
Versioned = TypeVar("Versioned", bound=VersionedRow)
E = TypeVar("E")


class UnitOfWork:
    """What a handler works through: rows of its company, facts to tell, numbers, ids and both clocks."""

    def __init__(
        self, service: str, session: Session, context: Context, now: datetime, ids: IdSource, cause: str,
        *, records: "Records",
    ) -> None:  # fmt: skip
        self.service, self.session, self.context, self.now = service, session, context, now
        self.company = context.company
        self._ids, self._cause, self._records = ids, cause, records
        self._facts: list[tuple[Event[Any], Any]] = []
        self._touched: list[str] = []
        self._arrived: list[str] = []
        self.if_match: int | None = None
        self.sequence = 0
        self.again = False

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
        id_ = self._ids.new(self.now)
        self._records.made.add(id_)
        return id_

    def select(self, row: type[Row]) -> Select[Row]:
        """A select of this company's rows of one kind, to be narrowed by `where`."""
        return rows_of(row).where(row.company == self.company)

    def all(self, statement: Select[Row]) -> Sequence[Row]:
        """The rows a select finds."""
        return self.session.rows(statement)

    def fresh(self, statement: Select[Row]) -> Sequence[Row]:
        """The rows a select finds as they are now, also those read before: for rows that another row's lock guards."""
        return self.session.rows(statement, fresh=True)

    def locked(self, statement: Select[Row]) -> Sequence[Row]:
        """The rows as they are now, kept from changing by others until the end; order them the same way everywhere."""
        return self.fresh(statement.with_for_update())

    def rows(
        self, row: type[Row], *, by: tuple[str, ...] = (), fresh: bool = False, lock: bool = False, **key: object
    ) -> list[Row]:
        """The rows with these values, in the order of the columns `by`; a collection stands for any value in it.

        `fresh` and `lock` as for `fresh` and `locked`. The statement is made once and so costs a tenth of a select put
        together anew.
        """
        return self._matching(row, key, by, fresh=fresh or lock, lock=lock)

    def _matching(
        self, row: type[Row], key: Mapping[str, object], by: tuple[str, ...], *, fresh: bool, lock: bool
    ) -> list[Row]:
        if not all(key.values()) and any(isinstance(value, Collection) and not value for value in key.values()):
            return []
        wanted = {"company": self.company, **key}
        statement, values = matching(row.__kind__, wanted, by, lock=lock)
        return self.session.found(row.__kind__, statement, values, wanted=wanted, fresh=fresh)

    def look_up(self, row: type[Row], columns: tuple[str, ...], values: Iterable[object], **key: object) -> list[Row]:
        """The rows with any of `values` in these columns, and the values `key`, as this transaction first read them.

        For what is only looked up and nothing here changes, like prices: what another unit of work of the same
        transaction looked up is not read again. Of several columns each value is a tuple.
        """
        return self.session.look_up(row.__kind__, columns, values, {"company": self.company, **key})

    def guarded(self, row: type[Row], columns: tuple[str, ...], values: Iterable[object]) -> list[Row]:
        """The rows with any of `values` in these columns, which a lock that this transaction holds keeps from others.

        They are read once, whatever is changed or added here meanwhile.
        """
        return self.session.guarded(row.__kind__, columns, values, {"company": self.company})

    def look_again(self, *rows: type[CompanyRow]) -> None:
        """Read these kinds anew when they are looked up next: a lock taken now keeps them as they are then."""
        for row in rows:
            self.session.look_again(row.__kind__)

    def found(
        self, row: type[Row], statement: Prepared, *, given: Mapping[str, object], fresh: bool = False, **key: object
    ) -> list[Row]:
        """The rows that a prepared select of their table finds, all of which have the values `key`.

        It is run with the company (`company`), these values and those `given` besides; `fresh` as for `fresh`.
        """
        wanted = {"company": self.company, **key}
        return self.session.found(row.__kind__, statement, {**wanted, **given}, wanted=wanted, fresh=fresh)

    def find(self, row: type[Row], *, lock: bool = False, **key: object) -> Row | None:
        """The one row with these values, or None; `lock` keeps others from changing it until the end.

        A locked row is as it is in the database now, also where an older state of it was read before the lock.
        """
        if (not lock or self.session.sure) and (known := self._in_hand(row, key)) is not None:
            return known
        wanted = {"company": self.company, **key}
        locked: Row | None = self.session.locked(row.__kind__, wanted) if lock else None
        if locked is not None:
            return locked
        found = self._matching(row, key, (), fresh=lock, lock=lock)
        if len(found) > 1:
            raise LookupError(f"there are {len(found)} of {row.__name__} with {_named(key)}")
        if found and lock:
            self.session.keep_locked(found[0], wanted)
        return found[0] if found else None

    def locked_before(self, row: type[Row], **key: object) -> Row | None:
        """The row with these values, where this transaction has locked it already: it is as it is in the database."""
        return self.session.locked(row.__kind__, {"company": self.company, **key})

    def keep_locked(self, row: CompanyRow, *columns: str) -> None:
        """Say that this row was locked here: whoever looks for it by these columns finds it without asking again."""
        self.session.keep_locked(row, {"company": self.company, **{name: getattr(row, name) for name in columns}})

    def _in_hand(self, row: type[Row], key: Mapping[str, object]) -> Row | None:
        """The row of this id where this transaction holds it already: reading again would give it as it is."""
        held = self.session.in_hand(row.__kind__, key["id"]) if key.keys() == {"id"} else None
        return held if held is not None and held.company == self.company else None

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

    def add_to(self, owner: CompanyRow, related: Related[Row], row: Row) -> Row:
        """Keep a new row that belongs to `owner`, which holds it from now on beside those it had."""
        before = related.of(owner)
        self.add(row)
        related.hold(owner, [*before, row])
        return row

    def insert(self, row: type[Row], values: Sequence[Mapping[str, object]]) -> None:
        """Keep many new rows of one kind in one statement (the hot path)."""
        if values:
            own = {"company": self.company} | ({"version": 1} if issubclass(row, VersionedRow) else {})
            self.session.add_values(row.__kind__, [{**own, **each} for each in values])
            self._touched.append(f"{row.__name__}: {len(values)} new")

    def insert_missing(self, row: type[Row], values: Sequence[Mapping[str, object]]) -> None:
        """Keep new rows, passing over those that are there already: two who miss one at once end with the same one."""
        self.session.flush()
        keep_missing(self.session, row.__table__, [{"company": self.company, **each} for each in values])
        self.session.grown(row.__kind__)

    def keep_copy(self, row: type[Row], id_: str, **values: object) -> None:
        """Replace the read copy `id_` of another service's thing, unless a fact with a higher sequence came first.

        The row kind has the columns `id` and `sequence`.
        """
        values |= {"company": self.company, "id": id_, "sequence": self.sequence}
        replace_older(self.session, row.__table__, values)
        self.session.replaced(row.__kind__, id_)

    def change(self, row: type[Row]) -> Update:
        """An update of this company's rows of one kind, to be narrowed by `where`, run by `changed`."""
        return update(row).where(row.company == self.company)

    def changed(self, statement: Update) -> int:
        """Run a conditional update; how many rows met its condition."""
        count = self.session.update(statement)
        if count:
            self._touched.append(f"{statement.table.description}: {count} changed")
        return count

    def expect_version(self, row: VersionedRow) -> None:
        """Hold the caller's If-Match against the row; raises StaleVersion."""
        if self.if_match is not None and row.version != self.if_match:
            raise StaleVersion(f"the version is {row.version}, not {self.if_match}")

    def number(self, series: str) -> str:
        """The next document number of a series, without gaps: `SO-201012-00042`.

        The counter stays locked until the transaction ends, so ask late.
        """
        period = f"{self.business_date:%Y%m}"
        return f"{series}-{period}-{self._records.number(self.session, self.company, series, period):05d}"

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
    def made_known(self) -> set[str]:
        """The subjects others may have waited for, of what arrived and of what is told."""
        return {*self._arrived, *(subject_of(fact, payload) for fact, payload in self._facts)}

    def finish(self) -> None:
        """Put what is told and the audit fact on record. Nothing is written that need not be, nothing committed."""
        self.session.settle()
        changes = [*self.session.changes, *self._touched]
        self.session.changes.clear()
        if self._facts:
            changes.append("told " + ", ".join(fact.routing_key for fact, _ in self._facts))
            self._records.tell(self, [(self.new_id(), *each) for each in self._facts])
        if changes:
            self._records.audited.append(self._audit_fact(changes))

    def envelope(self, id_: str, fact: Event[Any], payload: Any, sequence: int) -> Envelope:
        """A fact as it is told, with its place among those about its subject."""
        subject = subject_of(fact, payload)
        return Envelope(id_, fact.type, subject, sequence, id_, self.now, self.context, fact.write(payload))

    def _audit_fact(self, changes: Iterable[str]) -> dict[str, object]:
        return {
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


@dataclass
class Records:
    """What the units of work of one transaction leave in the backbone's tables, written once for all of them."""

    told: list[Envelope] = field(default_factory=list)
    audited: list[dict[str, object]] = field(default_factory=list)
    made: set[str] = field(default_factory=set)
    """The ids made by these units of work."""
    _to_tell: list[tuple[UnitOfWork, str, Event[Any], Any]] = field(default_factory=list)
    _numbers: dict[tuple[str, str, str], "_Numbers"] = field(default_factory=dict)

    def tell(self, work: UnitOfWork, facts: Iterable[tuple[str, Event[Any], Any]]) -> None:
        """Have facts told, each under its id."""
        self._to_tell.extend((work, *each) for each in facts)

    def number(self, session: Session, company: str, series: str, period: str) -> int:
        """The next number of a series: from the counter, which is locked from then on, and so counted on from here."""
        key = {"company": company, "series": series, "period": period}
        numbers = self._numbers.get((company, series, period))
        if numbers is None:
            first = add_up(session, counters, "last", {**key, "last": 1})
            numbers = self._numbers[company, series, period] = _Numbers(first, first)
            session.hurry()
        else:
            numbers.last += 1
            session.touches += 1
        return numbers.last

    def write(self, session: Session) -> None:
        """Keep what was told and audited, and how far was counted."""
        for (company, series, period), numbers in self._numbers.items():
            if numbers.last > numbers.stored:
                key = {"of_company": company, "of_series": series, "of_period": period}
                session.write(_COUNTED_ON, [{**key, "new_last": numbers.last}])
        self._numbers.clear()
        now_told = list(self._envelopes(session))
        self.told.extend(envelope for envelope, _ in now_told)
        keep(session, outbox, [_outbox_row(envelope, now) for envelope, now in now_told])
        keep(session, audit_facts, self.audited)

    def _envelopes(self, session: Session) -> Iterator[tuple[Envelope, datetime]]:
        """The facts as they are told, numbered within each subject in the order they came about."""
        if not self._to_tell:
            return
        subjects = [(work.company, subject_of(fact, payload)) for work, _, fact, payload in self._to_tell]
        many = Counter(subjects)
        last = self._counted(session, many)
        following = {subject: last[subject] - count for subject, count in many.items()}
        for subject, (work, id_, fact, payload) in zip(subjects, self._to_tell, strict=True):
            following[subject] += 1
            yield work.envelope(id_, fact, payload, following[subject]), work.now
        self._to_tell.clear()

    def _counted(self, session: Session, many: Mapping[tuple[str, str], int]) -> dict[tuple[str, str], int]:
        """How many facts each subject has had with these; of one that was made here no one can have told before."""
        first = {subject: count for subject, count in many.items() if subject[1] in self.made}
        rows = [{"company": company, "subject": each, "last": count} for (company, each), count in first.items()]
        keep(session, sequences, rows)
        self.made.difference_update(each for _, each in first)
        others = {subject: count for subject, count in many.items() if subject not in first}
        return first | (add_up_each(session, sequences, "last", "subject", others) if others else {})


@dataclass
class _Numbers:
    """How far a series is counted in a transaction, and as the database has it."""

    stored: int
    last: int


_COUNTED_ON = Prepared(
    update(counters)
    .where(*(counters.c[name] == bindparam(f"of_{name}") for name in ("company", "series", "period")))
    .values(last=bindparam("new_last", type_=counters.c.last.type))
)


def subject_of(fact: Event[Any], payload: Any) -> str:
    """The id of the aggregate a fact is about."""
    return str(getattr(payload, fact.subject))


def unique(row: object | None, what: str) -> None:
    """Refuse to make what is already there; raises Conflict with the code `exists`."""
    if row is not None:
        raise Conflict(f"{what} exists already", code="exists")


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

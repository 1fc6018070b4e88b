"""A session: one transaction's rows, read once each and written back as far as they were changed."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from operator import itemgetter
from typing import Any, Self, TypeVar

from sqlalchemy import Connection, Executable, Result, ScalarResult, Select, Update

from shared.storage.bulk import bulk_update
from shared.storage.matching import matching
from shared.storage.pending import Pending
from shared.storage.prepared import Prepared, Values, commit, send
from shared.storage.rows import KIND, Kind, Row
from shared.storage.urgency import URGENT

R = TypeVar("R", bound=Row)


_Read = dict[Kind[Any], dict[tuple[Any, ...], dict[Any, list[Any]]]]
"""What was read: by kind, by columns and what else was asked for, and by value."""


class Outdated(Exception):
    """A row with a version was changed by another transaction since it was read."""


class Session:
    """Rows and statements within one transaction of one connection.

    A row is one object however often it is found. What was changed is written before the next statement that could see
    it, at the latest by `flush`; `changes` tells of it for the audit trail. On PostgreSQL what needs no answer goes
    along with the next statement, in one round trip.

    On SQLite a transaction has the database to itself, so that what is in hand is what is stored, and is not read anew
    (`sure`) until a statement goes past the rows. On PostgreSQL others change rows meanwhile.

    `touches` grows with everything that is written or is going to be: what did not make it grow had no effect.
    """

    def __init__(self, connection: Connection, begin: bytes = b"") -> None:
        """`begin` begins the transaction along with the first statement, where the connection does not by itself."""
        self.connection = connection
        self.dialect = connection.dialect.name
        self.changes: list[str] = []
        # Rows of a kind are of its class; Any spares saying so wherever one is looked up.
        self._rows: dict[tuple[Kind[Any], tuple[Any, ...]], Any] = {}
        self._related: dict[Kind[Any], dict[str, dict[object, list[tuple[Row, str]]]]] = {}
        self.sure = self.dialect == "sqlite"
        self._pending = Pending()
        self._locked: dict[tuple[Kind[Any], tuple[tuple[str, object], ...]], Any] = {}
        self._looked_up: _Read = {}
        self._guarded: _Read = {}
        self._begin = begin
        self._unsent = [begin] if begin else []
        self.touches = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        """Let go of the rows, which know their session: so they are gone at once and not left to the collector."""
        self.forget()

    # Statements

    def execute(
        self, statement: Executable, values: "Values | Sequence[Values] | None" = None
    ) -> Result[*tuple[Any, ...]]:
        """Run any statement of SQLAlchemy's."""
        self._write()
        if self._unsent:
            send(self.connection, self._take_unsent())
        if not statement.is_select:
            self.sure = False
            self.touches += 1
            self._looked_up.clear()
            self._guarded.clear()
        return self.connection.execute(statement, values)

    def scalars(self, statement: Executable) -> ScalarResult[Any]:
        """The first column of what a statement gives."""
        return self.execute(statement).scalars()

    def scalar(self, statement: Executable, values: Values | None = None) -> Any:
        """The first value a statement gives, or None."""
        return self.execute(statement, values).scalar()

    def run(self, statement: Prepared, values: Values) -> list[Sequence[Any]]:
        """What a prepared statement gives, with rows written that it could see."""
        self._write()
        return self.ask(statement, values)

    def ask(self, statement: Prepared, values: Values) -> list[Sequence[Any]]:
        """What a prepared statement gives that looks at tables without rows."""
        self.touches += not statement.reads
        return statement.rows(self.connection, values, self._take_unsent())

    def ask_all(self, statement: Prepared, values: Sequence[Values]) -> list[Sequence[Any]]:
        """What one insert of many rows returns, into a table without rows; not on SQLite."""
        self.touches += 1
        return statement.rows_of_all(self.connection, values, self._take_unsent())

    def change(self, statement: Prepared, values: Values) -> int:
        """Run a prepared statement now; how many rows it made or changed."""
        self.touches += 1
        return statement.change(self.connection, values, self._take_unsent())

    def write(self, statement: Prepared, values: Sequence[Values]) -> None:
        """Run a prepared statement for each of `values`, at the latest along with the next statement."""
        self.touches += 1
        if self.dialect != "sqlite":
            self._unsent.append(statement.texts(self.connection, values))
        elif len(values) == 1:
            statement.change(self.connection, values[0])
        else:
            statement.many(self.connection, values)

    def hurry(self) -> None:
        """Others wait for what this transaction holds, so it comes to its end before anything else is done."""
        if self.dialect != "sqlite":
            URGENT.add(id(self.connection.connection.dbapi_connection))

    def update(self, statement: Update) -> int:
        """Run a conditional update, and read the rows of its table that are in hand anew; how many rows it changed."""
        count = self.execute(statement).rowcount  # type: ignore[attr-defined]
        for (kind, _), row in list(self._rows.items()):
            if kind.table is statement.table:
                self.refresh(row)
        return int(count)

    # Rows

    def rows(self, statement: Select[R], *, fresh: bool = False) -> list[R]:
        """The rows a select of `rows_of` finds; `fresh`: as they are stored now, also those in hand."""
        return [row for row, *_ in self.rows_with(statement, fresh=fresh)]

    def rows_with(self, statement: Select[R], *, fresh: bool = False) -> "list[tuple[R, *tuple[Any, ...]]]":
        """The rows a select finds, each with the columns added to it."""
        kind: Kind[R] = statement.get_execution_options()[KIND]
        found = self.execute(statement).all()
        width = kind.width
        return [(self._held(kind, values, fresh=fresh), *values[width:]) for values in found]

    def found(
        self, kind: Kind[R], statement: Prepared, values: Values, *, wanted: Values, fresh: bool = False
    ) -> list[R]:
        """The rows a prepared select of a kind's table finds: those with the `wanted` values."""
        if self._pending.has(kind) and self._concerned(kind, wanted):
            self._write()
        stored, read = statement.fetched(self.connection, values, self._take_unsent())
        if self.sure and self._rows:
            return [self._known(kind, each) or self._held(kind, read(each), fresh=fresh) for each in stored]
        return [self._held(kind, read(each), fresh=fresh) for each in stored]

    def look_up(self, kind: Kind[R], columns: tuple[str, ...], values: Iterable[Any], fixed: Values) -> list[R]:
        """The rows with the values `fixed` and any of `values` in `columns`, as this transaction first read them.

        Of several columns each value is a tuple. For what is only looked up: however many units of work ask, each
        value is read once.
        """
        return self._each_once(self._looked_up, kind, columns, values, fixed, fresh=False)

    def guarded(self, kind: Kind[R], columns: tuple[str, ...], values: Iterable[Any], fixed: Values) -> list[R]:
        """The same for what a lock held here keeps from others: what is changed or added here is among them."""
        return self._each_once(self._guarded, kind, columns, values, fixed, fresh=True)

    def _each_once(
        self, read: _Read, kind: Kind[R], columns: tuple[str, ...], values: Iterable[Any], fixed: Values, *, fresh: bool
    ) -> list[R]:
        every = dict.fromkeys(values)
        known = read.setdefault(kind, {}).setdefault((columns, *fixed.items()), {})
        if missing := [each for each in every if each not in known]:
            sought = (
                [missing] if len(columns) == 1 else [list(dict.fromkeys(each)) for each in zip(*missing, strict=True)]
            )
            wanted = {**fixed, **dict(zip(columns, sought, strict=True))}
            statement, given = matching(kind, wanted, (), lock=False)
            new: dict[Any, list[Any]] = {each: [] for each in missing}
            value_of = itemgetter(*columns)
            for row in self.found(kind, statement, given, wanted=wanted, fresh=fresh):
                # Sought by each column for itself, there may be others among them.
                if (rows := new.get(value_of(row.__dict__))) is not None:
                    rows.append(row)
            known.update(new)
        return [row for each in every for row in known[each]]

    def look_again(self, kind: Kind[Any]) -> None:
        """Read rows of a kind anew when they are looked up next."""
        self._looked_up.pop(kind, None)

    def _concerned(self, kind: Kind[Any], wanted: Values) -> bool:
        """Whether what is to be written may be among the rows with these values.

        Where a statement is a round trip each row is looked at; on SQLite that would cost more than writing it.
        """
        ids = wanted.get("id")
        if ids is not None and kind.key == ("id",) and not self._pending.has_values(kind):
            several = ids if isinstance(ids, Collection) and not isinstance(ids, str) else (ids,)
            rows = (self._rows.get((kind, (each,))) for each in several)
            return any(row is not None and self._pending.has_row(row) for row in rows)
        return self.dialect == "sqlite" or self._pending.concerns(kind, wanted)

    def in_hand(self, kind: Kind[R], *key: object) -> R | None:
        """The row with this primary key, if it was read or made here before."""
        held: R | None = self._rows.get((kind, key))
        return held

    def get(self, row: type[R], *key: object, lock: bool = False) -> R | None:
        """The row with this primary key, or None; `lock` keeps others from changing it and reads it as it is now."""
        kind: Kind[R] = row.__kind__
        if (not lock or self.sure) and (held := self.in_hand(kind, *key)) is not None:
            return held
        statement, wanted = kind.find_locked if lock else kind.find, dict(zip(kind.key, key, strict=True))
        return next(iter(self.found(kind, statement, kind.by_key(key), wanted=wanted, fresh=lock)), None)

    def keep_locked(self, row: Row, wanted: Values) -> None:
        """`row` was locked here and read after that, as the one with these values."""
        self._locked[row.__kind__, tuple(wanted.items())] = row

    def locked(self, kind: Kind[R], wanted: Values) -> R | None:
        """The row with these values, if it was locked here before: then it is in hand as it is stored."""
        row: R | None = self._locked.get((kind, tuple(wanted.items())))
        if row is None or self._rows.get((kind, kind.key_of(row))) is not row:
            return None
        return row if all(row.__dict__[name] == value for name, value in wanted.items()) else None

    def refresh(self, row: Row) -> None:
        """Make a row in hand what is stored now."""
        kind = row.__kind__
        (values,) = self.run(kind.find, kind.by_key(kind.key_of(row)))
        kind.reload(row, values)

    def related(self, row: Row, name: str, kind: Kind[Any], by: str, value: object) -> None:
        """`row` holds the rows of a kind with this value in `by` under `name`, until there is another."""
        self._related.setdefault(kind, {}).setdefault(by, {}).setdefault(value, []).append((row, name))

    def grown(self, kind: Kind[Any]) -> None:
        """There may be new rows of this kind, so that whatever holds rows of it has to look again."""
        self._looked_up.pop(kind, None)
        self._guarded.pop(kind, None)
        for holders in self._related.pop(kind, {}).values():
            for held in holders.values():
                _let_go(held)

    def _grown_by(self, kind: Kind[Any], new: Iterable[Values]) -> None:
        """There are these new rows of a kind, so that what holds the others like them has to look again."""
        self._looked_up.pop(kind, None)
        for by, holders in self._related.get(kind, {}).items():
            for values in new:
                _let_go(holders.pop(values.get(by), ()))
        for (columns, *_), known in self._guarded.get(kind, {}).items():
            for each in map(itemgetter(*columns), new):
                known.pop(each, None)

    def replaced(self, kind: Kind[Any], *key: object) -> None:
        """A row was written past the session: it is read anew when asked for."""
        self._looked_up.pop(kind, None)
        self._guarded.pop(kind, None)
        row = self._rows.pop((kind, key), None)
        if row is not None and self._pending.has_row(row):
            self._write()

    def add(self, row: R) -> None:
        """Keep a new row."""
        kind = row.__kind__
        self.touches += 1
        self._pending.add(row, self)
        if kind.generated is None:
            self._rows[kind, kind.key_of(row)] = row
        self._grown_by(kind, [row.__dict__])

    def add_values(self, kind: Kind[Any], values: Sequence[Values]) -> None:
        """Keep new rows of which nobody needs the objects."""
        self.touches += 1
        self._pending.add_values(kind, values)
        self._grown_by(kind, values)

    def delete(self, row: Row) -> None:
        """Remove a row."""
        self._write()
        kind, key = row.__kind__, row.__kind__.key_of(row)
        self.change(kind.delete, kind.by_key(key))
        self._looked_up.pop(kind, None)
        self._guarded.pop(kind, None)
        self._rows.pop((kind, key), None)

    def note(self, row: Row) -> None:
        """A row in hand is about to be changed."""
        self.touches += 1
        self._looked_up.pop(row.__kind__, None)
        self._pending.note(row)

    def settle(self) -> None:
        """A unit of work is at its end: versions grow, and `changes` tells what it made and changed."""
        self.changes += self._pending.settle()

    def flush(self) -> None:
        """Settle, and write what is new and what was changed."""
        self.settle()
        self._write()
        if self._unsent:
            send(self.connection, self._take_unsent())

    def commit(self) -> None:
        """Flush, and commit in the same round trip what was begun here."""
        self.settle()
        self._write()
        if self._unsent != [self._begin]:
            commit(self.connection, self._take_unsent())

    @contextmanager
    def savepoint(self) -> Iterator[None]:
        """What happens within takes effect as a whole or not at all; after a failure every row is read anew."""
        self.flush()
        try:
            with self.connection.begin_nested():
                yield
                self.flush()
        except BaseException:
            self.forget()
            raise

    def forget(self) -> None:
        """Let go of every row: what was pending is not written, and each is read anew."""
        self._rows.clear()
        self._related.clear()
        self._locked.clear()
        self._looked_up.clear()
        self._guarded.clear()
        self._pending.clear()
        self._unsent.clear()
        self.changes.clear()

    def _known(self, kind: Kind[R], stored: Sequence[Any]) -> R | None:
        """The row in hand of which this is what is stored; keys are texts and numbers, stored as they are."""
        held: R | None = self._rows.get((kind, kind.key_in(stored)))
        return held

    def _held(self, kind: Kind[R], values: Sequence[Any], *, fresh: bool) -> R:
        key = kind, kind.key_in(values)
        held: R | None = self._rows.get(key)
        if held is None:
            held = kind.loaded(values, self)
            self._rows[key] = held
        elif fresh:
            kind.reload(held, values)
        return held

    def _write(self) -> None:
        """Write what is pending; on PostgreSQL most of it goes along with the next statement."""
        if not self._pending:
            return
        new, changed = self._pending.take()
        for kind, values in new:
            self.write(kind.insert, values)
        for kind, columns, values in changed:
            self._change(kind, columns, values)

    def _change(self, kind: Kind[Any], columns: tuple[str, ...], values: list[Values]) -> None:
        one = kind.update(columns)
        if self.dialect == "sqlite" or len(values) == 1:
            if not kind.versioned:
                self.write(one, values)
            elif any(self.change(one, each) != 1 for each in values):
                raise Outdated(f"{kind.name} was changed by another transaction")
            return
        matched = (*(f"key_{name}" for name in kind.key), *(("was_version",) if kind.versioned else ()))
        self._unsent.append(bulk_update(self.connection, one, kind.table, columns, matched, values))
        if kind.versioned and send(self.connection, self._take_unsent()) != len(values):
            raise Outdated(f"one of {len(values)} {kind.name} was changed by another transaction")

    def _take_unsent(self) -> bytes:
        if not self._unsent:
            return b""
        unsent, self._unsent = b";".join(self._unsent), []
        return unsent


def _let_go(held: Iterable[tuple[Row, str]]) -> None:
    for row, name in held:
        row.__dict__.pop(name, None)

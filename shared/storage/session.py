"""A session: one transaction's rows, read once each and written back as far as they were changed."""

from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import groupby
from typing import Any, TypeVar, cast

from sqlalchemy import Connection, Executable, Result, ScalarResult, Select, Update

from shared.storage.prepared import Prepared, Values
from shared.storage.rows import KIND, Kind, Row, changes_of, take_in, written

R = TypeVar("R", bound=Row)
_REMEMBERED_CHANGES = 50


class Outdated(Exception):
    """A row with a version was changed by another transaction since it was read."""


class Session:
    """Rows and statements within one transaction of one connection.

    A row is one object however often it is found. What was changed is written before the next statement that could see
    it, at the latest by `flush`; `changes` tells of it for the audit trail.

    On SQLite a transaction has the database to itself, so that what is in hand is what is stored, and is not read anew
    (`sure`) until a statement goes past the rows. On PostgreSQL others change rows meanwhile.
    """

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self.dialect = connection.dialect.name
        self.changes: list[str] = []
        self._rows: dict[tuple[Kind[Any], tuple[Any, ...]], Row] = {}
        self._related: dict[Kind[Any], list[tuple[Row, str]]] = {}
        self.sure = self.dialect == "sqlite"
        self._new: list[Row] = []
        self._changed: list[Row] = []

    # Statements

    def execute(
        self, statement: Executable, values: "Values | Sequence[Values] | None" = None
    ) -> Result[*tuple[Any, ...]]:
        """Run any statement of SQLAlchemy's."""
        self.flush()
        self.sure = self.sure and statement.is_select
        return self.connection.execute(statement, values)

    def scalars(self, statement: Executable) -> ScalarResult[Any]:
        """The first column of what a statement gives."""
        return self.execute(statement).scalars()

    def scalar(self, statement: Executable, values: Values | None = None) -> Any:
        """The first value a statement gives, or None."""
        return self.execute(statement, values).scalar()

    def run(self, statement: Prepared, values: Values) -> list[Sequence[Any]]:
        """What a prepared statement gives, with rows written that it could see."""
        self.flush()
        return statement.rows(self.connection, values)

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

    def found(self, kind: Kind[R], statement: Prepared, values: Values, *, fresh: bool = False) -> list[R]:
        """The rows a prepared select of a kind's table finds."""
        self.flush()
        stored, read = statement.fetched(self.connection, values)
        if self.sure and self._rows:
            return [self._known(kind, each) or self._held(kind, read(each), fresh=fresh) for each in stored]
        return [self._held(kind, read(each), fresh=fresh) for each in stored]

    def in_hand(self, kind: Kind[R], *key: object) -> R | None:
        """The row with this primary key, if it was read or made here before."""
        return cast("R | None", self._rows.get((kind, key)))

    def get(self, row: type[R], *key: object, lock: bool = False) -> R | None:
        """The row with this primary key, or None; `lock` keeps others from changing it and reads it as it is now."""
        kind: Kind[R] = row.__kind__
        self.flush()
        if (not lock or self.sure) and (held := self.in_hand(kind, *key)) is not None:
            return held
        statement = kind.find_locked if lock else kind.find
        return next(iter(self.found(kind, statement, kind.by_key(key), fresh=lock)), None)

    def refresh(self, row: Row) -> None:
        """Make a row in hand what is stored now."""
        kind = row.__kind__
        (values,) = self.run(kind.find, kind.by_key(kind.key_of(row)))
        kind.reload(row, values)

    def related(self, row: Row, name: str, kind: Kind[Any]) -> None:
        """`row` holds rows of a kind under `name`; it lets go of them once there is another of that kind."""
        self._related.setdefault(kind, []).append((row, name))

    def grown(self, kind: Kind[Any]) -> None:
        """There is a new row of this kind, so that what holds rows of it has to look again."""
        for row, name in self._related.pop(kind, ()):
            row.__dict__.pop(name, None)

    def replaced(self, kind: Kind[Any], *key: object) -> None:
        """A row was written past the session: it is read anew when asked for."""
        self._rows.pop((kind, key), None)

    def add(self, row: Row) -> None:
        """Keep a new row."""
        self._new.append(row)

    def delete(self, row: Row) -> None:
        """Remove a row."""
        self.flush()
        kind, key = row.__kind__, row.__kind__.key_of(row)
        kind.delete.change(self.connection, kind.by_key(key))
        self._rows.pop((kind, key), None)

    def note(self, row: Row) -> None:
        """A row in hand is about to be changed."""
        self._changed.append(row)

    def flush(self) -> None:
        """Write what is new and what was changed."""
        if self._new:
            self._write_new()
        if self._changed:
            self._write_changed()

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
        self._new.clear()
        self._changed.clear()
        self.changes.clear()

    def _known(self, kind: Kind[R], stored: Sequence[Any]) -> R | None:
        """The row in hand of which this is what is stored; keys are texts and numbers, stored as they are."""
        return cast("R | None", self._rows.get((kind, kind.key_in(stored))))

    def _held(self, kind: Kind[R], values: Sequence[Any], *, fresh: bool) -> R:
        key = kind, kind.key_in(values)
        held: R | None = cast("Any", self._rows.get(key))
        if held is None:
            held = kind.loaded(values, self)
            self._rows[key] = held
        elif fresh:
            kind.reload(held, values)
        return held

    def _write_new(self) -> None:
        """Parents before what refers to them: by table, in the order the metadata has them."""
        new, self._new = self._new, []
        self.changes += [f"{name}: {count} new" for name, count in Counter(row.__kind__.name for row in new).items()]
        by_kind: dict[Kind[Any], list[Row]] = {}
        for row in new:
            by_kind.setdefault(row.__kind__, []).append(row)
        for kind in sorted(by_kind, key=_rank):
            self._insert(kind, by_kind[kind])

    def _insert(self, kind: Kind[Any], rows: list[Row]) -> None:
        for row in rows:
            if kind.versioned:
                row.version = 1
        if len(rows) == 1:
            kind.insert.change(self.connection, _only(rows[0].__dict__, kind.inserting))
        else:
            kind.insert.many(self.connection, [_only(row.__dict__, kind.inserting) for row in rows])
        self.grown(kind)
        for row in rows:
            take_in(row, self)
            if kind.generated is None:
                self._rows[kind, kind.key_of(row)] = row

    def _write_changed(self) -> None:
        changed, self._changed = self._changed, []
        changes = [(row, found) for row in changed if (found := changes_of(row))]
        self.changes += [_told(row, found) for row, found in changes[:_REMEMBERED_CHANGES]]
        updates = sorted(((row.__kind__, tuple(found), row) for row, found in changes), key=_order)
        for (kind, columns), group in groupby(updates, key=lambda each: each[:2]):
            self._update(kind, columns, [row for *_, row in group])
        for row in changed:
            written(row)

    def _update(self, kind: Kind[Any], columns: tuple[str, ...], rows: list[Row]) -> None:
        if not kind.versioned:
            kind.update(columns).many(self.connection, [_new_values(kind, columns, row) for row in rows])
            return
        for row in rows:
            version: int = row.version  # type: ignore[attr-defined]
            values = {**_new_values(kind, columns, row), "new_version": version + 1, "was_version": version}
            if kind.update((*columns, "version")).change(self.connection, values) != 1:
                raise Outdated(f"{kind.name} {kind.key_of(row)} is not at version {version} any more")
            row.version = version + 1


def _rank(kind: Kind[Any]) -> int:
    order = kind.table.metadata.info.get("order")
    if order is None or len(order) != len(kind.table.metadata.tables):
        order = {table.name: place for place, table in enumerate(kind.table.metadata.sorted_tables)}
        kind.table.metadata.info["order"] = order
    return int(order[kind.table.name])


def _order(update: tuple[Kind[Any], tuple[str, ...], Row]) -> Any:
    kind, columns, row = update
    return kind.name, columns, kind.key_of(row)


def _only(values: dict[str, Any], names: Sequence[str]) -> dict[str, Any]:
    return {name: values[name] for name in names}


def _new_values(kind: Kind[Any], columns: Sequence[str], row: Row) -> dict[str, Any]:
    values = row.__dict__
    return {**{f"new_{name}": values[name] for name in columns}, **kind.by_key(kind.key_of(row))}


def _told(row: Row, found: dict[str, tuple[Any, Any]]) -> str:
    changes = ", ".join(f"{name} {before!s} → {now!s}" for name, (before, now) in found.items())
    return f"{row.__kind__.name} {row.__kind__.key_of(row)[-1]}: {changes}"

"""Statements compiled once and run on the driver's own cursor, for what every transaction runs.

SQLAlchemy writes the SQL and knows how each type is stored; what is left out is what it does around every execution
(looking the statement up in its cache, a context, a result), ten times what SQLite itself takes. Statements with a list
in them (`IN`) change with its length and go through the connection instead.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from functools import cached_property, partial
from operator import itemgetter
from typing import Any

from psycopg2.extensions import TRANSACTION_STATUS_IDLE
from sqlalchemy import ClauseElement, Connection, Dialect, Select, Uuid
from sqlalchemy.exc import DBAPIError

from shared.storage.arrays import array_text
from shared.storage.plans import Planned, of_columns, planned, plans_of, type_name

OUT_OF_DATE = "0A000"
"""SQLSTATE: what a connection keeps gives other types than it did, as a table was changed meanwhile."""
_PARAMETER = re.compile(r"%\((\w+)\)s")

Values = Mapping[str, object]
Process = Callable[[Any], Any]


@dataclass
class _Form:
    """A statement as one dialect writes it."""

    sql: str
    names: tuple[str, ...]
    constants: dict[str, Any]
    bound: tuple[tuple[str, Process], ...]
    positional: bool
    kinds: tuple[Any, ...]
    planned: Planned | None = None
    of_columns: Planned | None = None
    read: tuple[tuple[int, Process], ...] | None = field(default=None)

    def arguments_of_each(self, given: Iterable[Values]) -> list[Any]:
        """Each of `given` as the driver wants it."""
        if not self.positional or self.constants:
            return [self.arguments(each) for each in given]
        found = [list(each) for each in map(self.in_order, given)]
        for place, make in self.processes:
            for each in found:
                each[place] = make(each[place])
        return found

    def arguments(self, given: Values) -> Any:
        """`given` as the driver wants it: a list in the order of the statement, or a dictionary."""
        values = {**self.constants, **given} if self.constants else given
        if self.positional:
            made = list(self.in_order(values))
            for place, make in self.processes:
                made[place] = make(made[place])
            return made
        return {**values, **{name: make(values[name]) for name, make in self.bound}}

    def columns(self, given: Sequence[Values]) -> dict[str, list[Any]]:
        """The values of all of `given` by parameter, as the driver wants each."""
        found = {name: [each[name] for each in given] for name in self.names if name not in self.constants}
        for name, make in self.bound:
            if name in found:
                found[name] = [make(each) for each in found[name]]
        return found

    @cached_property
    def in_order(self) -> Callable[[Values], Sequence[Any]]:
        """Takes the values out in the order of the statement."""
        if len(self.names) > 1:
            return itemgetter(*self.names)
        return lambda values: [values[name] for name in self.names]

    @cached_property
    def processes(self) -> tuple[tuple[int, Process], ...]:
        """What makes the driver's value of each that needs it, by its place in the statement."""
        bound = dict(self.bound)
        return tuple((place, bound[name]) for place, name in enumerate(self.names) if name in bound)

    def readers(self, described: Any, dialect: Dialect) -> tuple[tuple[int, Process], ...]:
        """What makes Python values of the columns it gives; made once, from what the driver first says of them."""
        if self.read is None:
            self.read = _readers(self.kinds, described, dialect)
        return self.read


class Prepared:
    """One statement for any number of executions, on any dialect."""

    def __init__(self, statement: ClauseElement, columns: Sequence[str] = ()) -> None:
        self._statement, self._columns = statement, columns
        self.reads = isinstance(statement, Select)
        self._forms: dict[str, _Form] = {}

    def rows(self, connection: Connection, values: Values, first: bytes = b"") -> list[Sequence[Any]]:
        """Run it and fetch what it gives, each value as its column's type has it in Python.

        `first` are statements as `texts` gives them, sent ahead in the same round trip.
        """
        found, read = self.fetched(connection, values, first)
        return [read(row) for row in found]

    def fetched(
        self, connection: Connection, values: Values, first: bytes = b""
    ) -> tuple[list[tuple[Any, ...]], Callable[[tuple[Any, ...]], Sequence[Any]]]:
        """Run it and fetch what it gives as it is stored, with what makes Python values of each row."""
        form, cursor = self._run(connection, values, first)
        try:
            found: list[tuple[Any, ...]] = cursor.fetchall()
        except _errors(connection) as error:
            raise _told(connection, form.sql, error) from error
        read = form.readers(cursor.description, connection.dialect)
        cursor.close()
        return found, partial(_read, read) if read else _as_it_is

    def change(self, connection: Connection, values: Values, first: bytes = b"") -> int:
        """Run it; how many rows it made or changed."""
        _, cursor = self._run(connection, values, first)
        count: int = cursor.rowcount
        cursor.close()
        return count

    def many(self, connection: Connection, values: Sequence[Values]) -> None:
        """Run it once for each of `values`, as `executemany` does; for drivers with one worth its name."""
        form = self._form(connection.dialect)
        cursor = _cursor(connection)
        try:
            cursor.executemany(form.sql, form.arguments_of_each(values))
        except _errors(connection) as error:
            raise _told(connection, form.sql, error) from error
        finally:
            cursor.close()

    def texts(self, connection: Connection, values: Sequence[Values]) -> bytes:
        """It as text for each of `values`, to be sent with others: new rows as one statement; not on SQLite."""
        form = self._form(connection.dialect)
        cursor = _cursor(connection)
        with closing(cursor):
            if form.of_columns and len(values) > 1:
                return columns_text(connection, form.of_columns, form.columns(values))
            sql = _shortest(connection, form.planned, cursor, form.sql)
            return b";".join(cursor.mogrify(sql, each) for each in form.arguments_of_each(values))

    def rows_of_all(self, connection: Connection, values: Sequence[Values], first: bytes = b"") -> list[Sequence[Any]]:
        """Insert a row for each of `values` in one statement, and fetch what it returns."""
        form = self._form(connection.dialect)
        statements = b";".join(part for part in (first, self.texts(connection, values)) if part)
        cursor = _cursor(connection)
        try:
            cursor.execute(statements)
            found: list[tuple[Any, ...]] = cursor.fetchall()
        except _errors(connection) as error:
            raise _told(connection, form.sql, error) from error
        read = form.readers(cursor.description, connection.dialect)
        cursor.close()
        return [_read(read, row) for row in found]

    def columns(self, dialect: Dialect, values: Sequence[Values]) -> dict[str, list[Any]]:
        """The values of many executions by parameter, as the driver wants each."""
        return self._form(dialect).columns(values)

    def _run(self, connection: Connection, values: Values, first: bytes) -> tuple[_Form, Any]:
        form = self._form(connection.dialect)
        arguments = form.arguments(values)
        cursor = _cursor(connection)
        sql = _shortest(connection, form.planned, cursor, form.sql)
        try:
            if first:
                cursor.execute(first + b";" + cursor.mogrify(sql, arguments))
            else:
                cursor.execute(sql, arguments)
        except _errors(connection) as error:
            raise _told(connection, form.sql, error) from error
        return form, cursor

    def _form(self, dialect: Dialect) -> _Form:
        try:
            return self._forms[dialect.name]
        except KeyError:
            return self._forms.setdefault(dialect.name, self._made(dialect))

    def _made(self, dialect: Dialect) -> _Form:
        compiled: Any = self._statement.compile(dialect=dialect, column_keys=list(self._columns) or None)
        names = tuple(compiled.positiontup or compiled.binds)
        bound = ((name, _stored(compiled.binds[name].type, dialect)) for name in dict.fromkeys(names))
        statement: Any = self._statement
        constants = {name: bind.effective_value for name, bind in compiled.binds.items() if not bind.required}
        one, many = _planned(compiled, constants, dialect) if dialect.name == "postgresql" else (None, None)
        return _Form(
            sql=str(compiled),
            names=names,
            constants=constants,
            bound=tuple((name, process) for name, process in bound if process),
            positional=bool(compiled.positional),
            kinds=tuple(column.type for column in getattr(statement, "exported_columns", ())),
            planned=one,
            of_columns=many,
        )


def _planned(compiled: Any, constants: Mapping[str, Any], dialect: Dialect) -> tuple[Planned, Planned | None]:
    """The statement as connections may know it, and where it makes rows, the one that makes many."""
    types = {name: type_name(bind.type, dialect) for name, bind in compiled.binds.items() if name not in constants}
    stored = {name: _stored(compiled.binds[name].type, dialect) for name in constants}
    given = {name: process(constants[name]) if process else constants[name] for name, process in stored.items()}
    sql = str(compiled)
    into, values, rest = _insertion(sql)
    from_given = _PARAMETER.sub(lambda found: f'given."{found[1]}"' if found[1] in types else found[0], values)
    many = f"{into} SELECT {from_given} FROM {{rows}}{rest}"  # noqa: S608 - a statement of SQLAlchemy's
    return planned(sql, types, given), of_columns(many, types, given) if values and types else None


def _shortest(connection: Connection, statement: Planned | None, cursor: Any, sql: str) -> str:
    """What is sent of a statement: the call of it where the connection knows it by name, else its `sql`."""
    if statement is None:
        return sql
    try:
        known = plans_of(connection.connection.info).call(statement, cursor)
    except _errors(connection) as error:
        raise _told(connection, statement.naming, error) from error
    return statement.call if known else sql


def columns_text(connection: Connection, statement: Planned, columns: Mapping[str, Sequence[Any]]) -> bytes:
    """A statement of many rows as text, to be sent with others; the values are as the driver wants each."""
    cursor = _cursor(connection)
    with closing(cursor):
        arguments = {name: array_text(values) for name, values in columns.items()}
        text: bytes = cursor.mogrify(
            _shortest(connection, statement, cursor, statement.sql), {**statement.constants, **arguments}
        )
        return text


def _stored(type_: Any, dialect: Dialect) -> Process | None:
    process: Process | None = type_.dialect_impl(dialect).bind_processor(dialect)
    return process


def _readers(kinds: Sequence[Any], described: Any, dialect: Dialect) -> tuple[tuple[int, Process], ...]:
    """What makes Python values of the columns that need it; the driver says how each came. An id is a text already."""
    found = (
        (place, kind.dialect_impl(dialect).result_processor(dialect, how[1]))
        for place, (kind, how) in enumerate(zip(kinds, described, strict=True))
        if not isinstance(kind, Uuid)
    )
    return tuple((place, process) for place, process in found if process)


def _read(readers: tuple[tuple[int, Process], ...], row: Sequence[Any]) -> Sequence[Any]:
    values = list(row)
    for place, process in readers:
        if values[place] is not None:
            values[place] = process(values[place])
    return values


def _as_it_is(row: Sequence[Any]) -> Sequence[Any]:
    return row


def send(connection: Connection, statements: bytes) -> int:
    """Run statements as `texts` gives them, in one round trip; how many rows the last made or changed."""
    cursor = _cursor(connection)
    try:
        cursor.execute(statements)
    except _errors(connection) as error:
        raise _told(connection, "several statements sent together", error) from error
    count: int = cursor.rowcount
    cursor.close()
    return count


def commit(connection: Connection, statements: bytes) -> None:
    """Run statements as `texts` gives them and commit, in one round trip."""
    cursor = _cursor(connection)
    try:
        cursor.execute(statements + b";COMMIT" if statements else b"COMMIT")
    except _errors(connection) as error:
        raise _told(connection, "several statements sent together, and their commit", error) from error
    if cursor.statusmessage != "COMMIT":
        raise RuntimeError(
            f"the transaction had failed before; asked to commit, PostgreSQL said {cursor.statusmessage}"
        )
    cursor.close()


@contextmanager
def unaided(connection: Connection) -> Iterator[None]:
    """PostgreSQL's driver neither begins nor ends transactions by itself; what is left of one is rolled back.

    A connection that comes to no end, be it because this thread is killed meanwhile, is not used again: whoever had it
    next would go on with the transaction, and commit it.
    """
    driver: Any = connection.connection.dbapi_connection
    driver.autocommit = True
    try:
        yield
    finally:
        if not connection.invalidated:
            try:
                if driver.info.transaction_status != TRANSACTION_STATUS_IDLE:
                    with closing(driver.cursor()) as cursor:
                        cursor.execute("ROLLBACK")
                driver.autocommit = False
            except BaseException as error:
                connection.invalidate(error)
                if not isinstance(error, _errors(connection)):
                    raise


def _cursor(connection: Connection) -> Any:
    """A cursor of the driver's own connection."""
    driver: Any = connection.connection.dbapi_connection
    return driver.cursor()


def _insertion(sql: str) -> tuple[str, str, str]:
    """What stands before, as and after the values of an INSERT; nothing where it is another statement."""
    before, found, rest = sql.partition(" VALUES (")
    if not (found and before.startswith("INSERT")):
        return "", "", ""
    values, conflict, after = rest.partition(" ON CONFLICT")
    if not conflict:
        values, conflict, after = rest.partition(" RETURNING")
    return before, values.removesuffix(")"), conflict + after


def _errors(connection: Connection) -> type[Exception]:
    errors: type[Exception] = connection.dialect.loaded_dbapi.Error
    return errors


def _told(connection: Connection, sql: str, error: Exception) -> Exception:
    """The driver's error as SQLAlchemy tells it; a connection found broken, or out of date, is not used again."""
    dialect = connection.dialect
    broken = dialect.is_disconnect(error, connection.connection.dbapi_connection, None)  # type: ignore[arg-type]
    broken = broken or getattr(error, "pgcode", None) == OUT_OF_DATE
    if broken:
        connection.invalidate(error)
    told: Exception = DBAPIError.instance(
        sql,
        None,
        error,
        dialect.loaded_dbapi.Error,
        hide_parameters=True,
        connection_invalidated=broken,
        dialect=dialect,
    )
    return told

"""Statements made once and run with parameters: what every transaction runs is not put together anew each time.

They go to the session's connection: over tables of the backbone, which no ORM class maps, nothing is to be flushed
before them. Building an expression costs several times what running it on SQLite does.
"""

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

from sqlalchemy import CursorResult, Executable, Table, insert
from sqlalchemy.dialects.postgresql import Insert as PostgresInsert
from sqlalchemy.dialects.postgresql import insert as postgres_insert
from sqlalchemy.dialects.sqlite import Insert as SqliteInsert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.orm import Session

Values = Mapping[str, object]


def run(
    session: Session, statement: Executable, values: "Values | Sequence[Values] | None" = None
) -> CursorResult[Any]:
    """Run a statement in the session's transaction, past the ORM; pending rows are not flushed before it."""
    return session.connection().execute(statement, values)


def keep(session: Session, table: Table, values: "Values | Sequence[Values]") -> None:
    """Insert a row, or many of the same columns."""
    run(session, _insert(table), values)


def keep_new(session: Session, table: Table, values: Values) -> bool:
    """Insert a row unless one with its key is there; whether it was new."""
    statement = _insert_new(session.get_bind().dialect.name, table)
    return run(session, statement, values).rowcount == 1


def keep_missing(session: Session, table: Table, values: Sequence[Values]) -> None:
    """Insert rows of the same columns, passing over those with a key that is there."""
    run(session, _insert_new(session.get_bind().dialect.name, table), values)


def add_up(session: Session, table: Table, column: str, values: Values) -> int:
    """Add to the number in `column` of the row with this primary key, made where it is missing; what it is then."""
    statement = _add_up(session.get_bind().dialect.name, table, column)
    return int(run(session, statement, values).scalar_one())


def replace_older(session: Session, table: Table, values: Values) -> None:
    """Insert the row `id`, or replace the one that is there where its `sequence` is lower."""
    run(session, _replace_older(session.get_bind().dialect.name, table, tuple(values)), values)


def upsert(dialect: str, table: Table) -> PostgresInsert | SqliteInsert:
    """The dialect's own insert, which knows what to do on a conflict."""
    return postgres_insert(table) if dialect == "postgresql" else sqlite_insert(table)


@cache
def _insert(table: Table) -> Executable:
    return insert(table)


@cache
def _insert_new(dialect: str, table: Table) -> Executable:
    return upsert(dialect, table).on_conflict_do_nothing()


@cache
def _add_up(dialect: str, table: Table, column: str) -> Executable:
    statement = upsert(dialect, table)
    number = table.c[column]
    return statement.on_conflict_do_update(
        index_elements=list(table.primary_key), set_={column: number + statement.excluded[column]}
    ).returning(number)


@cache
def _replace_older(dialect: str, table: Table, columns: tuple[str, ...]) -> Executable:
    statement = upsert(dialect, table)
    return statement.on_conflict_do_update(
        index_elements=[table.c.id],
        set_={name: statement.excluded[name] for name in columns if name not in ("id", "company")},
        where=table.c.sequence < statement.excluded.sequence,
    )

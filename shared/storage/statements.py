"""The statements every transaction runs on the backbone's tables, each made once."""

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

from sqlalchemy import Table, insert
from sqlalchemy.dialects.postgresql import Insert as PostgresInsert
from sqlalchemy.dialects.postgresql import insert as postgres_insert
from sqlalchemy.dialects.sqlite import Insert as SqliteInsert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert

from shared.storage.prepared import Prepared
from shared.storage.session import Session

Values = Mapping[str, object]


def keep(session: Session, table: Table, values: "Values | Sequence[Values]") -> None:
    """Insert a row, or many of the same columns."""
    if isinstance(values, Mapping):
        session.write(_insert(table, tuple(values)), [values])
    elif values:
        session.write(_insert(table, tuple(values[0])), values)


def keep_new(session: Session, table: Table, values: Values) -> bool:
    """Insert a row unless one with its key is there; whether it was new."""
    return session.change(_insert_new(session.dialect, table, tuple(values)), values) == 1


def keep_each_new(session: Session, table: Table, values: Sequence[Values], name: str) -> set[Any]:
    """Insert the rows of which none with the same key is there; what `name` is in those that were new.

    Where each statement is a round trip it is one for all, in the order of `name`, so that two who do the same wait for
    each other instead of locking each other out.
    """
    if len(values) == 1 or session.dialect == "sqlite":
        return {each[name] for each in values if keep_new(session, table, each)}
    statement = _insert_each_new(session.dialect, table, tuple(values[0]), name)
    in_order = sorted(values, key=lambda each: str(each[name]))
    return {kept for (kept,) in session.ask_all(statement, in_order)}


def keep_missing(session: Session, table: Table, values: Sequence[Values]) -> None:
    """Insert rows of the same columns, passing over those with a key that is there."""
    if values:
        session.write(_insert_new(session.dialect, table, tuple(values[0])), values)


def add_up(session: Session, table: Table, column: str, values: Values) -> int:
    """Add to the number in `column` of the row with this primary key, made where it is missing; what it is then."""
    ((number, *_),) = session.ask(_add_up(session.dialect, table, column, tuple(values)), values)
    return int(number)


def add_up_each(
    session: Session, table: Table, column: str, by: str, values: Mapping[tuple[str, str], int]
) -> dict[tuple[str, str], int]:
    """Add to the numbers of many rows, each of a company and what `by` is; what they are then.

    In their order, so that two who do the same wait for each other instead of locking each other out.
    """
    rows = [{"company": company, by: each, column: values[company, each]} for company, each in sorted(values)]
    if session.dialect == "sqlite" or len(rows) == 1:
        return {(each["company"], each[by]): add_up(session, table, column, each) for each in rows}  # type: ignore[misc]
    statement = _add_up(session.dialect, table, column, tuple(rows[0]))
    return {(company, each): int(number) for number, company, each in session.ask_all(statement, rows)}


def replace_older(session: Session, table: Table, values: Values) -> None:
    """Insert the row `id`, or replace the one that is there where its `sequence` is lower."""
    session.write(_replace_older(session.dialect, table, tuple(values)), [values])


def upsert(dialect: str, table: Table) -> PostgresInsert | SqliteInsert:
    """The dialect's own insert, which knows what to do on a conflict."""
    return postgres_insert(table) if dialect == "postgresql" else sqlite_insert(table)


@cache
def _insert(table: Table, columns: tuple[str, ...]) -> Prepared:
    return Prepared(insert(table).inline(), columns)


@cache
def _insert_new(dialect: str, table: Table, columns: tuple[str, ...]) -> Prepared:
    return Prepared(upsert(dialect, table).on_conflict_do_nothing().inline(), columns)


@cache
def _insert_each_new(dialect: str, table: Table, columns: tuple[str, ...], name: str) -> Prepared:
    return Prepared(upsert(dialect, table).on_conflict_do_nothing().returning(table.c[name]), columns)


@cache
def _add_up(dialect: str, table: Table, column: str, columns: tuple[str, ...]) -> Prepared:
    statement = upsert(dialect, table)
    number = table.c[column]
    added = statement.on_conflict_do_update(
        index_elements=list(table.primary_key), set_={column: number + statement.excluded[column]}
    )
    return Prepared(added.returning(number, *(each for each in table.primary_key)), columns)


@cache
def _replace_older(dialect: str, table: Table, columns: tuple[str, ...]) -> Prepared:
    statement = upsert(dialect, table)
    replaced = statement.on_conflict_do_update(
        index_elements=[table.c.id],
        set_={name: statement.excluded[name] for name in columns if name not in ("id", "company")},
        where=table.c.sequence < statement.excluded.sequence,
    )
    return Prepared(replaced, columns)

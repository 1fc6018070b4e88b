"""Updates of many rows in one statement, on PostgreSQL: `UPDATE … FROM unnest(…)`."""

from collections.abc import Sequence
from functools import cache
from typing import Any

from sqlalchemy import Connection, Table
from sqlalchemy.dialects import postgresql

from shared.storage.plans import Planned, of_columns, type_name
from shared.storage.prepared import Prepared, Values, columns_text

_DIALECT: Any = postgresql.dialect()  # type: ignore[no-untyped-call] # SQLAlchemy has no types for it
_MINE = "mine"


def bulk_update(
    connection: Connection, one: Prepared, table: Table, names: tuple[str, ...], matched: tuple[str, ...],
    rows: Sequence[Values],
) -> bytes:  # fmt: skip
    """The statement that does to many rows what `one` does to one.

    Its parameters are `new_…` for each of the columns `names`, and for each condition of `matched` one of that name,
    which begins with what it stands for (`key_id`, `was_version`).
    """
    return columns_text(connection, _statement(table, names, matched), one.columns(connection.dialect, rows))


@cache
def _statement(table: Table, names: tuple[str, ...], matched: tuple[str, ...]) -> Planned:
    quote = _DIALECT.identifier_preparer.quote
    given = {**{f"new_{name}": name for name in names}, **{each: each.partition("_")[2] for each in matched}}
    sets = ", ".join(f"{quote(name)} = given.new_{name}" for name in names)
    same = " AND ".join(f"{_MINE}.{quote(each.partition('_')[2])} = given.{each}" for each in matched)
    return of_columns(
        f"UPDATE {quote(table.name)} AS {_MINE} SET {sets} FROM {{rows}} WHERE {same}",  # noqa: S608 - our own names
        {each: type_name(table.c[column].type, _DIALECT) for each, column in given.items()},
        {},
    )

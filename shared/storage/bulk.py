"""Updates of many rows in one statement, on PostgreSQL: `UPDATE … FROM (VALUES …)`."""

from collections.abc import Sequence
from functools import cache
from typing import Any

from sqlalchemy import Connection, Table
from sqlalchemy.dialects import postgresql

from shared.storage.prepared import Prepared, Values

_DIALECT: Any = postgresql.dialect()  # type: ignore[no-untyped-call] # SQLAlchemy has no types for it
_MINE, _THEIRS = "mine", "given"


def bulk_update(
    connection: Connection, one: Prepared, table: Table, names: tuple[str, ...], matched: tuple[str, ...],
    rows: Sequence[Values],
) -> bytes:  # fmt: skip
    """The statement that does to many rows what `one` does to one.

    Its parameters are `new_…` for each of the columns `names`, and for each condition of `matched` one of that name,
    which begins with what it stands for (`key_id`, `was_version`).
    """
    head, typed, plain, tail = _text(table, names, matched)
    driver: Any = connection.connection.cursor()
    values = [one.written(connection.dialect, each) for each in rows]
    first, rest = driver.mogrify(typed, values[0]), [driver.mogrify(plain, each) for each in values[1:]]
    driver.close()
    return head.encode() + b",".join([first, *rest]) + tail.encode()


@cache
def _text(table: Table, names: tuple[str, ...], matched: tuple[str, ...]) -> tuple[str, str, str, str]:
    """What stands before the values, the first row of them (which says the types), the others, and what follows."""
    quote = _DIALECT.identifier_preparer.quote
    given = [*((f"new_{name}", name) for name in names), *((each, each.partition("_")[2]) for each in matched)]
    sets = ", ".join(f"{quote(name)} = {_THEIRS}.new_{name}" for name in names)
    same = " AND ".join(f"{_MINE}.{quote(each.partition('_')[2])} = {_THEIRS}.{each}" for each in matched)
    return (
        f"UPDATE {quote(table.name)} AS {_MINE} SET {sets} FROM (VALUES ",  # noqa: S608 - names of our own tables
        "(" + ", ".join(f"%({each})s::{_type(table, column)}" for each, column in given) + ")",
        "(" + ", ".join(f"%({each})s" for each, _ in given) + ")",
        f") AS {_THEIRS} ({', '.join(each for each, _ in given)}) WHERE {same}",
    )


def _type(table: Table, column: str) -> str:
    return str(table.c[column].type.compile(_DIALECT))

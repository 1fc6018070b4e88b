"""Filling a company's databases with orders that have lived, as copies of some that really have.

Every row that whole lives leave behind is copied so often that as many orders are stored as asked for: the ids born in
those lives are moved back in time, each copy further, so that they stay ids (UUIDv7) that sort by birth and name each
other; document numbers get the copy's number. What masters an order names stays. The long texts of the backbone's
tables (envelopes, journal inputs, audit changes) are left empty: no one reads them again on an order's way, and a
million times forty kilobytes would measure the disk.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass

from psycopg2 import sql
from psycopg2.extensions import cursor as Cursor  # noqa: N812

from services.commands.installation import DOMAINS
from shared.storage.backbone import BACKBONE
from tests.benchmarks.stack import Stack, connect

_ID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}")
_NUMBER = re.compile(r"[A-Z]+-\d{6}-\d+")
_NOT_COPIED = {"counters", "parked", "dead_letters", "alembic_version"}
_SAMPLE = 200
_LAST = sql.Literal("10000000-0000-7000-8000-000000000000")
"""Ids born before the year 4000 come before it, and other names that stand among them, such as `settings`, after."""
_STEP = 1 << 4
"""Copies lie so many times 65 seconds (the first eight digits of an id) apart: no fewer than the lives took."""


@dataclass(frozen=True)
class Grown:
    """A table that lives add rows to, and how each column of a copy is made."""

    name: str
    columns: dict[str, sql.Composable]
    born: str | None
    """The column by which rows of before the lives are left out, where there is one."""


def fill(stack: Stack, lived: int, orders: int, since: str) -> None:
    """Copy the `lived` orders, born after the id `since`, until there are so many. The company is at rest."""
    copies = max(0, orders // lived - 1)
    for service in DOMAINS:
        name = stack.installation.services[service.name].database_url.rpartition("/")[2]
        database = stack.servers.database
        url = database.admin_url.rpartition("/")[0] + f"/{name}"
        with closing(connect(url)) as connection, connection.cursor() as cursor:
            # As the superuser, so that no foreign key is checked a million times.
            cursor.execute("SET session_replication_role = replica; SET synchronous_commit = off")
            for table in list(_grown(cursor, since)):
                _copy(cursor, table, since, copies)
                cursor.execute(sql.SQL("VACUUM ANALYZE {}").format(sql.Identifier(table.name)))


def _grown(cursor: Cursor, since: str) -> Iterator[Grown]:
    for name in _tables(cursor):
        columns = dict(_columns(cursor, name))
        sampled = _sample(cursor, name, columns)
        ids = [column for column, values in sampled.items() if _all(values, _ID)]
        born = next((column for column in ids if any(value >= since for value in sampled[column])), None)
        if born is not None:
            made = {column: _made(name, column, kind, sampled[column]) for column, kind in columns.items()}
            yield Grown(name, made, born)


def _tables(cursor: Cursor) -> Sequence[str]:
    cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1")
    return [name for (name,) in cursor.fetchall() if name not in _NOT_COPIED]


def _columns(cursor: Cursor, table: str) -> Iterator[tuple[str, str]]:
    """Columns and their types; what the database numbers itself is left to it."""
    cursor.execute(
        "SELECT column_name, data_type FROM information_schema.columns WHERE table_name = %s "
        "AND table_schema = 'public' AND is_identity = 'NO' AND coalesce(column_default, '') NOT LIKE 'nextval%%'",
        (table,),
    )
    yield from cursor.fetchall()


def _sample(cursor: Cursor, table: str, columns: Iterable[str]) -> dict[str, list[str]]:
    """Some of the newest values of each column, as text."""
    as_text = sql.SQL(", ").join(sql.SQL("{}::text").format(sql.Identifier(name)) for name in columns)
    statement = sql.SQL("SELECT {} FROM {} ORDER BY ctid DESC LIMIT %s").format(as_text, sql.Identifier(table))
    cursor.execute(statement, (_SAMPLE,))
    rows = cursor.fetchall()
    return {name: [row[at] for row in rows if row[at] is not None] for at, name in enumerate(columns)}


def _all(values: Sequence[str], pattern: re.Pattern[str]) -> bool:
    return bool(values) and all(pattern.fullmatch(value) for value in values)


_EMPTY = {
    "envelope": sql.SQL("'{}'"),
    "changes": sql.SQL("'[]'"),
    "input": sql.SQL("'{}'"),
    "response": sql.SQL("NULL"),
}


def _made(table: str, column: str, kind: str, values: Sequence[str]) -> sql.Composable:
    """The expression of a copy's column; `n` is the copy's number, `t` the row copied."""
    of = sql.Identifier("t", column)
    if table in BACKBONE.tables and column in _EMPTY:
        return _EMPTY[column]
    if _all(values, _ID):
        moved = sql.SQL(
            "(lpad(to_hex(('x' || left({of}::text, 8))::bit(32)::bigint - n * {step}), 8, '0') "
            "|| substr({of}::text, 9))::{kind}"
        ).format(of=of, step=sql.Literal(_STEP), kind=sql.SQL(kind))
        born = sql.SQL("{of} BETWEEN %(since)s AND {last}").format(of=of, last=_LAST)
        return sql.SQL("CASE WHEN {born} THEN {moved} ELSE {of} END").format(born=born, of=of, moved=moved)
    if _all(values, _NUMBER):
        return sql.SQL("{of} || '-' || n").format(of=of)
    if (table, column) == ("journal", "key"):
        return sql.SQL("{of} || '-' || n").format(of=of)
    return of


def _copy(cursor: Cursor, table: Grown, since: str, copies: int) -> None:
    """Oldest copies first, as time would have made them."""
    assert table.born is not None
    statement = sql.SQL(
        "INSERT INTO {table} ({columns}) SELECT {made} FROM generate_series(%(copies)s, 1, -1) AS n, "
        "LATERAL (SELECT * FROM lived) AS t"
    ).format(
        table=sql.Identifier(table.name),
        columns=sql.SQL(", ").join(map(sql.Identifier, table.columns)),
        made=sql.SQL(", ").join(table.columns.values()),
    )
    lived = sql.SQL("CREATE TEMPORARY TABLE lived AS SELECT * FROM {} WHERE {} BETWEEN %s AND {}")
    cursor.execute("DROP TABLE IF EXISTS lived")
    cursor.execute(lived.format(sql.Identifier(table.name), sql.Identifier(table.born), _LAST), (since,))
    cursor.execute(statement, {"copies": copies, "since": since})

"""How many rows of each company and type a growing table has, without counting all of them each time.

For tables that are only ever added to. SQLite has one writer at a time, so rows appear in the order of their rowids and
only those after the last one seen are counted; what was counted is kept in this process. On PostgreSQL rows appear out
of order, and the whole table is counted from an index.
"""

import threading
from collections import Counter
from dataclasses import dataclass, field
from weakref import WeakKeyDictionary

from sqlalchemy import Engine, Table, func, select, text

from shared.storage.session import Session

_Counts = Counter[tuple[str, str]]


@dataclass
class _Counted:
    """What was counted of a table: rows by company and type, up to a rowid."""

    upto: int = 0
    rows: _Counts = field(default_factory=Counter)


_COUNTED: WeakKeyDictionary[Engine, dict[str, _Counted]] = WeakKeyDictionary()
_GUARD = threading.Lock()


def by_type(session: Session, table: Table, company: str) -> dict[str, int]:
    """How many rows of `company` the table has as this session sees it, by type, in the order of types."""
    if session.dialect != "sqlite":
        statement = select(table.c.type, func.count()).where(table.c.company == company).group_by(table.c.type)
        return {row[0]: row[1] for row in session.execute(statement.order_by(table.c.type))}
    rows = _counted(session, table)
    return {type_: rows[of, type_] for of, type_ in sorted(rows) if of == company}


def _counted(session: Session, table: Table) -> _Counts:
    """Rows by company and type, as of the session's snapshot."""
    last = session.scalar(text(f"SELECT max(rowid) FROM {table.name}")) or 0  # noqa: S608 - the name of our own table
    with _GUARD:
        kept = _COUNTED.setdefault(session.connection.engine, {}).setdefault(table.name, _Counted())
        if last < kept.upto:
            return _between(session, table, 0, last)
        kept.rows = kept.rows + _between(session, table, kept.upto, last)
        kept.upto = last
        return kept.rows


def _between(session: Session, table: Table, after: int, upto: int) -> _Counts:
    """The rows after one rowid up to another; `NOT INDEXED` for SQLite would rather go through a whole index."""
    statement = text(
        f"SELECT company, type, count(*) FROM {table.name} NOT INDEXED "  # noqa: S608 - the name of our own table
        "WHERE rowid > :after AND rowid <= :upto GROUP BY company, type"
    )
    found = session.execute(statement, {"after": after, "upto": upto})
    return Counter({(company, type_): count for company, type_, count in found})

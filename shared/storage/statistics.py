"""What SQLite's planner is told of the tables, in place of what it would guess.

Without statistics it takes one company's rows for a handful, and reads and sorts them all for each page of a list; with
those of ANALYZE it takes the rows of one status for a third of all, though nearly none is open. So it is told the shape
that every table here has once it has grown: the rows are mostly one company's, and whatever else an index begins with
tells them apart. Plans then are the same from the first day to the last (https://www.sqlite.org/fileformat2.html,
"The sqlite_stat1 Table").
"""

from collections.abc import Sequence

from sqlalchemy import Connection, text

_ROWS, _OF_A_COMPANY, _OF_ANYTHING_ELSE = 1_000_000, 900_000, 200
_NARROWS = 4
"""How many times fewer rows there are with each further column of an index."""
_INDEXES = text(
    "SELECT tables.name, indexes.name, indexes.[unique], indexes.partial FROM sqlite_schema AS tables, "
    "pragma_index_list(tables.name) AS indexes WHERE tables.type = 'table' AND tables.name NOT LIKE 'sqlite%'"
)
_COLUMNS = text("SELECT name FROM pragma_index_info(:name) ORDER BY seqno")
_KEEP = text("INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES (:table, :name, :stat)")
_TAKE_NOTE = text("ANALYZE sqlite_schema")
"""Makes the table of statistics where it is missing, and reads it; looks at no other table."""


def describe(connection: Connection) -> None:
    """Tell the planner of a SQLite database about each index; those who connect from now on know it."""
    connection.execute(_TAKE_NOTE)
    connection.execute(text("DELETE FROM sqlite_stat1"))
    for table, name, unique, partial in connection.execute(_INDEXES).all():
        columns = list(connection.scalars(_COLUMNS, {"name": name}))
        stat = _stat(columns, unique=bool(unique), partial=bool(partial))
        connection.execute(_KEEP, {"table": table, "name": name, "stat": stat})
    connection.execute(_TAKE_NOTE)


def _stat(columns: Sequence[str], *, unique: bool, partial: bool) -> str:
    """How many rows an index has, and how many have the same first column, the same first two, and so on.

    An index of some rows only is of the few that are still to be dealt with. No index is walked from value to value of
    a column that a query does not name.
    """
    rows = _OF_ANYTHING_ELSE if partial else _ROWS
    first = min(rows, _OF_A_COMPANY if columns[0] == "company" else _OF_ANYTHING_ELSE)
    counts = [first, *(max(1, _OF_ANYTHING_ELSE // _NARROWS**place) for place in range(len(columns) - 1))]
    if unique:
        counts[-1] = 1
    return " ".join([*map(str, (rows, *counts)), "noskipscan"])

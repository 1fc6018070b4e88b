"""What a transaction has yet to write: rows gathered so that few statements write them all.

What a unit of work made and changed is settled at its end: then the version of each changed row grows by one and the
change is told for the audit trail, however often and whenever it is written.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator
from functools import cache
from typing import Any

from shared.storage.prepared import Values
from shared.storage.rows import Holder, Kind, Row, changed_from, changes_of, settled, take_in

_REMEMBERED_CHANGES = 50


_New = tuple[Kind[Any], list[Values]]
_Changed = tuple[Kind[Any], tuple[str, ...], list[Values]]


class Pending:
    """The rows of one session that are not written."""

    def __init__(self) -> None:
        self._made: list[Row] = []
        self._noted: list[Row] = []
        self._new: dict[Kind[Any], dict[Row, None]] = {}
        self._values: dict[Kind[Any], list[Values]] = {}
        self._stored: dict[Kind[Any], dict[Row, dict[str, Any]]] = {}
        self._written: dict[Row, dict[str, Any]] = {}
        self._dirty: dict[Kind[Any], dict[Row, None]] = {}

    def __bool__(self) -> bool:
        """Whether there is anything to write."""
        return bool(self._dirty or self._values)

    def add(self, row: Row, holder: Holder) -> None:
        """Keep a new row, which belongs to `holder` from now on."""
        kind = row.__kind__
        if kind.versioned:
            row.version = 1
        take_in(row, holder)
        self._made.append(row)
        self._new.setdefault(kind, {})[row] = None
        self._dirty.setdefault(kind, {})[row] = None

    def add_values(self, kind: Kind[Any], values: Iterable[Values]) -> None:
        """Keep new rows that nobody holds as objects."""
        self._values.setdefault(kind, []).extend({**kind.defaults, **each} for each in values)

    def note(self, row: Row) -> None:
        """A row in hand is about to be changed."""
        self._noted.append(row)
        self._dirty.setdefault(row.__kind__, {})[row] = None

    def clear(self) -> None:
        """Forget all of it."""
        for each in (self._made, self._noted, self._new, self._values, self._stored, self._written, self._dirty):
            each.clear()

    def has(self, kind: Kind[Any]) -> bool:
        """Whether there is a row of this kind to write."""
        return kind in self._dirty or kind in self._values

    def has_row(self, row: Row) -> bool:
        """Whether this row is to be written, or may be."""
        return row in self._dirty.get(row.__kind__, ())

    def has_values(self, kind: Kind[Any]) -> bool:
        """Whether there are new rows of this kind that nobody holds as objects."""
        return kind in self._values

    def concerns(self, kind: Kind[Any], wanted: Values) -> bool:
        """Whether a row to write has, or is stored with, these values, so that who looks for them has to see it."""
        return any(
            all(any(_is(values.get(name, sought), sought) for values in states) for name, sought in wanted.items())
            for states in self._states(kind)
        )

    def settle(self) -> list[str]:
        """The unit of work is at its end; what it made and changed, in words."""
        made, self._made = self._made, []
        told = [
            f"{name}: {count} new" for name, count in Counter(row.__kind__.name for row in made if row.audited).items()
        ]
        noted, self._noted = self._noted, []
        if noted:
            told += self._settle(noted, set(made))
        return told

    def take(self) -> tuple[list[_New], list[_Changed]]:
        """What is to be written, new rows and changed ones; it counts as written from now on.

        Rows that are not settled may be changed further without being noted again, and so stay to be looked at.
        """
        taken = list(self._take_new()), list(self._take_changed())
        self._dirty = {}
        for row in self._noted:
            self._dirty.setdefault(row.__kind__, {})[row] = None
        return taken

    def _take_new(self) -> Iterator[_New]:
        """The new rows by kind, parents before what refers to them, which count as written from now on."""
        rows, self._new = self._new, {}
        values, self._values = self._values, {}
        for kind in sorted({*rows, *values}, key=_rank):
            for row in rows.get(kind, ()):
                self._note_written(row)
            made = [row.__dict__ for row in rows.get(kind, ())]
            yield kind, [*made, *values.get(kind, ())]

    def _take_changed(self) -> Iterator[_Changed]:
        """The changed rows by kind and columns, as `Kind.update` wants them; they count as written from now on."""
        for row in self._noted:
            self._remember(row)
        for row in self._noted:
            self._note_written(row)
        stored, self._stored = self._stored, {}
        groups: dict[tuple[Kind[Any], tuple[str, ...]], list[Row]] = {}
        for kind, rows in stored.items():
            for row, before in rows.items():
                now = row.__dict__
                columns = tuple([name for name, was in before.items() if now[name] != was])
                if columns:
                    groups.setdefault((kind, columns), []).append(row)
        for (kind, columns), found in sorted(groups.items(), key=_by_name):
            found.sort(key=kind.key_of)
            yield kind, columns, [_new_values(kind, columns, row, stored[kind][row]) for row in found]

    def _settle(self, noted: list[Row], made: set[Row]) -> list[str]:
        told: list[str] = []
        for row in noted:
            if row not in made and (found := changes_of(row)):
                if row.audited and len(told) < _REMEMBERED_CHANGES:
                    told.append(_told(row, found))
                if row.__kind__.versioned:
                    row.version += 1  # type: ignore[attr-defined]
            self._remember(row)
            settled(row)
        self._written.clear()
        return told

    def _remember(self, row: Row) -> None:
        """What is stored of a row that was changed; of one that is yet to be inserted nothing is."""
        kind = row.__kind__
        if row in self._new.get(kind, ()):
            return
        self._dirty.setdefault(kind, {})[row] = None
        stored = self._stored.setdefault(kind, {})
        stored[row] = {**changed_from(row), **self._written.get(row, {}), **stored.get(row, {})}

    def _note_written(self, row: Row) -> None:
        """What a row has is written amid the unit of work: what it had at the beginning is not what is stored then."""
        if changed := changed_from(row):
            self._written[row] = {name: row.__dict__[name] for name in changed}

    def _states(self, kind: Kind[Any]) -> Iterator[tuple[Values, ...]]:
        """Of each row to write of a kind: what it has now, and what is stored of it."""
        for values in self._values.get(kind, ()):
            yield (values,)
        stored = self._stored.get(kind, {})
        for row in self._dirty.get(kind, ()):
            now = row.__dict__
            yield now, {**now, **changed_from(row), **self._written.get(row, {}), **stored.get(row, {})}


def _is(value: object, sought: object) -> bool:
    if isinstance(sought, Collection) and not isinstance(sought, str):
        return value in sought
    return value == sought


def _rank(kind: Kind[Any]) -> int:
    order = kind.table.metadata.info.get("order")
    if order is None or len(order) != len(kind.table.metadata.tables):
        order = {table.name: place for place, table in enumerate(kind.table.metadata.sorted_tables)}
        kind.table.metadata.info["order"] = order
    return int(order[kind.table.name])


def _by_name(group: tuple[tuple[Kind[Any], tuple[str, ...]], object]) -> tuple[str, tuple[str, ...]]:
    (kind, columns), _ = group
    return kind.name, columns


def _new_values(kind: Kind[Any], columns: tuple[str, ...], row: Row, before: Values) -> Values:
    now = row.__dict__
    version = {"was_version": before.get("version", now["version"])} if kind.versioned else {}
    changed = zip(_parameters(columns), [now[name] for name in columns], strict=True)
    return {**dict(changed), **kind.by_key(kind.key_of(row)), **version}


@cache
def _parameters(columns: tuple[str, ...]) -> tuple[str, ...]:
    """Under which names an update takes the values of these columns."""
    return tuple(f"new_{name}" for name in columns)


def _told(row: Row, found: dict[str, tuple[Any, Any]]) -> str:
    changes = ", ".join(f"{name} {before!s} → {now!s}" for name, (before, now) in found.items())
    return f"{row.__kind__.name} {row.__kind__.key_of(row)[-1]}: {changes}"

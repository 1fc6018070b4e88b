"""Reading beforehand, for a whole batch of events at once, what the handler of each would read by itself."""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from shared.storage.matching import matching
from shared.storage.rows import CompanyRow, Related
from shared.storage.session import Session
from shared.storage.statements import keep_missing

Along = Callable[[Session, str, Sequence[Any]], None]
"""Reads what belongs to rows of a company that are locked."""


Key = tuple[str, ...]
"""The values of some columns of a row."""


@dataclass(frozen=True, eq=False)
class Foreseen:
    """What a handler begins with: it locks the row whose id is in this field of the event, and reads along with it.

    Or rows found by other `columns`, in whose order it locks them; a function then says what an event has of each.
    With `through` the field is that of another row, whose id is in the event's field named there, and where it never
    changes. `made` are the values a row is made with where it is missing. `looks_up` says the ids of rows that are only
    looked up. What has a lower `rank` is locked before the rest.

    It saves statements and waiting in a circle, no more: a handler that finds a row not read, or a locked one missing,
    looks for it.
    """

    row: type[CompanyRow]
    field: str | Callable[[Any], Iterable[Key]]
    along: tuple[Along, ...] = ()
    columns: tuple[str, ...] = ("id",)
    through: tuple[type[CompanyRow], str] | None = None
    made: Mapping[str, object] | None = None
    looks_up: tuple[tuple[type[CompanyRow], Callable[[Any], Iterable[str]]], ...] = ()
    rank: int = 0

    def keys(self, events: Iterable[Any]) -> set[Key]:
        """Which rows these events are about, as far as the events say."""
        if isinstance(self.field, str):
            return {(getattr(event, self.field),) for event in events}
        return {key for event in events for key in self.field(event)}

    def finds(self, row: type[CompanyRow], columns: tuple[str, ...]) -> bool:
        """Whether it is about rows of this kind, found by these columns."""
        return self.row is row and self.columns == columns


def read_ahead(session: Session, asked: Mapping[tuple[Foreseen, str], Sequence[Any]]) -> None:
    """Lock the rows that events (by what is foreseen of them, and company) are about, then read along.

    Each kind at once, in the order of what its rows are found by, whatever else is foreseen of them: so two who do the
    same never wait for each other in a circle.
    """
    keys = {asking: _keys(session, *asking, events) for asking, events in asked.items()}
    wanted: dict[tuple[int, type[CompanyRow], tuple[str, ...], str], set[Key]] = defaultdict(set)
    for (foreseen, company), own in keys.items():
        wanted[foreseen.rank, foreseen.row, foreseen.columns, company] |= own
    for rank, row, columns, company in sorted(wanted, key=lambda each: (each[0], each[1].__tablename__, *each[2:])):
        alike = [
            (*asking, own) for asking, own in keys.items() if asking[1] == company and asking[0].finds(row, columns)
        ]
        for foreseen, _, own in alike:
            if foreseen.made is not None:
                _make_missing(session, foreseen, company, own, foreseen.made)
        locked = _locked(session, row, company, columns, wanted[rank, row, columns, company])
        for foreseen, _, own in alike:
            if there := own & locked.keys():
                for read in foreseen.along:
                    read(session, company, [locked[key] for key in sorted(there)])
    for (foreseen, company), events in asked.items():
        for looked_up, ids_of in foreseen.looks_up:
            ids = (id_ for event in events for id_ in ids_of(event))
            session.look_up(looked_up.__kind__, ("id",), ids, {"company": company})


def _keys(session: Session, foreseen: Foreseen, company: str, events: Sequence[Any]) -> set[Key]:
    """Which rows these events are about."""
    if foreseen.through is None:
        return foreseen.keys(events)
    row, field = foreseen.through
    assert isinstance(foreseen.field, str)  # noqa: S101 - the column of that other row
    wanted = {"company": company, "id": sorted({getattr(event, field) for event in events})}
    statement, values = matching(row.__kind__, wanted, (), lock=False)
    found = session.found(row.__kind__, statement, values, wanted=wanted)
    return {(getattr(each, foreseen.field),) for each in found}


def _make_missing(
    session: Session, foreseen: Foreseen, company: str, keys: Iterable[Key], values: Mapping[str, object]
) -> None:
    """Make the rows that are not there yet, in the order in which they are locked then."""
    rows = [{"company": company, **dict(zip(foreseen.columns, key, strict=True)), **values} for key in sorted(keys)]
    if rows:
        keep_missing(session, foreseen.row.__table__, rows)


def _locked(
    session: Session, row: type[CompanyRow], company: str, columns: tuple[str, ...], keys: Collection[Key]
) -> dict[Key, Any]:
    """The rows with these keys that there are, locked."""
    if not keys:
        return {}
    of_each = {name: sorted(set(values)) for name, values in zip(columns, zip(*keys, strict=True), strict=True)}
    wanted = {"company": company, **of_each}
    statement, values = matching(row.__kind__, wanted, columns, lock=True)
    found: dict[Key, Any] = {}
    for each in session.found(row.__kind__, statement, values, wanted=wanted, fresh=True):
        key = tuple(each.__dict__[name] for name in columns)
        session.keep_locked(each, {"company": company, **dict(zip(columns, key, strict=True))})
        found[key] = each
    return found


def along(related: Related[Any]) -> Along:
    """Reads the related rows of all."""
    kind = related.row.__kind__

    def read(session: Session, company: str, rows: Sequence[Any]) -> None:
        wanted = related.wanted(company, [row.id for row in rows])
        statement, values = matching(kind, wanted, (related.by, related.order), lock=False)
        found: dict[str, list[Any]] = defaultdict(list)
        for each in session.found(kind, statement, values, wanted=wanted, fresh=True):
            found[getattr(each, related.by)].append(each)
        for row in rows:
            related.hold(row, found[row.id])

    return read

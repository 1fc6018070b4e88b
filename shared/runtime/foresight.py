"""Reading beforehand, for a whole batch of events at once, what the handler of each would read by itself."""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from shared.storage.matching import matching
from shared.storage.rows import CompanyRow, Related
from shared.storage.session import Session

Along = Callable[[Session, str, Sequence[Any]], None]
"""Reads what belongs to rows of a company that are locked."""


@dataclass(frozen=True)
class Foreseen:
    """What a handler begins with: it locks the row whose id is in this field of the event, and reads along with it.

    It only saves statements: a handler that finds a row missing, or not read, looks for it itself.
    """

    row: type[CompanyRow]
    field: str
    along: tuple[Along, ...] = ()


def read_ahead(session: Session, asked: Mapping[tuple[Foreseen, str], Sequence[Any]]) -> None:
    """Lock the rows that events (by what is foreseen of them, and company) are about, then read along.

    Each kind at once, in the order of ids, whatever else is foreseen of a row: so two who do the same never wait for
    each other in a circle.
    """
    ids = {asking: {getattr(event, asking[0].field) for event in events} for asking, events in asked.items()}
    wanted: dict[tuple[type[CompanyRow], str], set[str]] = defaultdict(set)
    for (foreseen, company), own in ids.items():
        wanted[foreseen.row, company] |= own
    for row, company in sorted(wanted, key=lambda each: (each[0].__tablename__, each[1])):
        locked = _locked(session, row, company, sorted(wanted[row, company]))
        for (foreseen, of), own in ids.items():
            if (
                foreseen.row is row
                and of == company
                and (about := [locked[id_] for id_ in sorted(own & locked.keys())])
            ):
                for read in foreseen.along:
                    read(session, company, about)


def _locked(session: Session, row: type[CompanyRow], company: str, ids: Sequence[str]) -> dict[str, Any]:
    """The rows with these ids that there are, locked."""
    wanted = {"company": company, "id": ids}
    statement, values = matching(row.__kind__, wanted, ("id",), lock=True)
    found: dict[str, Any] = {}
    for each in session.found(row.__kind__, statement, values, wanted=wanted, fresh=True):
        id_ = each.__dict__["id"]
        session.keep_locked(each, {"company": company, "id": id_})
        found[id_] = each
    return found


def along(related: Related[Any]) -> Along:
    """Reads the related rows of all."""
    kind = related.row.__kind__

    def read(session: Session, _company: str, rows: Sequence[Any]) -> None:
        wanted = {related.by: [row.id for row in rows]}
        statement, values = matching(kind, wanted, (related.by, related.order), lock=False)
        found: dict[str, list[Any]] = defaultdict(list)
        for each in session.found(kind, statement, values, wanted=wanted, fresh=True):
            found[getattr(each, related.by)].append(each)
        for row in rows:
            related.hold(row, found[row.id])

    return read

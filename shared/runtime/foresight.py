"""Reading beforehand, for a whole batch of events at once, what the handler of each would read by itself."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
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

    def read(self, session: Session, company: str, payloads: Iterable[Any]) -> None:
        """Lock the rows these events are about, in the order of their ids, and read along."""
        kind = self.row.__kind__
        ids = sorted({getattr(payload, self.field) for payload in payloads})
        wanted = {"company": company, "id": ids}
        statement, values = matching(kind, wanted, ("id",), lock=True)
        rows = session.found(kind, statement, values, wanted=wanted, fresh=True)
        for row in rows:
            session.keep_locked(row, {"company": company, "id": row.__dict__["id"]})
        for read in self.along if rows else ():
            read(session, company, rows)


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

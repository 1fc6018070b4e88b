"""The table of faults: a row per fault a session has tried, printed at its end as docs/reliability.md shows it."""

from collections.abc import Iterable
from dataclasses import astuple, dataclass

PROPERTY = "fault"
"""The name under which a test's report carries its row, from a worker to who prints."""


@dataclass(frozen=True)
class Row:
    """What came of one fault: whole lives traded meanwhile, and seconds from recovery until all was taken in."""

    fault: str
    outcome: str
    lives: int
    drained: float
    proof: str


def lines(rows: Iterable[Row]) -> list[str]:
    """The table in Markdown."""
    head = ["| Fault | Outcome | Lives | Drained in | Proof |", "|---|---|---:|---:|---|"]
    return [
        *head,
        *(f"| {row.fault} | {row.outcome} | {row.lives} | {row.drained:.1f} s | {row.proof} |" for row in rows),
    ]


def packed(row: Row) -> list[object]:
    """A row as a report may carry it."""
    return list(astuple(row))

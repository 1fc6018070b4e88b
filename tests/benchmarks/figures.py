"""A figure as it is reported: what was measured, in which unit, against which yardstick and target."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal


@dataclass(frozen=True)
class Target:
    """What a figure is to reach: its value, or its ratio to the yardstick of the same run."""

    limit: float
    of: Literal["value", "ratio"] = "value"
    most: bool = False

    def met_by(self, value: float, ratio: float | None) -> bool | None:
        """Whether it is reached; None where there is no ratio to tell by."""
        found = value if self.of == "value" else ratio
        if found is None:
            return None
        return found <= self.limit if self.most else found >= self.limit

    def __str__(self) -> str:
        return f"{'<=' if self.most else '>='} {self.limit:g}{' (ratio)' if self.of == 'ratio' else ''}"


@dataclass(frozen=True)
class Figure:
    """One measured thing."""

    name: str
    value: float
    unit: str
    ratio: float | None = None
    target: Target | None = None
    note: str = ""

    @property
    def met(self) -> bool | None:
        """Whether the target is reached; None without one."""
        return self.target.met_by(self.value, self.ratio) if self.target else None

    def to_json(self) -> dict[str, Any]:
        """For the file a run leaves behind."""
        return {
            "figure": self.name,
            "value": self.value,
            "unit": self.unit,
            "ratio": self.ratio,
            "target": str(self.target) if self.target else None,
            "met": self.met,
            "note": self.note,
        }


_HEADER = ("figure", "value", "unit", "ratio", "target", "met", "note")
_MET = {True: "yes", False: "NO", None: ""}


def table(figures: Iterable[Figure]) -> str:
    """The figures as lines of columns."""
    rows = [_HEADER, *(_columns(figure) for figure in figures)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(_HEADER) - 1)]
    return "\n".join(_line(row, widths) for row in rows)


def _columns(figure: Figure) -> tuple[str, ...]:
    ratio = "" if figure.ratio is None else f"{figure.ratio:.4g}"
    target = str(figure.target) if figure.target else ""
    return (figure.name, f"{figure.value:,.6g}", figure.unit, ratio, target, _MET[figure.met], figure.note)


def _line(row: Sequence[str], widths: Sequence[int]) -> str:
    padded = (cell.ljust(width) for cell, width in zip(row, widths, strict=False))
    return "  ".join((*padded, row[-1])).rstrip()


def write(path: Path, figures: Iterable[Figure], circumstances: dict[str, Any]) -> None:
    """Leave the figures and the circumstances they were taken in as JSON."""
    path.parent.mkdir(parents=True, exist_ok=True)
    body = {**circumstances, "figures": [figure.to_json() for figure in figures]}
    path.write_text(json.dumps(body, indent=1, ensure_ascii=False) + "\n")

"""What the proof came to, for people and for programs."""

from collections.abc import Iterator
from dataclasses import asdict
from typing import Any

from services.commands.proof.proof import Proof

SHOWN = 20
"""Breaches of one check that are printed; the rest are counted."""


def lines(proof: Proof) -> Iterator[str]:
    """A line per check with what was looked at, its first breaches, and a last line that says whether it holds."""
    for check in proof.checks:
        verdict = "ok" if check.holds else f"{check.broken:,} BREACHES"
        yield f"{check.name:<72} {check.looked_at:>12,}  {verdict}"
        for breach in check.breaches[:SHOWN]:
            yield f"    {breach}"
        if check.broken > SHOWN:
            yield f"    and {check.broken - SHOWN:,} more"
    yield ""
    yield last_line(proof)


def last_line(proof: Proof) -> str:
    """`proof holds: …`, or `proof broken: …`."""
    if proof.broken:
        checks = sum(1 for check in proof.checks if not check.holds)
        return (
            f"proof broken: {proof.broken:,} {_some(proof.broken, 'breach', 'breaches')} in {checks} of {_all(proof)}"
        )
    return f"proof holds: {_all(proof)}, {proof.looked_at:,} comparisons"


def to_json(proof: Proof) -> dict[str, Any]:
    """The whole result; of each check at most the breaches that were kept."""
    checks = [
        {
            "check": check.name,
            "looked_at": check.looked_at,
            "broken": check.broken,
            "breaches": [asdict(breach) for breach in check.breaches],
        }
        for check in proof.checks
    ]
    return {"holds": not proof.broken, "broken": proof.broken, "looked_at": proof.looked_at, "checks": checks}


def _all(proof: Proof) -> str:
    return f"{len(proof.checks)} checks"


def _some(count: int, one: str, many: str) -> str:
    return one if count == 1 else many

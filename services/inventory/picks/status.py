"""Where a pick list stands, by its lines."""

from collections.abc import Iterable

from services.inventory.picks.tables import PickLine
from shared.contracts.inventory import PickStatus


def pick_status(lines: Iterable[PickLine]) -> PickStatus:
    """`cancelled` when nothing is left and nothing left the house, `handed_over` when all that is wanted did."""
    lines = list(lines)
    if not any(line.open for line in lines):
        return "handed_over" if any(line.handed_over for line in lines) else "cancelled"
    if any(line.handed_over for line in lines):
        return "partly_handed_over"
    return "picked" if any(line.picked for line in lines) else "open"

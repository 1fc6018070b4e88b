"""Taking off the pick lists what is not to leave any more."""

from collections import defaultdict
from collections.abc import Mapping
from decimal import Decimal

from services.inventory.picks.status import pick_status
from services.inventory.picks.tables import Pick, PickLine
from services.inventory.rows import fresh
from shared.runtime.work import UnitOfWork


def unpick(work: UnitOfWork, order_id: str, keep: Mapping[int, Decimal]) -> None:
    """Let no more of an order's lines leave by all its lists than `keep` says by line; older lists keep theirs first.

    What was picked beyond that goes back to its place. The order is locked.
    """
    left, by_pick = dict(keep), defaultdict[str, list[PickLine]](list)
    for line in fresh(work, work.select(PickLine).where(PickLine.order_id == order_id).order_by(PickLine.pick_id)):
        by_pick[line.pick_id].append(line)
        if line.line in left:
            kept = min(line.open, left[line.line])
            left[line.line] -= kept
            line.quantity = line.handed_over + kept
            line.picked = min(line.picked, line.quantity)
    for pick in fresh(work, work.select(Pick).where(Pick.order_id == order_id)):
        pick.status = pick_status(by_pick[pick.id])

"""Taking off the pick lists what is not to leave any more, and telling so."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from decimal import Decimal

from services.inventory.picks.status import pick_status
from services.inventory.picks.tables import Pick, PickLine
from shared.contracts import inventory as contract
from shared.runtime.work import UnitOfWork


def unpick(work: UnitOfWork, order_id: str, keep: Mapping[int, Decimal]) -> None:
    """Let no more of an order's lines leave by all its lists than `keep` says by line; older lists keep theirs first.

    What was picked beyond that goes back to its place. The order is locked.
    """
    left, by_pick = dict(keep), defaultdict[str, list[PickLine]](list)
    shorter: list[PickLine] = []
    for line in work.rows(PickLine, order_id=order_id, by=("pick_id",), fresh=True):
        by_pick[line.pick_id].append(line)
        if line.line in left:
            kept = min(line.open, left[line.line])
            left[line.line] -= kept
            if kept < line.open:
                shorter.append(line)
            line.quantity = line.handed_over + kept
            line.picked = min(line.picked, line.quantity)
    for pick in work.rows(Pick, order_id=order_id, fresh=True):
        pick.status = pick_status(by_pick[pick.id])
        tell_shortened(work, pick, (line for line in shorter if line.pick_id == pick.id))


def tell_shortened(work: UnitOfWork, pick: Pick, lines: Iterable[PickLine]) -> None:
    """Say of these lines of a pick list how much leaves by it in all; of none, nothing is said."""
    told = [contract.ShortenedLine(line=line.line, item_id=line.item_id, quantity=line.quantity) for line in lines]
    if told:
        work.emit(
            contract.pick_shortened,
            contract.PickShortened(shipment_id=pick.id, order_id=pick.order_id, lines=told),
        )

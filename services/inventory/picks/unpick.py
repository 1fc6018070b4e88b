"""Taking what is cancelled off the pick lists."""

from collections import defaultdict
from collections.abc import Collection

from services.inventory.picks.status import pick_status
from services.inventory.picks.tables import Pick, PickLine
from services.inventory.rows import fresh
from shared.runtime.work import UnitOfWork


def unpick(work: UnitOfWork, order_id: str, lines: Collection[int]) -> None:
    """Let nothing more of these order lines leave: what was picked and not handed over goes back to its place.

    The order is locked.
    """
    by_pick: dict[str, list[PickLine]] = defaultdict(list)
    for line in fresh(work, work.select(PickLine).where(PickLine.order_id == order_id)):
        by_pick[line.pick_id].append(line)
        if line.line in lines:
            line.quantity = line.picked = line.handed_over
    for pick in fresh(work, work.select(Pick).where(Pick.order_id == order_id)):
        pick.status = pick_status(by_pick[pick.id])

"""The levels a document touches, locked: whoever holds them decides alone about these items in these warehouses."""

from collections.abc import Iterable, Iterator, Mapping

from services.inventory.rows import Pair, locked_pairs
from services.inventory.stock.tables import StockLevel
from services.inventory.valuation.positions import Spot
from shared.kernel.quantity import ZERO
from shared.runtime.work import UnitOfWork


class Levels(Mapping[Spot, StockLevel]):
    """Levels by item and warehouse, and what they stood at when they were locked."""

    def __init__(self, rows: Mapping[Spot, StockLevel]) -> None:
        self._rows = rows
        self._before = {spot: level.coming for spot, level in rows.items()}

    def __getitem__(self, spot: Spot) -> StockLevel:
        return self._rows[spot]

    def __iter__(self) -> Iterator[Spot]:
        return iter(self._rows)

    def __len__(self) -> int:
        return len(self._rows)

    def changed(self) -> dict[Spot, StockLevel]:
        """Those where more or less is to be had in the end than when they were locked."""
        return {spot: level for spot, level in self.items() if level.coming != self._before[spot]}

    def to_serve(self) -> dict[Spot, StockLevel]:
        """Those that have something free while orders wait for it."""
        return {spot: level for spot, level in self.items() if level.backordered and level.free > 0}


def lock_levels(work: UnitOfWork, spots: Iterable[Spot]) -> Levels:
    """The levels of these items in these warehouses, locked in their order; all at once, so that none waits crosswise.

    What is locked before: the document, and the order it belongs to. After: orders' lines, positions.
    """

    def new(_spot: Pair) -> dict[str, object]:
        return {"id": work.new_id(), "on_hand": ZERO, "reserved": ZERO, "backordered": ZERO, "inbound": ZERO}

    return Levels(locked_pairs(work, StockLevel, spots, (StockLevel.item_id, StockLevel.warehouse_id), new))

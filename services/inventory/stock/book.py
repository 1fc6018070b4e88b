"""The stock book of one document: every movement by quantity and value, and its lines in the stock ledger."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal

from services.inventory.stock.levels import Levels
from services.inventory.stock.tables import StockBalance, StockMove
from services.inventory.valuation import rules
from services.inventory.valuation.positions import Positions, Spot
from services.inventory.warehouses.places import NAMELESS
from shared.contracts.inventory import StockDocument, StockStatus
from shared.kernel.money import split
from shared.kernel.quantity import ZERO
from shared.runtime.work import UnitOfWork

NO_LOT, OWN = "", "own"
_Balances = dict[tuple[str, str], StockBalance]
"""By bin and status."""


def source_of(document_id: str, line: int) -> str:
    """The name of the layer that a document's line makes."""
    return f"{document_id}/{line}"


class StockBook:
    """What a document does to stock whose levels it has locked. `close` writes it; nothing is stored before."""

    def __init__(
        self, work: UnitOfWork, levels: Levels, document: StockDocument, document_id: str, effective_on: date
    ) -> None:
        self._work, self._levels, self.document_id = work, levels, document_id
        self._head = {"document": document, "document_id": document_id, "effective_on": effective_on}
        self._balances = _balances(work, levels)
        self._moves: list[Mapping[str, object]] = []
        self.positions = Positions(work, levels)

    @staticmethod
    def read_ahead(work: UnitOfWork, levels: Levels) -> None:
        """Lock and read at once what the books of several documents begin with."""
        if levels:
            _balances(work, levels)
            Positions(work, levels)

    def receive(
        self,
        line: int,
        spot: Spot,
        quantity: Decimal,
        value: Decimal,
        *,
        bin_: str = NAMELESS,
    ) -> None:
        """Stock comes in, worth `value`, as a layer of its own where layers are kept. Raises as `rules.receive`."""
        source = source_of(self.document_id, line)
        self.positions[spot] = rules.receive(self.positions[spot], quantity, value, source)
        self.post(line, spot, quantity, value, bin_=bin_)

    def issue(self, line: int, spot: Spot, quantity: Decimal, *, bin_: str | None = None) -> rules.Issue:
        """Free stock leaves at cost, from one bin or from as many as it takes. Raises InsufficientStock."""
        self.require_free(spot, quantity)
        self.positions[spot], gone = rules.issue(self.positions[spot], quantity)
        self.take(line, spot, quantity, gone.cost, bin_=bin_)
        return gone

    def require_free(self, spot: Spot, quantity: Decimal) -> None:
        """Raises InsufficientStock where that much is not there or promised to others."""
        if quantity > (free := self._levels[spot].free):
            raise rules.InsufficientStock(quantity, free)

    def take(self, line: int, spot: Spot, quantity: Decimal, value: Decimal, *, bin_: str | None = None) -> None:
        """Post what leaves, worth `value`, bin by bin: the nameless one first, then by code."""
        taken = self._from_bins(spot, quantity, bin_)
        values = split(value, list(taken.values()), self._work.currency)
        for (code, part), worth in zip(taken.items(), values, strict=True):
            self.post(line, spot, -part, -worth, bin_=code)

    def post(
        self,
        line: int,
        spot: Spot,
        quantity: Decimal,
        value: Decimal,
        *,
        bin_: str = NAMELESS,
        status: StockStatus = "available",
    ) -> None:
        """Write a line of the ledger: the balance of its key moves by `quantity`, below zero for what leaves."""
        balance = self._balance(spot, bin_, status)
        balance.quantity += quantity
        if status == "available":
            self._levels[spot].on_hand += quantity
        self._moves.append(
            {
                **self._head,
                "line": line,
                "item_id": spot[0],
                "lot": NO_LOT,
                "warehouse_id": spot[1],
                "bin": bin_,
                "status": status,
                "owner": OWN,
                "quantity": quantity,
                "value": value,
                "recorded_at": self._work.now,
            }
        )

    def in_bin(self, spot: Spot, bin_: str) -> Decimal:
        """How much lies in a bin, reserved or not."""
        return self._balance(spot, bin_, "available").quantity

    def close(self) -> None:
        """Write positions and ledger lines; balances and levels go with the transaction."""
        self.positions.save()
        self._work.insert(StockMove, self._moves)

    def _from_bins(self, spot: Spot, quantity: Decimal, only: str | None) -> dict[str, Decimal]:
        """How much to take from which bin. Raises InsufficientStock where the bin named has less."""
        taken: dict[str, Decimal] = {}
        missing = quantity
        for code in [only] if only is not None else self._bins(spot):
            part = min(missing, self._balance(spot, code, "available").quantity)
            if part > 0:
                taken[code] = part
                missing -= part
        if missing:
            raise rules.InsufficientStock(quantity, quantity - missing)
        return taken

    def _bins(self, spot: Spot) -> list[str]:
        return sorted(code for code, status in self._balances[spot] if status == "available")

    def _balance(self, spot: Spot, bin_: str, status: StockStatus) -> StockBalance:
        there = self._balances[spot]
        if (bin_, status) not in there:
            there[bin_, status] = self._work.add(
                StockBalance(
                    id=self._work.new_id(),
                    item_id=spot[0],
                    lot=NO_LOT,
                    warehouse_id=spot[1],
                    bin=bin_,
                    status=status,
                    owner=OWN,
                    quantity=ZERO,
                )
            )
        return there[bin_, status]


def _balances(work: UnitOfWork, levels: Levels) -> dict[Spot, _Balances]:
    """The balances of these levels, whose locks guard them."""
    by_spot: dict[Spot, _Balances] = {spot: {} for spot in levels}
    for row in work.guarded(StockBalance, ("item_id", "warehouse_id"), levels):
        by_spot[row.item_id, row.warehouse_id][row.bin, row.status] = row
    return by_spot

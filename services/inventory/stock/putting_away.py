"""Moving stock between the bins of a warehouse."""

from services.inventory.items.goods import goods_of, in_base_units
from services.inventory.lines import pointed
from services.inventory.stock.book import StockBook
from services.inventory.stock.levels import lock_levels
from services.inventory.valuation.rules import InsufficientStock
from services.inventory.warehouses.places import NAMELESS, require_bins, warehouse_in_use
from shared.contracts import inventory as contract
from shared.kernel.errors import InvalidInput
from shared.kernel.money import ZERO
from shared.runtime.registry import handles
from shared.runtime.work import UnitOfWork


@handles(contract.put_away)
def put_away(work: UnitOfWork, command: contract.PutAway) -> contract.PutAwayView:
    """Move stock from bin to bin, reserved or not; a bin has no value of its own, so the ledger moves none."""
    warehouse = warehouse_in_use(work, command.warehouse_id).id
    items = goods_of(work, [line.item_id for line in command.lines])
    require_bins(work, warehouse, _bins(command))
    levels = lock_levels(work, [(line.item_id, warehouse) for line in command.lines])
    document_id = work.new_id()
    book = StockBook(work, levels, "put_away", document_id, work.business_date)
    for at, line in enumerate(command.lines):
        with pointed(f"/lines/{at}"):
            if line.from_bin == line.to_bin:
                raise InvalidInput.at("/to_bin", "same_bin", "it lies there already")
            quantity = in_base_units(items[line.item_id], line.quantity, line.unit, "")
            spot, source = (line.item_id, warehouse), line.from_bin or NAMELESS
            if quantity > (there := book.in_bin(spot, source)):
                raise InsufficientStock(quantity, there)
            book.post(at + 1, spot, -quantity, ZERO, bin_=source)
            book.post(at + 1, spot, quantity, ZERO, bin_=line.to_bin or NAMELESS)
    book.close()
    return contract.PutAwayView(
        id=document_id, warehouse_id=warehouse, put_away_on=work.business_date, lines=command.lines
    )


def _bins(command: contract.PutAway) -> dict[str, str | None]:
    named: dict[str, str | None] = {}
    for at, line in enumerate(command.lines):
        named[f"/lines/{at}/from_bin"], named[f"/lines/{at}/to_bin"] = line.from_bin, line.to_bin
    return named

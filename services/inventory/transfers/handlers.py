"""Finding transfers."""

from collections import defaultdict
from collections.abc import Sequence

from services.inventory.transfers.tables import Transfer, TransferLine
from shared.contracts import inventory as contract
from shared.contracts.common import ById
from shared.contracts.operations import ListQuery, Page
from shared.kernel.money import ZERO
from shared.runtime.registry import handles
from shared.runtime.work import UnitOfWork
from shared.storage.paging import page_with

_COLUMNS = {
    "id": Transfer.id,
    "number": Transfer.number,
    "from_warehouse_id": Transfer.from_warehouse_id,
    "to_warehouse_id": Transfer.to_warehouse_id,
    "status": Transfer.status,
    "shipped_on": Transfer.shipped_on,
}


@handles(contract.list_transfers)
def list_transfers(work: UnitOfWork, query: ListQuery) -> Page[contract.TransferView]:
    """Transfers, a page at a time."""
    return page_with(work.session, work.select(Transfer), query, _COLUMNS, lambda found: _views(work, found))


@handles(contract.get_transfer)
def get_transfer(work: UnitOfWork, query: ById) -> contract.TransferView:
    """One transfer."""
    return _views(work, [work.get(Transfer, id=query.id)])[0]


def transfer_view(transfer: Transfer, lines: Sequence[TransferLine]) -> contract.TransferView:
    """A transfer with its lines."""
    return contract.TransferView(
        id=transfer.id,
        number=transfer.number,
        from_warehouse_id=transfer.from_warehouse_id,
        to_warehouse_id=transfer.to_warehouse_id,
        shipped_on=transfer.shipped_on,
        status=transfer.status,
        lines=[_line_view(line) for line in lines],
    )


def _line_view(line: TransferLine) -> contract.TransferLineView:
    return contract.TransferLineView(
        item_id=line.item_id,
        quantity=line.quantity,
        arrived=line.arrived,
        lost=line.lost,
        in_transit=line.in_transit,
        value=line.value,
        in_transit_value=sum((layer.value for layer in line.under_way), ZERO),
    )


def _views(work: UnitOfWork, found: list[Transfer]) -> list[contract.TransferView]:
    by_transfer: dict[str, list[TransferLine]] = defaultdict(list)
    for line in work.rows(TransferLine, transfer_id=[each.id for each in found], by=("line",)):
        by_transfer[line.transfer_id].append(line)
    return [transfer_view(each, by_transfer[each.id]) for each in found]

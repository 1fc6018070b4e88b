"""Finding what is where, and the ledger that says why."""

from services.inventory.stock.tables import StockBalance, StockLevel, StockMove
from shared.contracts import inventory as contract
from shared.contracts.operations import ListQuery, Page
from shared.runtime.registry import handles
from shared.runtime.work import UnitOfWork
from shared.storage.paging import page

_LEVEL_COLUMNS = {"id": StockLevel.id, "item_id": StockLevel.item_id, "warehouse_id": StockLevel.warehouse_id}
_BALANCE_COLUMNS = {
    "id": StockBalance.id,
    "item_id": StockBalance.item_id,
    "warehouse_id": StockBalance.warehouse_id,
    "bin": StockBalance.bin,
    "status": StockBalance.status,
}
_MOVE_COLUMNS = {
    "id": StockMove.id,
    "item_id": StockMove.item_id,
    "warehouse_id": StockMove.warehouse_id,
    "document": StockMove.document,
    "document_id": StockMove.document_id,
    "status": StockMove.status,
    "effective_on": StockMove.effective_on,
}


@handles(contract.list_stock)
def list_stock(work: UnitOfWork, query: ListQuery) -> Page[contract.StockView]:
    """Stock by item and warehouse, a page at a time."""
    return page(work.session, work.select(StockLevel), query, _LEVEL_COLUMNS, _level_view)


@handles(contract.list_stock_balances)
def list_stock_balances(work: UnitOfWork, query: ListQuery) -> Page[contract.StockBalanceView]:
    """Stock by its full key, a page at a time."""
    return page(work.session, work.select(StockBalance), query, _BALANCE_COLUMNS, _balance_view)


@handles(contract.list_stock_moves)
def list_stock_moves(work: UnitOfWork, query: ListQuery) -> Page[contract.StockMoveView]:
    """The stock ledger, a page at a time."""
    return page(work.session, work.select(StockMove), query, _MOVE_COLUMNS, _move_view)


def _level_view(level: StockLevel) -> contract.StockView:
    return contract.StockView(
        id=level.id,
        item_id=level.item_id,
        warehouse_id=level.warehouse_id,
        on_hand=level.on_hand,
        reserved=level.reserved,
        available=level.free,
        inbound=level.inbound,
        backordered=level.backordered,
    )


def _balance_view(balance: StockBalance) -> contract.StockBalanceView:
    return contract.StockBalanceView(
        id=balance.id,
        item_id=balance.item_id,
        lot=balance.lot,
        warehouse_id=balance.warehouse_id,
        bin=balance.bin,
        status=balance.status,
        owner=balance.owner,
        quantity=balance.quantity,
    )


def _move_view(move: StockMove) -> contract.StockMoveView:
    return contract.StockMoveView(
        id=move.id,
        document=move.document,
        document_id=move.document_id,
        line=move.line,
        item_id=move.item_id,
        lot=move.lot,
        warehouse_id=move.warehouse_id,
        bin=move.bin,
        status=move.status,
        owner=move.owner,
        quantity=move.quantity,
        value=move.value,
        effective_on=move.effective_on,
        recorded_at=move.recorded_at,
    )

"""Registering, changing and finding warehouses and bins."""

from services.inventory.warehouses.tables import Bin, Warehouse
from shared.contracts import inventory as contract
from shared.contracts.common import ById
from shared.contracts.operations import ListQuery, Page
from shared.runtime.registry import handles
from shared.runtime.work import UnitOfWork, unique
from shared.storage.paging import page

_COLUMNS = {"id": Warehouse.id, "code": Warehouse.code, "archived": Warehouse.archived}
_BIN_COLUMNS = {"id": Bin.id, "code": Bin.code, "warehouse_id": Bin.warehouse_id}


@handles(contract.register_warehouse)
def register_warehouse(work: UnitOfWork, command: contract.RegisterWarehouse) -> contract.WarehouseView:
    """Register a warehouse; its code is the company's own and cannot be given twice."""
    unique(work.find(Warehouse, code=command.code), f"warehouse {command.code}")
    warehouse = work.add(Warehouse(id=work.new_id(), code=command.code, name=command.name, country=command.country))
    work.session.flush()
    work.emit(contract.warehouse_registered, _fact(warehouse))
    return _view(warehouse)


@handles(contract.change_warehouse)
def change_warehouse(work: UnitOfWork, command: contract.ChangeWarehouse) -> contract.WarehouseView:
    """Change what is given of a warehouse."""
    warehouse = work.get(Warehouse, lock=True, id=command.id)
    work.expect_version(warehouse)
    for name in ("name", "country", "archived"):
        given = getattr(command, name)
        if given is not None:
            setattr(warehouse, name, given)
    work.session.flush()
    work.emit(contract.warehouse_changed, _fact(warehouse))
    return _view(warehouse)


@handles(contract.get_warehouse)
def get_warehouse(work: UnitOfWork, query: ById) -> contract.WarehouseView:
    """One warehouse."""
    return _view(work.get(Warehouse, id=query.id))


@handles(contract.list_warehouses)
def list_warehouses(work: UnitOfWork, query: ListQuery) -> Page[contract.WarehouseView]:
    """Warehouses, a page at a time."""
    return page(work.session, work.select(Warehouse), query, _COLUMNS, _view)


@handles(contract.register_bin)
def register_bin(work: UnitOfWork, command: contract.RegisterBin) -> contract.BinView:
    """Register a bin; its code is the warehouse's own and cannot be given twice."""
    warehouse = work.get(Warehouse, id=command.warehouse_id)
    unique(work.find(Bin, warehouse_id=warehouse.id, code=command.code), f"bin {command.code} in {warehouse.code}")
    made = work.add(Bin(id=work.new_id(), warehouse_id=warehouse.id, code=command.code))
    return _bin_view(made)


@handles(contract.list_bins)
def list_bins(work: UnitOfWork, query: ListQuery) -> Page[contract.BinView]:
    """Bins, a page at a time."""
    return page(work.session, work.select(Bin), query, _BIN_COLUMNS, _bin_view)


def _view(warehouse: Warehouse) -> contract.WarehouseView:
    return contract.WarehouseView(
        id=warehouse.id,
        version=warehouse.version,
        code=warehouse.code,
        name=warehouse.name,
        country=warehouse.country,
        archived=warehouse.archived,
    )


def _fact(warehouse: Warehouse) -> contract.WarehouseFact:
    return contract.WarehouseFact(
        warehouse_id=warehouse.id,
        code=warehouse.code,
        name=warehouse.name,
        country=warehouse.country,
        archived=warehouse.archived,
    )


def _bin_view(row: Bin) -> contract.BinView:
    return contract.BinView(id=row.id, warehouse_id=row.warehouse_id, code=row.code)

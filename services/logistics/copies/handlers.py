"""Keeping the read copies."""

from services.logistics.copies.tables import Item, Warehouse
from shared.contracts import inventory
from shared.runtime.registry import on
from shared.runtime.work import UnitOfWork


@on(inventory.item_registered)
@on(inventory.item_changed)
def keep_item(work: UnitOfWork, event: inventory.ItemFact) -> None:
    """Replace the copy of an item, unless a newer fact came first."""
    work.keep_copy(Item, event.item_id, weight=event.weight, volume=event.volume)


@on(inventory.warehouse_registered)
@on(inventory.warehouse_changed)
def keep_warehouse(work: UnitOfWork, event: inventory.WarehouseFact) -> None:
    """Replace the copy of a warehouse, unless a newer fact came first."""
    work.keep_copy(Warehouse, event.warehouse_id, code=event.code)

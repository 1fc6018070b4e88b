"""Registering, changing and finding items."""

from typing import Any

from services.inventory.items.tables import Item
from shared.contracts import inventory as contract
from shared.contracts.common import ById
from shared.contracts.message import dump, load
from shared.contracts.operations import ListQuery, Page
from shared.kernel.errors import InvalidInput
from shared.runtime.registry import handles
from shared.runtime.work import UnitOfWork, unique
from shared.storage.paging import page

_COLUMNS = {
    "id": Item.id,
    "sku": Item.sku,
    "kind": Item.kind,
    "category": Item.category,
    "archived": Item.archived,
}


@handles(contract.register_item)
def register_item(work: UnitOfWork, command: contract.RegisterItem) -> contract.ItemView:
    """Register an item; its SKU is the company's own and cannot be given twice."""
    unique(work.find(Item, sku=command.sku), f"item {command.sku}")
    item = work.add(
        Item(
            id=work.new_id(),
            sku=command.sku,
            name=command.name,
            kind=command.kind,
            category=command.category,
            base_unit=command.base_unit,
            units=_units(command.units, command.base_unit),
            weight=command.weight,
            volume=command.volume,
            tax_code=command.tax_code,
        )
    )
    work.session.flush()
    work.emit(contract.item_registered, _fact(item))
    return _view(item)


@handles(contract.change_item)
def change_item(work: UnitOfWork, command: contract.ChangeItem) -> contract.ItemView:
    """Change what is given of an item; documents already made keep the base quantities they were made with."""
    item = work.get(Item, lock=True, id=command.id)
    work.expect_version(item)
    if command.units is not None:
        item.units = _units(command.units, item.base_unit)
    for name in ("name", "category", "weight", "volume", "tax_code", "archived"):
        given = getattr(command, name)
        if given is not None:
            setattr(item, name, given)
    work.session.flush()
    work.emit(contract.item_changed, _fact(item))
    return _view(item)


@handles(contract.get_item)
def get_item(work: UnitOfWork, query: ById) -> contract.ItemView:
    """One item."""
    return _view(work.get(Item, id=query.id))


@handles(contract.list_items)
def list_items(work: UnitOfWork, query: ListQuery) -> Page[contract.ItemView]:
    """Items, a page at a time."""
    return page(work.session, work.select(Item), query, _COLUMNS, _view)


def _units(units: list[contract.ItemUnit], base_unit: str) -> list[dict[str, Any]]:
    """As stored; raises InvalidInput `duplicate_unit` where a unit is named twice or is the base unit."""
    seen = {base_unit}
    for at, each in enumerate(units):
        if each.unit in seen:
            raise InvalidInput.at(f"/units/{at}/unit", "duplicate_unit", f"unit {each.unit} is there already")
        seen.add(each.unit)
    return [dump(each) for each in units]


def _shared(item: Item) -> dict[str, Any]:
    return {
        "sku": item.sku,
        "name": item.name,
        "kind": item.kind,
        "category": item.category,
        "base_unit": item.base_unit,
        "units": [load(contract.ItemUnit, each) for each in item.units],
        "weight": item.weight,
        "volume": item.volume,
        "tax_code": item.tax_code,
        "archived": item.archived,
    }


def _view(item: Item) -> contract.ItemView:
    return contract.ItemView(id=item.id, version=item.version, **_shared(item))


def _fact(item: Item) -> contract.ItemFact:
    return contract.ItemFact(item_id=item.id, **_shared(item))

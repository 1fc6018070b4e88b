"""The items a document names: known, in use, goods; and quantities in their base units."""

from collections.abc import Sequence
from decimal import Decimal

from services.inventory.items.tables import Item
from services.inventory.lines import refuse
from shared.kernel.errors import Fault, InvalidInput
from shared.kernel.quantity import ratio, to_base
from shared.runtime.work import UnitOfWork


def goods_of(work: UnitOfWork, item_ids: Sequence[str]) -> dict[str, Item]:
    """The items that a new document's lines name, in the lines' order.

    Raises InvalidInput with every fault: `unknown_item`, `archived_item`, `not_goods`.
    """
    items = items_of(work, item_ids)
    faults = [
        Fault(f"/lines/{at}/item_id", *wrong)
        for at, item_id in enumerate(item_ids)
        if (wrong := _wrong(items.get(item_id), item_id))
    ]
    refuse(faults)
    return items


def items_of(work: UnitOfWork, item_ids: Sequence[str]) -> dict[str, Item]:
    """The items with these ids, by id."""
    return {item.id: item for item in work.rows(Item, id=set(item_ids))}


def in_base_units(item: Item, quantity: Decimal, unit: str | None, pointer: str) -> Decimal:
    """`quantity` of a unit of the item in its base unit, exactly; no unit named is the base unit.

    Raises InvalidInput `unknown_unit`, `quantity_inexact`.
    """
    if unit is None or unit == item.base_unit:
        return quantity
    for known in item.units:
        if known["unit"] == unit:
            return to_base(quantity, ratio(known["numerator"], known["denominator"]), pointer)
    raise InvalidInput.at(f"{pointer}/unit", "unknown_unit", f"{item.sku} is not counted in {unit}")


def _wrong(item: Item | None, item_id: str) -> tuple[str, str] | None:
    if item is None:
        return "unknown_item", f"there is no item {item_id}"
    if item.archived:
        return "archived_item", f"{item.sku} is archived"
    if item.kind != "goods":
        return "not_goods", f"{item.sku} is a service and is not kept in stock"
    return None

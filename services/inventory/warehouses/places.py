"""The warehouses and bins a document names."""

from collections.abc import Mapping

from services.inventory.lines import refuse
from services.inventory.warehouses.tables import Bin, Warehouse
from shared.kernel.errors import Fault, InvalidInput
from shared.runtime.work import UnitOfWork

NAMELESS = ""
"""The bin of stock that lies in none with a code."""


def warehouse_in_use(work: UnitOfWork, warehouse_id: str, pointer: str = "/warehouse_id") -> Warehouse:
    """The warehouse of a new document; raises InvalidInput `unknown_warehouse`, `archived_warehouse`."""
    warehouse = work.find(Warehouse, id=warehouse_id)
    if warehouse is None:
        raise InvalidInput.at(pointer, "unknown_warehouse", f"there is no warehouse {warehouse_id}")
    if warehouse.archived:
        raise InvalidInput.at(pointer, "archived_warehouse", f"warehouse {warehouse.code} is archived")
    return warehouse


def require_bins(work: UnitOfWork, warehouse_id: str, named: Mapping[str, str | None]) -> None:
    """Hold the bins that a document names, by pointer, against those of the warehouse.

    Raises InvalidInput with every `unknown_bin`.
    """
    codes = {code for code in named.values() if code}
    if not codes:
        return
    known = {each.code for each in work.rows(Bin, warehouse_id=warehouse_id, code=codes)}
    refuse(
        [
            Fault(pointer, "unknown_bin", f"the warehouse has no bin {code}")
            for pointer, code in named.items()
            if code and code not in known
        ]
    )

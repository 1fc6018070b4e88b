"""The company's valuation policies, as the rules want them."""

from dataclasses import dataclass

from services.inventory.valuation.rules import CostMethod, CustomerReturnPolicy
from services.inventory.valuation.tables import InventorySettings
from shared.contracts.inventory import ValuationArea
from shared.runtime.work import UnitOfWork


@dataclass(frozen=True)
class Policies:
    """How stock is valued; the defaults are those of the acceptance cases."""

    cost_method: CostMethod = CostMethod.MOVING_AVERAGE
    valuation_area: ValuationArea = "company"
    customer_return: CustomerReturnPolicy = CustomerReturnPolicy.ORIGINAL_ISSUE

    def area_of(self, warehouse_id: str) -> str:
        """The valuation area of a warehouse."""
        return warehouse_id if self.valuation_area == "warehouse" else ""


def policies_of(work: UnitOfWork) -> Policies:
    """The policies as they are."""
    return _policies(row) if (row := work.find(InventorySettings)) else Policies()


def policies_to_value_by(work: UnitOfWork) -> Policies:
    """The policies for a movement of stock; from the first one on, method and area are for good."""
    row = next(iter(work.look_up(InventorySettings, ("company",), [work.company])), None)
    if row is None or not row.sealed:
        row = settings_row(work)
        row.sealed = True
    return _policies(row)


def settings_row(work: UnitOfWork) -> InventorySettings:
    """The company's row, locked; made where there is none yet."""
    defaults = Policies()
    new = {
        "id": work.new_id(),
        "cost_method": defaults.cost_method.value,
        "valuation_area": defaults.valuation_area,
        "customer_return_policy": defaults.customer_return.value,
        "sealed": False,
    }
    work.insert_missing(InventorySettings, [new])
    return work.get(InventorySettings, lock=True)


def _policies(row: InventorySettings) -> Policies:
    return Policies(CostMethod(row.cost_method), row.valuation_area, CustomerReturnPolicy(row.customer_return_policy))

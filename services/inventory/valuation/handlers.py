"""Choosing how stock is valued, and finding what it is worth."""

from services.inventory.valuation.rules import CostMethod
from services.inventory.valuation.settings import Policies, policies_of, settings_row
from services.inventory.valuation.tables import StockValue
from shared.contracts import inventory as contract
from shared.contracts.message import Nothing
from shared.contracts.operations import ListQuery, Page
from shared.kernel.errors import Conflict
from shared.runtime.registry import handles
from shared.runtime.work import UnitOfWork
from shared.storage.paging import page

_COLUMNS = {"id": StockValue.id, "item_id": StockValue.item_id, "warehouse_id": StockValue.area}


@handles(contract.get_settings)
def get_settings(work: UnitOfWork, _query: Nothing) -> contract.SettingsView:
    """How stock is valued."""
    return _settings_view(policies_of(work))


@handles(contract.change_settings)
def change_settings(work: UnitOfWork, command: contract.ChangeSettings) -> contract.SettingsView:
    """Change how stock is valued; method and area only before the first stock, as its value was found by them."""
    row = settings_row(work)
    for name in ("cost_method", "valuation_area"):
        given = getattr(command, name)
        if row.sealed and given not in (None, getattr(row, name)):
            raise Conflict(f"stock has been valued by {name} {getattr(row, name)}", code="stock_exists")
        setattr(row, name, given or getattr(row, name))
    row.customer_return_policy = command.customer_return_policy or row.customer_return_policy
    work.session.flush()
    return _settings_view(policies_of(work))


@handles(contract.list_stock_values)
def list_stock_values(work: UnitOfWork, query: ListQuery) -> Page[contract.StockValueView]:
    """What stock is worth, by item and valuation area."""
    method = policies_of(work).cost_method
    return page(work.session, work.select(StockValue), query, _COLUMNS, lambda row: _view(row, method))


def _settings_view(policies: Policies) -> contract.SettingsView:
    return contract.SettingsView(
        cost_method=policies.cost_method.value,
        valuation_area=policies.valuation_area,
        customer_return_policy=policies.customer_return.value,
    )


def _view(row: StockValue, method: CostMethod) -> contract.StockValueView:
    return contract.StockValueView(
        id=row.id,
        item_id=row.item_id,
        warehouse_id=row.area or None,
        cost_method=method.value,
        quantity=row.quantity + row.transit_quantity,
        value=row.value + row.transit_value,
        in_transit_quantity=row.transit_quantity,
        in_transit_value=row.transit_value,
    )

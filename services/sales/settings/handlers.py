"""Reading and changing the settings of sales."""

from typing import Literal, cast

from services.sales.copies import lookup
from services.sales.settings.tables import Settings
from shared.contracts import sales as contract
from shared.contracts.message import Nothing
from shared.runtime.registry import handles
from shared.runtime.work import UnitOfWork


def settings_of(work: UnitOfWork) -> Settings:
    """The company's settings, or the defaults where it never changed them."""
    found = work.look_up(Settings, ("company",), [work.company])
    return found[0] if found else Settings(id=work.new_id())


@handles(contract.get_settings)
def get_settings(work: UnitOfWork, _query: Nothing) -> contract.SalesSettings:
    """The settings of sales."""
    return _view(settings_of(work))


@handles(contract.change_settings)
def change_settings(work: UnitOfWork, command: contract.ChangeSalesSettings) -> contract.SalesSettings:
    """Change what is given of the settings."""
    settings = work.find(Settings, lock=True) or work.add(Settings(id=work.new_id()))
    if chosen := command.default_warehouse_id:
        lookup.usable(work, lookup.warehouses(work, [chosen]).get(chosen), chosen, "/default_warehouse_id")
    for name in ("default_warehouse_id", "tax_rounding", "prices_include_tax", "promise_days", "hold_days"):
        given = getattr(command, name)
        if given is not None:
            setattr(settings, name, given)
    work.session.flush()
    return _view(settings)


def _view(settings: Settings) -> contract.SalesSettings:
    return contract.SalesSettings(
        default_warehouse_id=settings.default_warehouse_id,
        tax_rounding=cast("Literal['line', 'document']", settings.tax_rounding),
        prices_include_tax=settings.prices_include_tax,
        promise_days=settings.promise_days,
        hold_days=settings.hold_days,
    )

"""Keeping the read copies: each is replaced only by a newer fact."""

from datetime import date
from uuid import NAMESPACE_OID, uuid5

from services.sales.copies.tables import CurrencyRate, Item, TaxRate, Warehouse
from shared.contracts import finance, inventory
from shared.runtime.registry import on
from shared.runtime.work import UnitOfWork


@on(inventory.item_registered)
@on(inventory.item_changed)
def keep_item(work: UnitOfWork, event: inventory.ItemFact) -> None:
    """Keep what sells: its units, its tax code, whether it is goods."""
    work.keep_copy(
        Item,
        event.item_id,
        sku=event.sku,
        name=event.name,
        kind=event.kind,
        base_unit=event.base_unit,
        units={each.unit: [each.numerator, each.denominator] for each in event.units},
        tax_code=event.tax_code,
        archived=event.archived,
    )


@on(inventory.warehouse_registered)
def keep_warehouse(work: UnitOfWork, event: inventory.WarehouseFact) -> None:
    """Keep where goods may leave from and come back to."""
    work.keep_copy(Warehouse, event.warehouse_id, code=event.code, name=event.name, archived=event.archived)


@on(finance.tax_rate_set)
def keep_tax_rate(work: UnitOfWork, event: finance.TaxRateSet) -> None:
    """Keep the rate of a tax code from a day on."""
    id_ = _dated(work, event.tax_code, event.valid_from)
    work.keep_copy(TaxRate, id_, tax_code=event.tax_code, rate=event.rate, valid_from=event.valid_from)


@on(finance.exchange_rate_set)
def keep_exchange_rate(work: UnitOfWork, event: finance.ExchangeRateSet) -> None:
    """Keep the rate of a currency from a day on."""
    id_ = _dated(work, event.currency, event.valid_from)
    work.keep_copy(CurrencyRate, id_, currency=event.currency, rate=event.rate, valid_from=event.valid_from)


def _dated(work: UnitOfWork, code: str, valid_from: date) -> str:
    """One id per company, code and day, so that a rate set again replaces the one before."""
    return str(uuid5(NAMESPACE_OID, f"{work.company} {code} {valid_from}"))

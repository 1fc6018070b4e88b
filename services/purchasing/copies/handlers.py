"""Keeping the read copies, and asking them."""

from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from fractions import Fraction
from uuid import NAMESPACE_OID, uuid5

from services.purchasing.copies.tables import CurrencyRate, Item, TaxRate, Warehouse
from shared.contracts import finance, inventory
from shared.kernel.errors import InvalidInput, NotYet
from shared.runtime.registry import on
from shared.runtime.work import UnitOfWork


@on(inventory.item_registered)
@on(inventory.item_changed)
def keep_item(work: UnitOfWork, event: inventory.ItemFact) -> None:
    """Replace the copy of an item, unless a newer fact came first."""
    work.keep_copy(
        Item,
        event.item_id,
        sku=event.sku,
        kind=event.kind,
        base_unit=event.base_unit,
        units={unit.unit: [unit.numerator, unit.denominator] for unit in event.units},
        tax_code=event.tax_code,
        archived=event.archived,
    )


@on(inventory.warehouse_registered)
@on(inventory.warehouse_changed)
def keep_warehouse(work: UnitOfWork, event: inventory.WarehouseFact) -> None:
    """Replace the copy of a warehouse, unless a newer fact came first."""
    work.keep_copy(Warehouse, event.warehouse_id, code=event.code, archived=event.archived)


@on(finance.tax_rate_set)
def keep_tax_rate(work: UnitOfWork, event: finance.TaxRateSet) -> None:
    """Keep a tax rate beside those of other days; for one day the newest counts."""
    id_ = _id_of(work, "tax", event.tax_code, event.valid_from)
    work.keep_copy(TaxRate, id_, tax_code=event.tax_code, valid_from=event.valid_from, rate=event.rate)


@on(finance.exchange_rate_set)
def keep_currency_rate(work: UnitOfWork, event: finance.ExchangeRateSet) -> None:
    """Keep an exchange rate beside those of other days; for one day the newest counts."""
    id_ = _id_of(work, "currency", event.currency, event.valid_from)
    work.keep_copy(CurrencyRate, id_, currency=event.currency, valid_from=event.valid_from, rate=event.rate)


def items_to_buy(work: UnitOfWork, ids: Iterable[tuple[str, str]]) -> Mapping[str, Item]:
    """The items named as (pointer, id); raises NotYet for an unknown one, InvalidInput for one that is not bought."""
    named = dict(reversed([(id_, pointer) for pointer, id_ in ids]))
    found = {item.id: item for item in work.rows(Item, id=named)}
    for id_, pointer in named.items():
        if id_ not in found:
            raise NotYet(id_)
        if found[id_].kind != "goods":
            raise InvalidInput.at(pointer, "not_goods", "a service does not come into a warehouse")
        if found[id_].archived:
            raise InvalidInput.at(pointer, "archived", "the item is archived")
    return found


def warehouse_to_fill(work: UnitOfWork, id_: str) -> Warehouse:
    """The warehouse goods are to come into; raises NotYet for an unknown one, InvalidInput for an archived one."""
    warehouse = work.known(Warehouse, id_)
    if warehouse.archived:
        raise InvalidInput.at("/warehouse_id", "archived", "the warehouse is archived")
    return warehouse


def unit_ratio(item: Item, unit: str, pointer: str) -> Fraction:
    """How many base units one `unit` of the item is; raises InvalidInput where the item has no such unit."""
    if unit == item.base_unit:
        return Fraction(1)
    if unit not in item.units:
        raise InvalidInput.at(pointer, "unknown_unit", f"{item.sku} has no unit {unit}")
    return Fraction(*item.units[unit])


def tax_rates(work: UnitOfWork, codes: Iterable[str], day: date) -> Mapping[str, Decimal]:
    """The rate of each tax code on a day; raises NotYet with the code where there is none."""
    wanted = set(codes)
    rates = work.rows(TaxRate, tax_code=wanted, by=("valid_from",))
    found = {rate.tax_code: rate.rate for rate in rates if rate.valid_from <= day}
    for code in sorted(wanted - found.keys()):
        raise NotYet(code)
    return found


def currency_rates(work: UnitOfWork, currencies: Iterable[str], day: date) -> Mapping[str, Decimal]:
    """What one unit of each currency is in base currency on a day, as far as known; the base currency is 1."""
    foreign = set(currencies) - {work.currency}
    found = {work.currency: Decimal(1)}
    if foreign:
        statement = work.select(CurrencyRate).where(CurrencyRate.currency.in_(foreign), CurrencyRate.valid_from <= day)
        found |= {rate.currency: rate.rate for rate in work.all(statement.order_by(CurrencyRate.valid_from))}
    return found


def currency_rate(work: UnitOfWork, currency: str, day: date) -> Decimal:
    """What one unit of the currency is in base currency on a day; raises NotYet with its code."""
    found = currency_rates(work, [currency], day)
    if currency not in found:
        raise NotYet(currency)
    return found[currency]


def _id_of(work: UnitOfWork, kind: str, code: str, day: date) -> str:
    """A rate has no id of its own; this one follows from what it is of."""
    return str(uuid5(NAMESPACE_OID, f"{work.company}/{kind}/{code}/{day}"))

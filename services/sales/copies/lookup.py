"""Finding what a document refers to in the read copies, all of one kind in one query."""

from collections.abc import Iterable
from datetime import date, timedelta
from decimal import Decimal
from operator import attrgetter
from typing import NoReturn, TypeVar

from services.sales.copies.tables import CurrencyRate, Item, TaxRate, Warehouse
from shared.kernel.errors import InvalidInput, NotYet
from shared.kernel.ids import born
from shared.runtime.work import UnitOfWork

Thing = TypeVar("Thing", Item, Warehouse)
YOUNG = timedelta(minutes=1)
"""An id made less than this ago may be one whose fact is still on its way."""


def items(work: UnitOfWork, ids: Iterable[str]) -> dict[str, Item]:
    """The items with these ids, as far as they are known."""
    return {item.id: item for item in work.look_up(Item, ("id",), ids)}


def warehouses(work: UnitOfWork, ids: Iterable[str]) -> dict[str, Warehouse]:
    """The warehouses with these ids, as far as they are known."""
    return {each.id: each for each in work.look_up(Warehouse, ("id",), ids)}


def tax_rates(work: UnitOfWork, codes: Iterable[str], on: date) -> dict[str, Decimal]:
    """The rate of each code that has one on this day."""
    found = sorted(work.look_up(TaxRate, ("tax_code",), codes), key=attrgetter("valid_from"))
    return {each.tax_code: each.rate for each in found if each.valid_from <= on}


def exchange_rate(work: UnitOfWork, currency: str, on: date, pointer: str) -> Decimal:
    """What one unit of `currency` is worth in the company's own on this day; raises InvalidInput at `pointer`."""
    if currency == work.currency:
        return Decimal(1)
    dated = work.select(CurrencyRate).where(CurrencyRate.currency == currency, CurrencyRate.valid_from <= on)
    found = work.all(dated.order_by(CurrencyRate.valid_from.desc()).limit(1))
    if not found:
        raise InvalidInput.at(pointer, "no_exchange_rate", f"no exchange rate of {currency} is known on {on}")
    return found[0].rate


def usable(work: UnitOfWork, found: Thing | None, id_: str, pointer: str) -> Thing:
    """What was found; raises InvalidInput where it is archived or unknown, NotYet where its fact may be on its way."""
    if found is None:
        _refuse_unknown(work, id_, pointer)
    if found.archived:
        raise InvalidInput.at(pointer, "archived", f"{found.name} is archived")
    return found


def _refuse_unknown(work: UnitOfWork, id_: str, pointer: str) -> NoReturn:
    """Raises NotYet for an id just made, InvalidInput at `pointer` for any other."""
    at = born(id_)
    if at is not None and timedelta(0) <= work.now - at < YOUNG:
        raise NotYet(id_)
    raise InvalidInput.at(pointer, "unknown_reference", f"{id_} is not known here")

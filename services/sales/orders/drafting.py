"""From the lines a client asks for to lines with item, warehouse, quantity, price and tax, each fault pointed at."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import TypeVar

from services.sales.copies import lookup
from services.sales.copies.tables import Item, Warehouse
from services.sales.customers.tables import Customer
from services.sales.prices.pricing import MOST, PriceList, amount_at
from services.sales.prices.rules import Enquiry
from shared.contracts.sales import NewOrderLine
from shared.kernel.errors import Fault, Forbidden, InvalidInput
from shared.kernel.quantity import ratio, to_base
from shared.kernel.tax import TaxedDocument, TaxLine, TaxRounding, tax_document
from shared.runtime.work import UnitOfWork

T = TypeVar("T")
MOST_QUANTITY = Decimal(10) ** 9


@dataclass(frozen=True)
class Heading:
    """What all lines of an order have in common."""

    customer: Customer
    placed_on: date
    currency: str
    exchange_rate: Decimal
    included: bool
    rounding: TaxRounding
    default_warehouse: str | None


@dataclass(frozen=True)
class DraftLine:
    """A line as it is going to be placed; `quantity` in base units, `amount` as priced."""

    asked: NewOrderLine
    item: Item
    warehouse_id: str | None
    quantity: Decimal
    price: Decimal
    price_id: str | None
    tax_code: str
    tax_rate: Decimal
    amount: Decimal


class Drafting:
    """Drafts the lines of one order: everything they refer to is read beforehand, one query per kind."""

    def __init__(self, work: UnitOfWork, heading: Heading, asked: Sequence[NewOrderLine]) -> None:
        self._work, self._heading, self._asked = work, heading, asked
        self._items = lookup.items(work, (line.item_id for line in asked))
        self._warehouses = self._named_warehouses()
        self._rates = lookup.tax_rates(work, self._named_tax_codes(), heading.placed_on)
        unpriced = {line.item_id for line in asked if line.price is None}
        self._prices = PriceList(work, unpriced, heading.currency, heading.customer.id)

    def lines(self) -> list[DraftLine]:
        """Every line drafted; raises InvalidInput with all faults of all lines."""
        if any(line.price is not None for line in self._asked) and not self._work.context.may("sales:price"):
            raise Forbidden("giving a price takes the scope sales:price")
        return _each(self._asked, self._line)

    def _line(self, asked: NewOrderLine, pointer: str) -> DraftLine:
        item = self._items.get(asked.item_id)
        item = lookup.usable(self._work, item, asked.item_id, f"{pointer}/item_id")
        quantity = _base_quantity(asked, item, pointer)
        price, price_id = self._price(asked, quantity, pointer)
        tax_code = asked.tax_code or item.tax_code
        return DraftLine(
            asked=asked,
            item=item,
            warehouse_id=self._warehouse(asked, item, pointer),
            quantity=quantity,
            price=price,
            price_id=price_id,
            tax_code=tax_code,
            tax_rate=self._rate(tax_code, pointer),
            amount=amount_at(quantity, price, self._heading.currency, f"{pointer}/quantity"),
        )

    def _price(self, asked: NewOrderLine, quantity: Decimal, pointer: str) -> tuple[Decimal, str | None]:
        """The price given, or the price list's with the id of its row."""
        if asked.price is not None:
            return asked.price, None
        customer = self._heading.customer
        enquiry = Enquiry(
            item=asked.item_id,
            quantity=quantity,
            currency=self._heading.currency,
            on=self._heading.placed_on,
            customer=customer.id,
            tier=customer.tier,
        )
        found = self._prices.price(enquiry, f"{pointer}/item_id")
        return found.price, found.id

    def _warehouse(self, asked: NewOrderLine, item: Item, pointer: str) -> str | None:
        """Where goods leave from; services leave from nowhere."""
        if item.kind != "goods":
            return None
        chosen = asked.warehouse_id or self._heading.default_warehouse
        if chosen is None:
            raise InvalidInput.at(f"{pointer}/warehouse_id", "missing", "there is no default warehouse: name one")
        lookup.usable(self._work, self._warehouses.get(chosen), chosen, f"{pointer}/warehouse_id")
        return chosen

    def _rate(self, tax_code: str, pointer: str) -> Decimal:
        if tax_code not in self._rates:
            message = f"tax code {tax_code} has no rate on {self._heading.placed_on}"
            raise InvalidInput.at(f"{pointer}/tax_code", "no_tax_rate", message)
        return self._rates[tax_code]

    def _named_warehouses(self) -> dict[str, Warehouse]:
        named = {line.warehouse_id or self._heading.default_warehouse for line in self._asked}
        return lookup.warehouses(self._work, (id_ for id_ in named if id_))

    def _named_tax_codes(self) -> set[str]:
        own = {line.tax_code for line in self._asked if line.tax_code}
        return own | {item.tax_code for item in self._items.values()}


def taxed(lines: Sequence[DraftLine], heading: Heading) -> TaxedDocument:
    """The order's tax, by line or by document; raises InvalidInput where no ledger could hold the total."""
    document = tax_document(
        [TaxLine(line.amount, line.tax_code, line.tax_rate) for line in lines],
        included=heading.included,
        currency=heading.currency,
        rounding=heading.rounding,
    )
    if document.total.gross * max(heading.exchange_rate, Decimal(1)) >= MOST:
        raise InvalidInput.at("/lines", "too_large", f"the order's total is not below {MOST:f}")
    return document


def _base_quantity(asked: NewOrderLine, item: Item, pointer: str) -> Decimal:
    """The quantity in base units; raises InvalidInput where it is no exact number of them."""
    unit = asked.unit or item.base_unit
    if unit == item.base_unit:
        return asked.quantity
    if unit not in item.units:
        raise InvalidInput.at(f"{pointer}/unit", "unknown_unit", f"{item.sku} is not traded in {unit}")
    quantity = to_base(asked.quantity, ratio(*item.units[unit]), f"{pointer}/quantity")
    if quantity >= MOST_QUANTITY:
        raise InvalidInput.at(f"{pointer}/quantity", "too_large", f"{quantity} is not below {MOST_QUANTITY:f}")
    return quantity


def _each(asked: Sequence[NewOrderLine], draft: Callable[[NewOrderLine, str], T]) -> list[T]:
    """Draft line by line, and raise what is wrong with any of them at once."""
    drafted: list[T] = []
    faults: list[Fault] = []
    for index, line in enumerate(asked):
        try:
            drafted.append(draft(line, f"/lines/{index}"))
        except InvalidInput as error:
            faults.extend(error.faults)
    if faults:
        raise InvalidInput(faults[0].message, code=faults[0].code, faults=faults)
    return drafted

"""Which price an item sells at, and what a line of it comes to."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from shared.kernel.errors import InvalidInput
from shared.kernel.money import ZERO, round_money


class NoPrice(InvalidInput):
    """No price list has a price for this item, customer, quantity and day (422)."""

    code = "no_price"


@dataclass(frozen=True)
class ListPrice:
    """A row of a price list: for one customer, for a tier, or (neither named) for everyone.

    `price` is per base unit in `currency`; it holds from `min_quantity` base units on, from `valid_from` to
    `valid_to`, both included, None meaning open.
    """

    id: str
    item: str
    price: Decimal
    currency: str
    customer: str | None = None
    tier: str | None = None
    min_quantity: Decimal = ZERO
    valid_from: date | None = None
    valid_to: date | None = None


@dataclass(frozen=True)
class Enquiry:
    """What is asked for: an item and quantity (base units), by whom, in which currency, on which business date."""

    item: str
    quantity: Decimal
    currency: str
    on: date
    customer: str | None = None
    tier: str | None = None


def price_for(enquiry: Enquiry, rows: Iterable[ListPrice]) -> ListPrice:
    """The row that applies: the customer's own before the tier's before everyone's.

    Among those, the highest quantity break reached, the latest start, the lowest price, the smallest id; the order of
    `rows` never matters.
    Raises NoPrice where none applies.
    """
    candidates = [row for row in rows if _applies(row, enquiry)]
    if not candidates:
        raise NoPrice(f"no {enquiry.currency} price for {enquiry.quantity} of item {enquiry.item} on {enquiry.on}")
    return min(candidates, key=_precedence)


def line_amount(quantity: Decimal, price: Decimal, currency: str, discount: Decimal = ZERO) -> Decimal:
    """`quantity` times `price` less `discount` (a fraction), rounded half up in `currency`."""
    return round_money(quantity * price * (1 - discount), currency)


def _applies(row: ListPrice, enquiry: Enquiry) -> bool:
    return (
        row.item == enquiry.item
        and row.currency == enquiry.currency
        and row.customer in (None, enquiry.customer)
        and row.tier in (None, enquiry.tier)
        and row.min_quantity <= enquiry.quantity
        and (row.valid_from or date.min) <= enquiry.on <= (row.valid_to or date.max)
    )


def _precedence(row: ListPrice) -> tuple[int, Decimal, int, Decimal, str]:
    audience = 0 if row.customer is not None else 1 if row.tier is not None else 2
    start = (row.valid_from or date.min).toordinal()
    return audience, -row.min_quantity, -start, row.price, row.id

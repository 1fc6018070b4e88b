"""What an item sells at by the price list."""

from collections import defaultdict
from collections.abc import Iterable
from decimal import Decimal

from services.sales.prices.rules import Enquiry, ListPrice, NoPrice, line_amount, price_for
from services.sales.prices.tables import PriceRow
from shared.kernel.errors import InvalidInput
from shared.runtime.work import UnitOfWork

MOST = Decimal(10) ** 13
"""Amounts are below this, as every contract has it."""


class PriceList:
    """The rows that may concern one customer (or tier), for some items in one currency."""

    def __init__(self, work: UnitOfWork, items: Iterable[str], currency: str, customer: str | None) -> None:
        self._rows: dict[str, list[ListPrice]] = defaultdict(list)
        wanted = set(items)
        for whose in {None, customer}:
            for row in work.rows(PriceRow, item_id=wanted, currency=currency, withdrawn=False, customer_id=whose):
                self._rows[row.item_id].append(_list_price(row))

    def price(self, enquiry: Enquiry, pointer: str) -> ListPrice:
        """The row that applies; raises NoPrice at `pointer`."""
        try:
            return price_for(enquiry, self._rows[enquiry.item])
        except NoPrice as error:
            raise NoPrice.at(pointer, error.code, error.detail) from None


def amount_at(quantity: Decimal, price: Decimal, currency: str, pointer: str) -> Decimal:
    """What a line comes to; raises InvalidInput at `pointer` where no document can hold it."""
    amount = line_amount(quantity, price, currency)
    if amount >= MOST:
        raise InvalidInput.at(pointer, "too_large", f"{amount} is not below {MOST:f}")
    return amount


def _list_price(row: PriceRow) -> ListPrice:
    return ListPrice(
        id=row.id,
        item=row.item_id,
        price=row.price,
        currency=row.currency,
        customer=row.customer_id,
        tier=row.tier,
        min_quantity=row.min_quantity,
        valid_from=row.valid_from,
        valid_to=row.valid_to,
    )

"""What an item sells at by the price list."""

from collections import defaultdict
from collections.abc import Iterable
from decimal import Decimal
from itertools import product

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
        wanted = list(items)
        for row in (*_for_all(work, wanted, currency), *_for_some(work, product([customer], wanted), currency)):
            self._rows[row.item_id].append(_list_price(row))

    @staticmethod
    def read_ahead(work: UnitOfWork, wanted: Iterable[tuple[str, str]], currency: str) -> None:
        """Read at once what price lists for these customers and items will look up."""
        pairs = list(wanted)
        _for_all(work, [item for _, item in pairs], currency)
        _for_some(work, pairs, currency)

    def price(self, enquiry: Enquiry, pointer: str) -> ListPrice:
        """The row that applies; raises NoPrice at `pointer`."""
        try:
            return price_for(enquiry, self._rows[enquiry.item])
        except NoPrice as error:
            raise NoPrice.at(pointer, error.code, error.detail) from None


def _for_all(work: UnitOfWork, items: Iterable[str], currency: str) -> list[PriceRow]:
    """The prices of these items that are no single customer's."""
    return work.look_up(PriceRow, ("item_id",), items, currency=currency, withdrawn=False, customer_id=None)


def _for_some(work: UnitOfWork, wanted: Iterable[tuple[str | None, str]], currency: str) -> list[PriceRow]:
    """The prices that these customers alone have, of an item each."""
    own = [each for each in wanted if each[0] is not None]
    return work.look_up(PriceRow, ("customer_id", "item_id"), own, currency=currency, withdrawn=False)


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

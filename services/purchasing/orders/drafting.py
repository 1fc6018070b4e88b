"""Requisition lines merged into purchase order drafts, one per supplier, currency and day."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_CEILING, Decimal
from itertools import groupby

from shared.kernel.clocks import days_after
from shared.kernel.money import ZERO, round_money

MOST_QUANTITY = Decimal(10) ** 9
"""A line's quantity is below it."""


@dataclass(frozen=True)
class PriceBreak:
    """A price per base unit that holds from `min_quantity` base units on."""

    min_quantity: Decimal
    price: Decimal


@dataclass(frozen=True)
class Offer:
    """What an approved supplier asks for an item. Quantities are in base units, `lead_time` in calendar days.

    `breaks` holds at least one price; below the lowest break the lowest one's price applies.
    """

    supplier: str
    item: str
    currency: str
    breaks: tuple[PriceBreak, ...]
    lead_time: int = 0
    moq: Decimal = ZERO
    pack_size: Decimal = ZERO
    preferred: bool = False


@dataclass(frozen=True)
class RequisitionLine:
    """A wish to buy: `quantity` base units of `item`, to be ordered on the business date `order_on`."""

    id: str
    item: str
    quantity: Decimal
    order_on: date


@dataclass(frozen=True)
class DraftLine:
    """A draft's line: what to order, its price and net amount, when it is expected, and the lines it serves.

    Several serve the same lines where one cannot hold what they want.
    """

    item: str
    quantity: Decimal
    price: Decimal
    amount: Decimal
    expected_on: date
    requisition_lines: tuple[str, ...]


@dataclass(frozen=True)
class Draft:
    """A purchase order to be: one supplier, one currency, one day; `amount` is net."""

    supplier: str
    currency: str
    order_on: date
    lines: tuple[DraftLine, ...]

    @property
    def amount(self) -> Decimal:
        """The sum of the lines' net amounts."""
        return sum((line.amount for line in self.lines), ZERO)


@dataclass(frozen=True)
class Drafted:
    """The drafts, and the requisition lines that no supplier offers."""

    drafts: tuple[Draft, ...]
    unserved: tuple[RequisitionLine, ...]


def order_quantity(wanted: Decimal, moq: Decimal = ZERO, pack_size: Decimal = ZERO) -> Decimal:
    """`wanted`, at least `moq`, rounded up to whole packs (a pack size of zero: any quantity)."""
    quantity = max(wanted, moq)
    if not pack_size:
        return quantity
    return (quantity / pack_size).to_integral_value(rounding=ROUND_CEILING) * pack_size


def price_at(breaks: Sequence[PriceBreak], quantity: Decimal) -> Decimal:
    """The price of the highest break that `quantity` reaches, else of the lowest break there is."""
    reached = [each for each in breaks if each.min_quantity <= quantity]
    if reached:
        return max(reached, key=lambda each: each.min_quantity).price
    return min(breaks, key=lambda each: each.min_quantity).price


def best_offer(offers: Iterable[Offer], quantity: Decimal) -> Offer | None:
    """The offer to take for `quantity` among offers in one currency; None where there is none.

    Preferred ones come first, then the least to pay, the shorter lead time, the smaller supplier id.
    """

    def rank(offer: Offer) -> tuple[bool, Decimal, int, str]:
        bought = order_quantity(quantity, offer.moq, offer.pack_size)
        return not offer.preferred, bought * price_at(offer.breaks, bought), offer.lead_time, offer.supplier

    return min(offers, key=rank, default=None)


def draft_orders(lines: Iterable[RequisitionLine], offers: Mapping[str, Offer]) -> Drafted:
    """Merge `lines` into one draft per supplier, currency and day, with one line per item, in a fixed order.

    An item has more lines where all that is wanted of it is more than a line holds. `offers` gives the chosen offer by
    item. A line's expected date is its order's day plus the lead time.
    """
    every = sorted(lines, key=lambda line: (line.order_on, line.item, line.id))
    served = [(offers[line.item], line) for line in every if line.item in offers]
    served.sort(key=lambda pair: _order_key(*pair))
    drafts = [
        Draft(supplier, currency, order_on, _draft_lines(list(group)))
        for (supplier, currency, order_on), group in groupby(served, key=lambda pair: _order_key(*pair))
    ]
    return Drafted(tuple(drafts), tuple(line for line in every if line.item not in offers))


def _order_key(offer: Offer, line: RequisitionLine) -> tuple[str, str, date]:
    return offer.supplier, offer.currency, line.order_on


def _draft_lines(served: Sequence[tuple[Offer, RequisitionLine]]) -> tuple[DraftLine, ...]:
    by_item = groupby(served, key=lambda pair: pair[0])
    return tuple(made for offer, pairs in by_item for made in _lines_of(offer, [line for _, line in pairs]))


def _lines_of(offer: Offer, lines: Sequence[RequisitionLine]) -> Iterator[DraftLine]:
    wanted = sum((line.quantity for line in lines), ZERO)
    whole = order_quantity(wanted, offer.moq, offer.pack_size)
    price = price_at(offer.breaks, whole)
    for quantity in _portions(whole, offer.pack_size or Decimal(1)):
        yield DraftLine(
            item=offer.item,
            quantity=quantity,
            price=price,
            amount=round_money(quantity * price, offer.currency),
            expected_on=days_after(lines[0].order_on, offer.lead_time),
            requisition_lines=tuple(line.id for line in lines),
        )


def _portions(quantity: Decimal, pack: Decimal) -> Iterator[Decimal]:
    """`quantity` in parts that a line holds, all but the last as many whole packs as fit."""
    most = ((MOST_QUANTITY / pack).to_integral_value(rounding=ROUND_CEILING) - 1) * pack
    while quantity >= MOST_QUANTITY:
        yield most
        quantity -= most
    yield quantity

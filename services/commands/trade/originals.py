"""Finds what a cancellation undoes: the earlier sale lines of the same customer and item that are not yet undone."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from services.commands.trade.moves import OrderRef, Sale


@dataclass(slots=True)
class SoldLine:
    """A line once sold and how much of it has not come back."""

    row: int
    order: OrderRef
    quantity: Decimal
    price: Decimal
    left: Decimal

    @property
    def untouched(self) -> bool:
        return self.left == self.quantity


@dataclass(frozen=True, slots=True)
class Taken:
    """Some of a sold line, taken back; `whole` when nothing of that line had come back and now all does."""

    sold: SoldLine
    quantity: Decimal
    whole: bool


class Originals:
    """Every sold line that could still come back, by party and item, oldest first."""

    def __init__(self) -> None:
        self._sold: dict[tuple[str, str], list[SoldLine]] = {}

    def remember(self, sale: Sale) -> None:
        """Take up the goods of a sale."""
        for line in sale.goods:
            sold = SoldLine(line.row, sale.order, line.quantity, line.price, line.quantity)
            self._sold.setdefault((sale.party.key, line.item), []).append(sold)

    def take(self, party: str, item: str, quantity: Decimal, price: Decimal, *, same_price: bool) -> list[Taken]:
        """Take back up to `quantity` and say from which lines; less than asked where too little was sold.

        First the newest line of this very price and quantity, then this price newest first, then, unless
        `same_price`, any price newest first.
        """
        taken: list[Taken] = []
        for sold in _candidates(self._sold.get((party, item), []), quantity, price, same_price=same_price):
            if not quantity:
                break
            part = min(quantity, sold.left)
            if part:
                taken.append(Taken(sold, part, sold.untouched and part == sold.quantity))
                sold.left -= part
                quantity -= part
        if taken:
            self._forget_spent(party, item)
        return taken

    def _forget_spent(self, party: str, item: str) -> None:
        self._sold[party, item] = [sold for sold in self._sold[party, item] if sold.left]


def _candidates(lines: list[SoldLine], quantity: Decimal, price: Decimal, *, same_price: bool) -> Iterator[SoldLine]:
    newest_first = lines[::-1]
    priced = [sold for sold in newest_first if sold.price == price]
    yield from [sold for sold in priced if sold.untouched and sold.quantity == quantity][:1]
    yield from priced
    if not same_price:
        yield from newest_first

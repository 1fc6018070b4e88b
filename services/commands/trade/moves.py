"""The business moves a day is made of, in terms the sales, inventory and finance operations understand.

Every move names the rows of the file it comes from, so that a row's end can still change to refused when the
running company refuses its move. Quantities are positive unless a field says signed; prices are exact.
"""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from services.commands.trade.buckets import Verdict
from services.commands.trade.codes import MoneyKind, ServiceKind


@dataclass(frozen=True, slots=True)
class Party:
    """Who trades: a customer of the file, or the walk-in customer of a country for lines that name none.

    `key` identifies; `country` is the one this document names, and a few customers have two.
    """

    key: str
    country: str
    walk_in: bool


@dataclass(frozen=True, slots=True)
class NewItem:
    """An item on the day of its first line.

    `price` is its typical one, None when it only appeared unpriced; `demands` what each of that day's sales asked for.
    """

    code: str
    name: str
    price: Decimal | None
    demands: tuple[Decimal, ...]


@dataclass(frozen=True, slots=True)
class OrderRef:
    """Names a Sale: its invoice, its part (1 unless an invoice takes several orders), and when it was."""

    invoice: str
    part: int
    at: datetime

    @property
    def key(self) -> str:
        """The order's own reference: the invoice number, `/2` and on for its further parts."""
        return self.invoice if self.part == 1 else f"{self.invoice}/{self.part}"


@dataclass(frozen=True, slots=True)
class GoodsLine:
    """Goods asked for, or credited without an original, at a unit price."""

    row: int
    item: str
    quantity: Decimal
    price: Decimal


@dataclass(frozen=True, slots=True)
class ServiceLine:
    """A charge beside goods or alone; `amount` is signed (negative is a credit or a fee we bear)."""

    row: int
    kind: ServiceKind
    description: str
    amount: Decimal


@dataclass(frozen=True, slots=True)
class Portion:
    """Goods that come back against one line of one sale (its row, `sold_row`), at that line's price.

    `credited` is the price the cancellation itself names; where it differs, `difference` is still to be credited.
    """

    row: int
    sold_row: int
    item: str
    quantity: Decimal
    price: Decimal
    credited: Decimal

    @property
    def difference(self) -> Decimal:
        """Credit the file gives beyond the original's price; signed, zero for most."""
        return self.quantity * (self.credited - self.price)


@dataclass(frozen=True, slots=True)
class Move:
    """What all moves share: the document they come from, who it names, and when."""

    invoice: str
    party: Party
    at: datetime


def _rows(portions: tuple[Portion, ...]) -> tuple[int, ...]:
    return tuple(dict.fromkeys(portion.row for portion in portions))


@dataclass(frozen=True, slots=True)
class Sale(Move):
    """An order to place: one invoice, or one part of an invoice that has more lines than an order may."""

    order: OrderRef
    goods: tuple[GoodsLine, ...]
    services: tuple[ServiceLine, ...]

    @property
    def rows(self) -> tuple[int, ...]:
        return tuple(line.row for line in self.goods) + tuple(line.row for line in self.services)


@dataclass(frozen=True, slots=True)
class Cancellation(Move):
    """Undoes whole lines of an order of the same day, before it ships; `whole` when that leaves it nothing."""

    order: OrderRef
    portions: tuple[Portion, ...]
    whole: bool

    @property
    def rows(self) -> tuple[int, ...]:
        return _rows(self.portions)


@dataclass(frozen=True, slots=True)
class Return(Move):
    """Brings goods of one order back; one C… invoice makes a Return per order it reaches."""

    order: OrderRef
    portions: tuple[Portion, ...]

    @property
    def same_day(self) -> bool:
        """The order was placed this very day: the goods must have been handed over before they can come back."""
        return self.order.at.date() == self.at.date()

    @property
    def rows(self) -> tuple[int, ...]:
        return _rows(self.portions)


@dataclass(frozen=True, slots=True)
class CreditOnly(Move):
    """Credits goods of which no earlier sale is known: money goes back, no stock moves."""

    goods: tuple[GoodsLine, ...]

    @property
    def rows(self) -> tuple[int, ...]:
        return tuple(line.row for line in self.goods)


@dataclass(frozen=True, slots=True)
class ServiceCharge(Move):
    """Services with no goods order to ride on: a lone charge, a credit of postage, a fee."""

    services: tuple[ServiceLine, ...]

    @property
    def rows(self) -> tuple[int, ...]:
        return tuple(line.row for line in self.services)


@dataclass(frozen=True, slots=True)
class MoneyAdjustment(Move):
    """Corrects money alone; `amount` is signed: positive charges the party, negative credits it."""

    row: int
    kind: MoneyKind
    description: str
    amount: Decimal

    @property
    def rows(self) -> tuple[int, ...]:
        return (self.row,)


@dataclass(frozen=True, slots=True)
class StockAdjustment(Move):
    """Corrects stock alone; `quantity` is signed, `reason` is what the clerk wrote, possibly nothing."""

    row: int
    item: str
    quantity: Decimal
    reason: str

    @property
    def rows(self) -> tuple[int, ...]:
        return (self.row,)


AnyMove = Sale | Cancellation | Return | CreditOnly | ServiceCharge | MoneyAdjustment | StockAdjustment


@dataclass(frozen=True, slots=True)
class Day:
    """One day of trade: who and what is new, the moves in the order of their time, and each row's end."""

    date: date
    new_parties: tuple[Party, ...]
    new_items: tuple[NewItem, ...]
    moves: tuple[AnyMove, ...]
    verdicts: tuple[Verdict, ...]

"""The invented company behind a generated file: its items, its customers and how it usually sells."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from random import Random

ITEMS = 60
CUSTOMERS = 40

_LOOKS = ("RED", "BLUE", "IVORY", "VINTAGE", "FLORAL", "SPOTTY", "WOODEN", "TIN", "GLASS", "PAPER")
_THINGS = ("LANTERN", "MUG", "CAKE STAND", "BUNTING", "HOOK", "CUSHION", "BIRD BOX", "NOTEBOOK", "CLOCK", "BOWL")
_PRICES = ("0.19", "0.42", "0.85", "1.25", "1.65", "2.10", "2.55", "2.95", "4.25", "4.95", "8.50", "12.75")
_ABROAD = ("Germany", "France", "EIRE", "Netherlands", "Japan")
HOME = "United Kingdom"


@dataclass(frozen=True, slots=True)
class Item:
    """Something the invented company sells; enough of them at once are cheaper."""

    code: str
    name: str
    price: Decimal

    def price_for(self, quantity: int) -> Decimal:
        return self.price if quantity < 24 else (self.price * 9 / 10).quantize(Decimal("0.01"))


@dataclass(frozen=True, slots=True)
class Customer:
    """Who buys; an empty number stands for nobody named."""

    number: str
    country: str


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of a paper still to be numbered; `minutes` after the paper's own time it was typed in."""

    code: str
    description: str
    quantity: int
    price: Decimal
    minutes: int = 0


@dataclass(slots=True)
class Draft:
    """A paper still to be numbered: `kind` is the invoice number's prefix."""

    at: datetime
    customer: Customer
    entries: list[Entry]
    kind: str = ""

    def later(self, minutes: int) -> datetime:
        return self.at + timedelta(minutes=minutes)


@dataclass(frozen=True)
class Catalogue:
    """Items and customers of one seed."""

    items: tuple[Item, ...]
    customers: tuple[Customer, ...]

    @property
    def abroad(self) -> tuple[Customer, ...]:
        return tuple(one for one in self.customers if one.country != HOME)


def catalogue(seed: int) -> Catalogue:
    """The company a seed invents; every fourth customer is abroad, every fifth code ends in a letter."""
    random = Random(f"huotong trade catalogue {seed}")
    names = random.sample([f"{look} {thing}" for look in _LOOKS for thing in _THINGS], ITEMS)
    items = tuple(
        Item(f"{30_000 + 17 * nth}{'ABCDE'[nth % 5] if nth % 5 == 0 else ''}", name, Decimal(random.choice(_PRICES)))
        for nth, name in enumerate(names)
    )
    customers = tuple(
        Customer(str(20_000 + nth), HOME if nth % 4 else random.choice(_ABROAD)) for nth in range(CUSTOMERS)
    )
    return Catalogue(items, customers)


def entry(random: Random, item: Item, quantity: int | None = None) -> Entry:
    """A usual line of an item: a few, a dozen, now and then many."""
    wanted = quantity or random.choice((1, 1, 2, 3, 4, 6, 6, 8, 12, 12, 24, 48))
    return Entry(item.code, item.name, wanted, item.price_for(wanted))

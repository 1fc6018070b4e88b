"""What the people of the company have in their files: the ids the services gave, found again by the file's names."""

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from services.commands.trade.codes import ServiceKind
from services.commands.trade.supply import ItemSupply


@dataclass(frozen=True, slots=True)
class PlacedOrder:
    """An order in the books: its id, and the file's rows in the order of its lines, goods before services."""

    id: str
    rows: tuple[int, ...]
    goods: int
    services: Decimal = Decimal(0)

    def line(self, row: int) -> int:
        """The number of the order line a row became."""
        return self.rows.index(row) + 1


@dataclass(frozen=True, slots=True)
class PurchaseLine:
    """What was ordered of an item, and what it costs in all."""

    line: int
    quantity: Decimal
    net: Decimal


@dataclass(frozen=True, slots=True)
class Purchase:
    """A purchase order under way."""

    id: str
    number: str
    supplier: str
    lines: tuple[PurchaseLine, ...]


@dataclass
class Known:
    """Ids by the file's names, and what is still to happen on which day."""

    warehouse: str = ""
    customers: dict[str, str] = field(default_factory=dict)
    items: dict[str, str] = field(default_factory=dict)
    supplies: dict[str, ItemSupply] = field(default_factory=dict)
    services: dict[ServiceKind, str] = field(default_factory=dict)
    suppliers: dict[str, str] = field(default_factory=dict)
    orders: dict[str, PlacedOrder] = field(default_factory=dict)
    purchases: dict[str, Purchase] = field(default_factory=dict)
    deliveries: dict[date, list[str]] = field(default_factory=lambda: defaultdict(list))
    received: list[Purchase] = field(default_factory=list)
    cancelled: Counter[str] = field(default_factory=Counter)
    """Lines of goods cancelled of an order, by its id."""
    codes: dict[str, str] = field(default_factory=dict)
    """Customers' codes by their ids."""

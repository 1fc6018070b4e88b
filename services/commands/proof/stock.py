"""Stock: what is there is what its moves say, reservations fit into it, and its value is theirs."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import NamedTuple

from services.commands.proof.check import ZERO, Check
from services.commands.proof.sums import Sums

ON_HAND = ("available",)
"""Statuses that count as on hand: goods under inspection or in transit cannot be promised."""
IN_TRANSIT = "in_transit"
Place = tuple[str, str]
"""Item, warehouse."""
StockKey = tuple[str, str, str, str, str, str]
"""Item, lot, warehouse, bin, status, owner."""
Area = tuple[str, str | None]
"""Item and valuation area: a warehouse, or None for the company."""


class Move(NamedTuple):
    """A line of the stock ledger."""

    document: str
    document_id: str
    item_id: str
    lot: str
    warehouse_id: str
    bin: str
    status: str
    owner: str
    quantity: Decimal
    value: Decimal


class Balance(NamedTuple):
    """Stock by its full key."""

    item_id: str
    lot: str
    warehouse_id: str
    bin: str
    status: str
    owner: str
    quantity: Decimal


class Level(NamedTuple):
    """An item in a warehouse."""

    item_id: str
    warehouse_id: str
    on_hand: Decimal
    reserved: Decimal
    available: Decimal
    backordered: Decimal


class Worth(NamedTuple):
    """What an item's stock is worth in a valuation area."""

    item_id: str
    warehouse_id: str | None
    quantity: Decimal
    value: Decimal
    in_transit_quantity: Decimal
    in_transit_value: Decimal


@dataclass
class Moves:
    """The stock ledger, summed up: quantity by key, quantity and value by area, value by document."""

    count: int = 0
    quantity: Sums[StockKey] = field(default_factory=Sums)
    area_quantity: Sums[Area] = field(default_factory=Sums)
    area_value: Sums[Area] = field(default_factory=Sums)
    transit_quantity: Sums[Area] = field(default_factory=Sums)
    transit_value: Sums[Area] = field(default_factory=Sums)
    document_value: Sums[tuple[str]] = field(default_factory=Sums)
    document_transit: Sums[tuple[str]] = field(default_factory=Sums)
    handed_over: Sums[tuple[str, str]] = field(default_factory=Sums)

    def add(self, rows: Iterable[Move]) -> None:
        """Sum moves up."""
        for row in rows:
            self.count += 1
            self.quantity.add((row.item_id, row.lot, row.warehouse_id, row.bin, row.status, row.owner), row.quantity)
            for area in ((row.item_id, None), (row.item_id, row.warehouse_id)):
                self._add_worth(area, row)
            self.document_value.add((row.document_id,), row.value)
            if row.status == IN_TRANSIT:
                self.document_transit.add((row.document_id,), row.value)
            if row.document == "handover":
                self.handed_over.add((row.document_id, row.item_id), -row.quantity)

    def _add_worth(self, area: Area, row: Move) -> None:
        self.area_quantity.add(area, row.quantity)
        self.area_value.add(area, row.value)
        if row.status == IN_TRANSIT:
            self.transit_quantity.add(area, row.quantity)
            self.transit_value.add(area, row.value)


@dataclass
class Stock:
    """Stock as the lists show it."""

    balances: Sums[StockKey] = field(default_factory=Sums)
    levels: dict[Place, Level] = field(default_factory=dict)
    worths: dict[Area, Worth] = field(default_factory=dict)

    def add_balances(self, rows: Iterable[Balance]) -> None:
        """Take in balances."""
        for row in rows:
            self.balances.add((row.item_id, row.lot, row.warehouse_id, row.bin, row.status, row.owner), row.quantity)

    def add_levels(self, rows: Iterable[Level]) -> None:
        """Take in levels."""
        self.levels.update({(row.item_id, row.warehouse_id): row for row in rows})

    def add_worths(self, rows: Iterable[Worth]) -> None:
        """Take in values."""
        self.worths.update({(row.item_id, row.warehouse_id): row for row in rows})


def stock_is_the_sum_of_its_moves(stock: Stock, moves: Moves) -> Check:
    """For each full key: item, lot, warehouse, bin, status, owner."""
    check = Check("stock = the sum of its moves")
    check.same_sums("quantity", moves.quantity, stock.balances, "stock")
    return check


def on_hand_is_the_sum_of_balances(stock: Stock) -> Check:
    """For each item and warehouse, over bins, lots and owners."""
    check = Check("on hand = the sum of balances")
    sums: Sums[Place] = Sums()
    for (item, _, warehouse, _, status, _), quantity in stock.balances.items():
        if status in ON_HAND:
            sums.add((item, warehouse), quantity)
    on_hand = {place: level.on_hand for place, level in stock.levels.items()}
    check.same_sums("on hand", sums, on_hand, "stock")
    return check


def reserved_fits_into_stock(stock: Stock) -> Check:
    """0 ≤ reserved ≤ on hand for each item and warehouse, and available is what is left."""
    check = Check("0 ≤ reserved ≤ on hand")
    for place, level in stock.levels.items():
        fits = ZERO <= level.reserved <= level.on_hand
        check.true(("stock", *place), "reserved", f"0 to {level.on_hand:f} on hand", level.reserved, holds=fits)
        check.same(("stock", *place), "available", level.on_hand - level.reserved, level.available)
    return check


def reserved_is_what_orders_reserve(stock: Stock, reserved: Sums[Place], backordered: Sums[Place]) -> Check:
    """For each item and warehouse, the sums over open order lines."""
    check = Check("reserved = the sum of reservations")
    levels = stock.levels.items()
    check.same_sums("reserved", reserved, {place: level.reserved for place, level in levels}, "stock")
    check.same_sums("backordered", backordered, {place: level.backordered for place, level in levels}, "stock")
    return check


def value_is_the_sum_of_its_moves(stock: Stock, moves: Moves) -> Check:
    """For each item and valuation area, quantity and value; the company's area is all its warehouses."""
    check = Check("stock value = the sum of its moves")
    for area, worth in stock.worths.items():
        for what, sums, found in (
            ("quantity", moves.area_quantity, worth.quantity),
            ("value", moves.area_value, worth.value),
            ("quantity in transit", moves.transit_quantity, worth.in_transit_quantity),
            ("value in transit", moves.transit_value, worth.in_transit_value),
        ):
            check.same(("stock value", *area), what, sums.get(area, ZERO), found)
    for item, warehouse in moves.area_value:
        valued = (item, None) in stock.worths or (item, warehouse) in stock.worths
        if warehouse and not valued:
            check.breach(("stock value", item, warehouse), "valuation area", "one that has its moves", "none")
    return check


def nothing_has_no_value(stock: Stock) -> Check:
    """Value is 0.00 where quantity is 0, and never negative; of what is there and of what is in transit."""
    check = Check("value is 0.00 at quantity 0, and never negative")
    for area, worth in stock.worths.items():
        here = worth.quantity - worth.in_transit_quantity, worth.value - worth.in_transit_value
        under_way = worth.in_transit_quantity, worth.in_transit_value
        for place, (quantity, value) in (("here", here), ("in transit", under_way)):
            if quantity == ZERO:
                check.same(("stock value", *area), f"value at quantity 0 {place}", ZERO, value)
            check.true(("stock value", *area), f"value {place}", "0 or more", value, holds=value >= ZERO)
    return check

"""Sales order lines: what was ordered is handed over, open or cancelled, and three services say the same of it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import NamedTuple

from services.commands.proof.check import ZERO, Check
from services.commands.proof.stock import Moves, Place
from services.commands.proof.sums import Sums

LineKey = tuple[str, int]
"""Order, line."""
TRANSITIONAL = ("cancelling",)
"""States of an order that end by themselves, so that none is in them at rest."""


class OrderState(NamedTuple):
    """An order, where it stands, and how its amounts were made."""

    id: str
    number: str
    status: str
    prices_include_tax: bool
    tax_rounding: str


class OrderLine(NamedTuple):
    """An order line as sales knows it."""

    order_id: str
    order_number: str
    line: int
    kind: str
    ordered: Decimal
    backordered: Decimal
    handed_over: Decimal
    invoiced: Decimal
    to_invoice: Decimal
    cancelled: Decimal
    open: Decimal
    tax_code: str
    net: Decimal
    tax: Decimal
    over_tolerance: Decimal


class Reservation(NamedTuple):
    """A goods line as inventory knows it."""

    order_id: str
    order_number: str
    line: int
    item_id: str
    warehouse_id: str
    ordered: Decimal
    reserved: Decimal
    backordered: Decimal
    handed_over: Decimal
    over_shipped: Decimal
    cancelled: Decimal
    handed_over_cost: Decimal


class HandoverLine(NamedTuple):
    """What left of an order line in one hand-over."""

    handover_id: str
    order_id: str
    order_line: int
    item_id: str
    quantity: Decimal
    cost: Decimal


class Position(NamedTuple):
    """An order line as finance knows it."""

    order_id: str
    order_number: str
    line: int
    kind: str
    quantity: Decimal
    cancelled: Decimal
    invoiced: Decimal
    net: Decimal
    tax: Decimal
    invoiced_net: Decimal
    invoiced_tax: Decimal


@dataclass
class SalesLines:
    """Every order line in the views of sales, inventory and finance, and what left of it."""

    orders: list[OrderState] = field(default_factory=list)
    sales: dict[LineKey, OrderLine] = field(default_factory=dict)
    inventory: dict[LineKey, Reservation] = field(default_factory=dict)
    finance: dict[LineKey, Position] = field(default_factory=dict)
    left: Sums[LineKey] = field(default_factory=Sums)
    left_cost: Sums[LineKey] = field(default_factory=Sums)
    left_by_handover: Sums[tuple[str, str]] = field(default_factory=Sums)

    def add_orders(self, rows: Iterable[OrderState]) -> None:
        """Take in orders."""
        self.orders.extend(rows)

    def add_lines(self, rows: Iterable[OrderLine]) -> None:
        """Take in what sales says."""
        self.sales.update({(row.order_id, row.line): row for row in rows})

    def add_reservations(self, rows: Iterable[Reservation]) -> None:
        """Take in what inventory says."""
        self.inventory.update({(row.order_id, row.line): row for row in rows})

    def add_positions(self, rows: Iterable[Position]) -> None:
        """Take in what finance says."""
        self.finance.update({(row.order_id, row.line): row for row in rows})

    def add_handovers(self, rows: Iterable[HandoverLine]) -> None:
        """Sum up what left."""
        for row in rows:
            self.left.add((row.order_id, row.order_line), row.quantity)
            self.left_cost.add((row.order_id, row.order_line), row.cost)
            self.left_by_handover.add((row.handover_id, row.item_id), row.quantity)

    def reserved(self) -> Sums[Place]:
        """Reserved by item and warehouse."""
        sums: Sums[Place] = Sums()
        for row in self.inventory.values():
            sums.add((row.item_id, row.warehouse_id), row.reserved)
        return sums

    def backordered(self) -> Sums[Place]:
        """Waiting by item and warehouse."""
        sums: Sums[Place] = Sums()
        for row in self.inventory.values():
            sums.add((row.item_id, row.warehouse_id), row.backordered)
        return sums


def ordered_is_accounted_for(lines: SalesLines) -> Check:
    """In sales: ordered = handed over + open + cancelled; what is beyond was shipped over within the tolerance."""
    check = Check("sales lines: ordered = handed over + open + cancelled")
    for row in lines.sales.values():
        where = ("order", row.order_number, "line", row.line)
        beyond = row.handed_over + row.open + row.cancelled - row.ordered
        if beyond > ZERO:
            within = not row.open and beyond <= row.ordered * row.over_tolerance
            allowed = f"at most {row.ordered * row.over_tolerance:f}"
            check.true(where, "handed over + open + cancelled beyond ordered", allowed, beyond, holds=within)
        else:
            check.same(where, "handed over + open + cancelled", row.ordered, row.ordered + beyond)
    return check


def reservations_are_accounted_for(lines: SalesLines) -> Check:
    """In inventory: ordered + over-shipped = reserved + backordered + handed over + cancelled."""
    check = Check("reservations: ordered = reserved + backordered + handed over + cancelled")
    for row in lines.inventory.values():
        where = ("reservation of order", row.order_number, "line", row.line)
        found = row.reserved + row.backordered + row.handed_over + row.cancelled
        check.same(where, "reserved + backordered + handed over + cancelled", row.ordered + row.over_shipped, found)
    return check


def inventory_says_what_sales_says(lines: SalesLines) -> Check:
    """Of every goods line: ordered, handed over, cancelled and backordered."""
    check = Check("sales lines: inventory's view = sales' view")
    for key, row in lines.sales.items():
        where = ("order", row.order_number, "line", row.line)
        there = lines.inventory.get(key)
        if there is None:
            untouched = row.kind != "goods" or not row.handed_over
            check.true(where, "in inventory", "a reservation", "none", holds=untouched)
            continue
        for what in ("ordered", "handed_over", "cancelled", "backordered"):
            check.same(where, f"{_words(what)} in inventory", getattr(row, what), getattr(there, what))
    for key, reservation in lines.inventory.items():
        if key not in lines.sales:
            check.breach(("order", reservation.order_number, "line", key[1]), "in sales", "an order line", "none")
    return check


def finance_says_what_sales_says(lines: SalesLines) -> Check:
    """Of every line: what was ordered, cancelled, invoiced, and its frozen amounts."""
    check = Check("sales lines: finance's view = sales' view")
    for key, row in lines.sales.items():
        where = ("order", row.order_number, "line", row.line)
        there = lines.finance.get(key)
        if there is None:
            check.breach(where, "in finance", "an order line", "none")
            continue
        check.same(where, "ordered in finance", row.ordered, there.quantity)
        for what in ("cancelled", "invoiced", "net", "tax"):
            check.same(where, f"{_words(what)} in finance", getattr(row, what), getattr(there, what))
    for key, position in lines.finance.items():
        if key not in lines.sales:
            check.breach(("order", position.order_number, "line", key[1]), "in sales", "an order line", "none")
    return check


def handed_over_is_issued(lines: SalesLines, moves: Moves) -> Check:
    """What order lines say left is what the hand-overs say, in quantity and cost, and what stock moved."""
    check = Check("handed over = issued from stock")
    for key, row in lines.inventory.items():
        where = ("reservation of order", row.order_number, "line", row.line)
        check.same(where, "handed over", lines.left.get(key, ZERO), row.handed_over)
        check.same(where, "cost handed over", lines.left_cost.get(key, ZERO), row.handed_over_cost)
    check.same_sums("quantity out of stock", lines.left_by_handover, moves.handed_over, "hand-over")
    return check


def handed_over_is_invoiced(lines: SalesLines) -> Check:
    """Of goods: handed over = invoiced + to be invoiced, and at rest nothing is left to be invoiced."""
    check = Check("sales lines: handed over = invoiced + to be invoiced")
    for row in lines.sales.values():
        where = ("order", row.order_number, "line", row.line)
        if row.kind == "goods":
            check.same(where, "invoiced + to be invoiced", row.handed_over, row.invoiced + row.to_invoice)
            check.same(where, "to be invoiced at rest", ZERO, row.to_invoice)
    return check


def invoiced_amounts_are_the_frozen_ones(lines: SalesLines) -> Check:
    """A line invoiced in full has been invoiced its net and tax to the cent; one invoiced in part, no more.

    Where tax is rounded by document, that holds of what was priced, and of the tax of all lines of one code together.
    """
    check = Check("sales lines: invoiced amounts = the order's frozen amounts")
    by_document = {order.id: order for order in lines.orders if order.tax_rounding == "document"}
    for row in lines.finance.values():
        order = by_document.get(row.order_id)
        if order is None:
            _frozen(check, row, "net", row.net, row.invoiced_net)
            _frozen(check, row, "tax", row.tax, row.invoiced_tax)
        elif order.prices_include_tax:
            _frozen(check, row, "gross", row.net + row.tax, row.invoiced_net + row.invoiced_tax)
        else:
            _frozen(check, row, "net", row.net, row.invoiced_net)
    _frozen_by_code(check, lines, by_document)
    return check


def _frozen(check: Check, row: Position, what: str, frozen: Decimal, found: Decimal) -> None:
    where = ("order", row.order_number, "line", row.line)
    if row.invoiced == row.quantity:
        check.same(where, f"invoiced {what}", frozen, found)
    elif row.invoiced < row.quantity:
        check.true(where, f"invoiced {what}", f"at most {frozen:f}", found, holds=ZERO <= found <= frozen)


def _frozen_by_code(check: Check, lines: SalesLines, orders: Mapping[str, OrderState]) -> None:
    """Of orders whose tax is rounded by document: the tax of each code of which every line is invoiced in full."""
    frozen: Sums[tuple[str, str]] = Sums()
    found: Sums[tuple[str, str]] = Sums()
    unfinished = set()
    for key, row in lines.finance.items():
        line = lines.sales.get(key)
        if line is None or row.order_id not in orders:
            continue
        code = (row.order_id, line.tax_code)
        frozen.add(code, row.tax)
        found.add(code, row.invoiced_tax)
        if row.invoiced != row.quantity:
            unfinished.add(code)
    for code in frozen.keys() - unfinished:
        check.same(("order", orders[code[0]].number, "tax code", code[1]), "invoiced tax", frozen[code], found[code])


def no_order_is_in_between(lines: SalesLines) -> Check:
    """At rest no order is in a state that ends by itself."""
    check = Check("no order is stuck in between")
    for order in lines.orders:
        settled = order.status not in TRANSITIONAL
        check.true(("order", order.number), "status at rest", "one that lasts", order.status, holds=settled)
    return check


def _words(name: str) -> str:
    return name.replace("_", " ")

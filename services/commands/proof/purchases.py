"""Purchase lines: what was ordered is received, open or cancelled, and three services say the same of it."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import NamedTuple

from services.commands.proof.check import ZERO, Check
from services.commands.proof.sums import Sums

LineKey = tuple[str, int]
"""Purchase order, line."""
NOT_APPROVED = ("draft", "pending_approval", "cancelled")
"""States in which other services may know nothing of an order."""
TRANSITIONAL = ("closing",)
"""States of an order that end by themselves, so that none is in them at rest."""


class PurchaseLine(NamedTuple):
    """A purchase line as purchasing knows it."""

    order_id: str
    number: str
    status: str
    line: int
    quantity: Decimal
    received: Decimal
    invoiced: Decimal
    cancelled: Decimal
    open: Decimal


class InboundLine(NamedTuple):
    """A purchase line as inventory knows it."""

    line: int
    ordered: Decimal
    received: Decimal
    cancelled: Decimal
    open: Decimal
    over_tolerance: Decimal
    received_value: Decimal


class Inbound(NamedTuple):
    """A purchase order as inventory knows it."""

    purchase_order_id: str
    number: str
    lines: list[InboundLine]


class ReceiptLine(NamedTuple):
    """What arrived of a purchase line."""

    line: int
    accepted: Decimal
    value: Decimal


class Receipt(NamedTuple):
    """Goods that came in against a purchase order."""

    purchase_order_id: str
    status: str
    lines: list[ReceiptLine]


class Position(NamedTuple):
    """A purchase line as finance knows it; values in base currency."""

    purchase_order_id: str
    purchase_order_number: str
    line: int
    quantity: Decimal
    received: Decimal
    invoiced: Decimal
    received_value: Decimal
    released: Decimal


class Accrual(NamedTuple):
    """What of a purchase line is received and not invoiced, in base currency."""

    purchase_order_id: str
    line: int
    open_value: Decimal


@dataclass
class PurchaseLines:
    """Every purchase line in the views of purchasing, inventory and finance."""

    purchasing: dict[LineKey, PurchaseLine] = field(default_factory=dict)
    inventory: dict[LineKey, InboundLine] = field(default_factory=dict)
    finance: dict[LineKey, Position] = field(default_factory=dict)
    receipts: Sums[LineKey] = field(default_factory=Sums)
    receipts_value: Sums[LineKey] = field(default_factory=Sums)
    accruals: Sums[LineKey] = field(default_factory=Sums)

    def add_lines(self, rows: Iterable[PurchaseLine]) -> None:
        """Take in what purchasing says."""
        self.purchasing.update({(row.order_id, row.line): row for row in rows})

    def add_inbound(self, rows: Iterable[Inbound]) -> None:
        """Take in what inventory says."""
        self.inventory.update({(row.purchase_order_id, line.line): line for row in rows for line in row.lines})

    def add_receipts(self, rows: Iterable[Receipt]) -> None:
        """Sum up what came in and was not taken back."""
        for row in rows:
            for line in row.lines if row.status == "received" else ():
                self.receipts.add((row.purchase_order_id, line.line), line.accepted)
                self.receipts_value.add((row.purchase_order_id, line.line), line.value)

    def add_positions(self, rows: Iterable[Position]) -> None:
        """Take in what finance says."""
        self.finance.update({(row.purchase_order_id, row.line): row for row in rows})

    def add_accruals(self, rows: Iterable[Accrual]) -> None:
        """Sum up what is not invoiced."""
        for row in rows:
            self.accruals.add((row.purchase_order_id, row.line), row.open_value)


def bought_is_accounted_for(lines: PurchaseLines) -> Check:
    """In purchasing: ordered = received + open + cancelled; what is beyond was received over within the tolerance."""
    check = Check("purchase lines: ordered = received + open + cancelled")
    for key, row in lines.purchasing.items():
        where = ("purchase order", row.number, "line", row.line)
        beyond = row.received + row.open + row.cancelled - row.quantity
        expected = lines.inventory.get(key)
        if beyond > ZERO and expected is not None:
            most = row.quantity * expected.over_tolerance
            within = not row.open and beyond <= most
            check.true(where, "received + open + cancelled beyond ordered", f"at most {most:f}", beyond, holds=within)
        else:
            check.same(where, "received + open + cancelled", row.quantity, row.quantity + beyond)
    return check


def inventory_says_what_purchasing_says(lines: PurchaseLines) -> Check:
    """Of every approved line: ordered, received, cancelled, open; and its receipts sum to what was received."""
    check = Check("purchase lines: inventory's view = purchasing's view")
    for key, row in lines.purchasing.items():
        where = ("purchase order", row.number, "line", row.line)
        there = lines.inventory.get(key)
        if there is None:
            check.true(where, "in inventory", "an order line", "none", holds=row.status in NOT_APPROVED)
            continue
        check.same(where, "ordered in inventory", row.quantity, there.ordered)
        for what in ("received", "cancelled", "open"):
            check.same(where, f"{what} in inventory", getattr(row, what), getattr(there, what))
    for key, line in lines.inventory.items():
        where = ("purchase order", key[0], "line", key[1])
        check.same(where, "received by its receipts", line.received, lines.receipts.get(key, ZERO))
        check.same(where, "value by its receipts", line.received_value, lines.receipts_value.get(key, ZERO))
        if key not in lines.purchasing:
            check.breach(where, "in purchasing", "an order line", "none")
    return check


def finance_says_what_purchasing_says(lines: PurchaseLines) -> Check:
    """Of every approved line: ordered, received, invoiced; and the value received is that of the receipts."""
    check = Check("purchase lines: finance's view = purchasing's view")
    for key, row in lines.purchasing.items():
        where = ("purchase order", row.number, "line", row.line)
        there = lines.finance.get(key)
        if there is None:
            check.true(where, "in finance", "an order line", "none", holds=row.status in NOT_APPROVED)
            continue
        check.same(where, "ordered in finance", row.quantity, there.quantity)
        check.same(where, "received in finance", row.received, there.received)
        check.same(where, "invoiced in finance", row.invoiced, there.invoiced)
        check.same(where, "value received in finance", lines.receipts_value.get(key, ZERO), there.received_value)
    for key, position in lines.finance.items():
        if key not in lines.purchasing:
            where = ("purchase order", position.purchase_order_number, "line", key[1])
            check.breach(where, "in purchasing", "an order line", "none")
    return check


def accrual_is_what_is_not_invoiced(lines: PurchaseLines) -> Check:
    """The open accrual of a line is its value received less released, and nothing once all received is invoiced."""
    check = Check("purchase lines: received less invoiced = open accrual")
    for key, row in lines.finance.items():
        where = ("purchase order", row.purchase_order_number, "line", row.line)
        accrual = lines.accruals.get(key, ZERO)
        check.same(where, "open accrual", row.received_value - row.released, accrual)
        if row.received == row.invoiced:
            check.same(where, "open accrual of a line invoiced in full", ZERO, accrual)
    for key in lines.accruals:
        if key not in lines.finance:
            check.breach(("purchase order", key[0], "line", key[1]), "accrual of", "a known line", "none")
    return check


def no_purchase_is_in_between(lines: PurchaseLines) -> Check:
    """At rest no purchase order is in a state that ends by itself."""
    check = Check("no purchase order is stuck in between")
    for number, status in {row.number: row.status for row in lines.purchasing.values()}.items():
        settled = status not in TRANSITIONAL
        check.true(("purchase order", number), "status at rest", "one that lasts", status, holds=settled)
    return check

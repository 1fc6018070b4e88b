"""The rows of a small company that is as it should be: what a test breaks in one place.

Item I in warehouse W: 10 at 5 opened, 5 at 5 received of purchase P, 4 handed over to order SO-1 and invoiced; order
SO-2 holds 2 and had 1 cancelled. The supplier has invoiced 3 of the 5.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, TypeVar

from services.commands.proof import ledger, messages, purchases, sales, stock
from services.commands.proof.proof import CHECKS, Picture, Proof

R = TypeVar("R")
ZERO = Decimal(0)
PLACED, RESERVED = "huotong.sales.order_placed.v1", "huotong.inventory.stock_reserved.v1"
SUBSCRIBERS: Mapping[str, Sequence[str]] = {PLACED: ("inventory", "finance"), RESERVED: ("sales",)}
D = Decimal


def _move(document: str, id_: str, quantity: str, value: str) -> stock.Move:
    return stock.Move(document, id_, "I", "", "W", "", "available", "own", D(quantity), D(value))


def _line(entry: str, source: str, account: str, amount: str, party: str | None = None) -> ledger.EntryLine:
    debit, credit = max(D(amount), ZERO), max(-D(amount), ZERO)
    return ledger.EntryLine(entry, source, account, party, "CNY", debit, credit, debit, credit)


def _order(id_: str, number: str, status: str) -> sales.OrderState:
    return sales.OrderState(id_, number, status, prices_include_tax=False, tax_rounding="line")


def _posts() -> dict[str, messages.Post]:
    names = ("purchasing", "sales", "inventory", "logistics", "finance")
    posts = {name: messages.Post() for name in names}
    posts["sales"].tell([messages.Told("f1", PLACED, sent=True)])
    posts["inventory"].tell([messages.Told("f2", RESERVED, sent=True)])
    posts["inventory"].take_in([messages.TakenIn("f1", PLACED)])
    posts["finance"].take_in([messages.TakenIn("f1", PLACED)])
    posts["sales"].take_in([messages.TakenIn("f2", RESERVED)])
    return posts


@dataclass
class Rows:
    """Every list the proof reads."""

    moves: list[stock.Move] = field(
        default_factory=lambda: [
            _move("opening", "D0", "10", "50"),
            _move("receipt", "R1", "5", "25"),
            _move("handover", "H1", "-4", "-20"),
        ]
    )
    balances: list[stock.Balance] = field(
        default_factory=lambda: [stock.Balance("I", "", "W", "", "available", "own", D(11))]
    )
    levels: list[stock.Level] = field(default_factory=lambda: [stock.Level("I", "W", D(11), D(2), D(9), ZERO)])
    worths: list[stock.Worth] = field(default_factory=lambda: [stock.Worth("I", None, D(11), D(55), ZERO, ZERO)])
    entry_lines: list[ledger.EntryLine] = field(
        default_factory=lambda: [
            _line("E0", "D0", "1405", "50"),
            _line("E0", "D0", "4104.09", "-50"),
            _line("E1", "R1", "1405", "25"),
            _line("E1", "R1", "2202.02", "-25"),
            _line("E2", "H1", "6401.01", "20"),
            _line("E2", "H1", "1405", "-20"),
            _line("E3", "INV1", "1122", "90.40", "C"),
            _line("E3", "INV1", "6001", "-80"),
            _line("E3", "INV1", "2221.01.02", "-10.40"),
            _line("E4", "SI1", "2202.02", "15"),
            _line("E4", "SI1", "2221.01.01", "1.95"),
            _line("E4", "SI1", "2202.01", "-16.95", "S"),
        ]
    )
    receivables: list[ledger.CustomerItem] = field(
        default_factory=lambda: [ledger.CustomerItem("C", "CNY", D("90.40"), D("90.40"))]
    )
    payables: list[ledger.SupplierItem] = field(
        default_factory=lambda: [ledger.SupplierItem("S", "CNY", D("16.95"), D("16.95"))]
    )
    orders: list[sales.OrderState] = field(
        default_factory=lambda: [_order("o1", "SO-1", "shipped"), _order("o2", "SO-2", "confirmed")]
    )
    sales_lines: list[sales.OrderLine] = field(
        default_factory=lambda: [
            sales.OrderLine(
                "o1", "SO-1", 1, "goods", D(4), ZERO, D(4), D(4), ZERO, ZERO, ZERO, "V", D(80), D("10.40"), D("0.25")
            ),
            sales.OrderLine(
                "o2", "SO-2", 1, "goods", D(3), ZERO, ZERO, ZERO, ZERO, D(1), D(2), "V", D(60), D("7.80"), ZERO
            ),
        ]
    )
    reservations: list[sales.Reservation] = field(
        default_factory=lambda: [
            sales.Reservation("o1", "SO-1", 1, "I", "W", D(4), ZERO, ZERO, D(4), ZERO, ZERO, D(20)),
            sales.Reservation("o2", "SO-2", 1, "I", "W", D(3), D(2), ZERO, ZERO, ZERO, D(1), ZERO),
        ]
    )
    handovers: list[sales.HandoverLine] = field(
        default_factory=lambda: [sales.HandoverLine("H1", "o1", 1, "I", D(4), D(20))]
    )
    positions: list[sales.Position] = field(
        default_factory=lambda: [
            sales.Position("o1", "SO-1", 1, "goods", D(4), ZERO, D(4), D(80), D("10.40"), D(80), D("10.40")),
            sales.Position("o2", "SO-2", 1, "goods", D(3), D(1), ZERO, D(60), D("7.80"), ZERO, ZERO),
        ]
    )
    purchase_lines: list[purchases.PurchaseLine] = field(
        default_factory=lambda: [
            purchases.PurchaseLine("p1", "PO-1", "partly_received", 1, D(8), D(5), D(3), D(1), D(2)),
            purchases.PurchaseLine("p2", "PO-2", "draft", 1, D(9), ZERO, ZERO, ZERO, D(9)),
        ]
    )
    inbound: list[purchases.Inbound] = field(
        default_factory=lambda: [
            purchases.Inbound("p1", "PO-1", [purchases.InboundLine(1, D(8), D(5), D(1), D(2), ZERO, D(25))])
        ]
    )
    receipts: list[purchases.Receipt] = field(
        default_factory=lambda: [
            purchases.Receipt("p1", "received", [purchases.ReceiptLine(1, D(5), D(25))]),
            purchases.Receipt("p1", "cancelled", [purchases.ReceiptLine(1, D(7), D(35))]),
        ]
    )
    purchase_positions: list[purchases.Position] = field(
        default_factory=lambda: [purchases.Position("p1", "PO-1", 1, D(8), D(5), D(3), D(25), D(15))]
    )
    accruals: list[purchases.Accrual] = field(default_factory=lambda: [purchases.Accrual("p1", 1, D(10))])
    posts: dict[str, messages.Post] = field(default_factory=_posts)


def proof_of(rows: Rows) -> Proof:
    """The proof taken of these rows."""
    picture = Picture()
    picture.moves.add(rows.moves)
    picture.stock.add_balances(rows.balances)
    picture.stock.add_levels(rows.levels)
    picture.stock.add_worths(rows.worths)
    picture.ledger.add(rows.entry_lines)
    picture.open_items.add_receivables(rows.receivables)
    picture.open_items.add_payables(rows.payables)
    picture.sales.add_orders(rows.orders)
    picture.sales.add_lines(rows.sales_lines)
    picture.sales.add_reservations(rows.reservations)
    picture.sales.add_handovers(rows.handovers)
    picture.sales.add_positions(rows.positions)
    picture.purchases.add_lines(rows.purchase_lines)
    picture.purchases.add_inbound(rows.inbound)
    picture.purchases.add_receipts(rows.receipts)
    picture.purchases.add_positions(rows.purchase_positions)
    picture.purchases.add_accruals(rows.accruals)
    picture.posts = rows.posts
    return Proof(tuple(check(picture, SUBSCRIBERS) for check in CHECKS))


def change(rows: list[R], index: int, **values: Any) -> R:
    """Put other values into one row of a list; the row as it is now."""
    row: Any = rows[index]
    rows[index] = row._replace(**values)
    return rows[index]

"""The proof of a company: wait until it is at rest, read it whole, check every statement."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from services.commands.patience import Patience
from services.commands.proof import ledger, messages, purchases, sales, stock
from services.commands.proof.check import ZERO, Breach, Check
from services.commands.proof.ledger import Ledger, Subledgers
from services.commands.proof.messages import Posts, Subscribers
from services.commands.proof.purchases import PurchaseLines
from services.commands.proof.reading import Company
from services.commands.proof.rest import Standing, standing
from services.commands.proof.sales import SalesLines
from services.commands.proof.stock import Moves, Stock
from shared.contracts import finance as finance_contract
from shared.contracts import inventory as inventory_contract
from shared.contracts import logistics as logistics_contract
from shared.contracts import purchasing as purchasing_contract
from shared.contracts import sales as sales_contract

CONTRACTS = tuple(
    each.CONTRACT
    for each in (purchasing_contract, sales_contract, inventory_contract, logistics_contract, finance_contract)
)


class Moving(Exception):
    """The company did not stand still long enough to be read."""


@dataclass
class Picture:
    """A company as it was read, between two moments in which nothing moved."""

    moves: Moves = field(default_factory=Moves)
    stock: Stock = field(default_factory=Stock)
    ledger: Ledger = field(default_factory=Ledger)
    open_items: Subledgers = field(default_factory=Subledgers)
    sales: SalesLines = field(default_factory=SalesLines)
    purchases: PurchaseLines = field(default_factory=PurchaseLines)
    posts: Posts = field(default_factory=dict)


@dataclass(frozen=True)
class Proof:
    """What every statement came to."""

    checks: tuple[Check, ...]

    @property
    def broken(self) -> int:
        """How many breaches there are."""
        return sum(check.broken for check in self.checks)

    @property
    def looked_at(self) -> int:
        """How many things were compared."""
        return sum(check.looked_at for check in self.checks)

    @property
    def breaches(self) -> list[Breach]:
        """The breaches that were kept word for word."""
        return [breach for check in self.checks for breach in check.breaches]


def prove(company: Company, subscribers: Subscribers, patience: Patience) -> Proof:
    """Take the proof of a company at rest, or of one that does not come to rest but stands still.

    Raises Moving where it did not stand still until patience was over, Refused or Masked where it may not be read.
    """
    while True:
        before = _still(company, subscribers, patience)
        picture = read(company)
        if standing(company, CONTRACTS, subscribers) == before:
            return Proof(tuple(check(picture, subscribers) for check in CHECKS))
        if patience.over:
            raise Moving("the company kept moving while it was read; let it come to rest, or wait longer")
        patience.pause()


def _still(company: Company, subscribers: Subscribers, patience: Patience) -> Standing:
    """Wait until the company is at rest, or patience is over."""
    while True:
        now = standing(company, CONTRACTS, subscribers)
        if now.at_rest or patience.over:
            return now
        patience.pause()


def read(company: Company) -> Picture:
    """Read every list the proof is taken from, the longest first."""
    inventory, finance = inventory_contract, finance_contract
    picture, rows = Picture(), company.rows

    def posts() -> None:
        picture.posts = messages.read_posts(company, CONTRACTS)

    company.read(
        lambda: picture.moves.add(rows(inventory.list_stock_moves, stock.Move)),
        lambda: picture.ledger.add(rows(finance.list_entry_lines, ledger.EntryLine)),
        lambda: picture.sales.add_lines(rows(sales_contract.list_order_lines, sales.OrderLine)),
        posts,
        lambda: picture.sales.add_reservations(rows(inventory.list_reservations, sales.Reservation)),
        lambda: picture.sales.add_positions(rows(finance.list_order_positions, sales.Position)),
        lambda: picture.sales.add_handovers(rows(inventory.list_handovers, sales.HandoverLine)),
        lambda: picture.sales.add_orders(rows(sales_contract.list_orders, sales.OrderState)),
        lambda: picture.open_items.add_receivables(rows(finance.list_receivables, ledger.CustomerItem)),
        lambda: picture.open_items.add_payables(rows(finance.list_payables, ledger.SupplierItem)),
        lambda: picture.purchases.add_lines(rows(purchasing_contract.list_order_lines, purchases.PurchaseLine)),
        lambda: picture.purchases.add_inbound(rows(inventory.list_inbound, purchases.Inbound)),
        lambda: picture.purchases.add_receipts(rows(inventory.list_receipts, purchases.Receipt)),
        lambda: picture.purchases.add_positions(rows(finance.list_purchase_positions, purchases.Position)),
        lambda: picture.purchases.add_accruals(rows(finance.list_accruals, purchases.Accrual)),
        lambda: picture.stock.add_balances(rows(inventory.list_stock_balances, stock.Balance)),
        lambda: picture.stock.add_levels(rows(inventory.list_stock, stock.Level)),
        lambda: picture.stock.add_worths(rows(inventory.list_stock_values, stock.Worth)),
    )
    return picture


def _accrual(picture: Picture) -> Check:
    total = sum(picture.purchases.accruals.values(), ZERO)
    return ledger.subledgers_are_control_accounts(picture.ledger, picture.open_items, total)


CHECKS: Iterable[Callable[[Picture, Subscribers], Check]] = (
    lambda of, _: stock.stock_is_the_sum_of_its_moves(of.stock, of.moves),
    lambda of, _: stock.on_hand_is_the_sum_of_balances(of.stock),
    lambda of, _: stock.reserved_fits_into_stock(of.stock),
    lambda of, _: stock.reserved_is_what_orders_reserve(of.stock, of.sales.reserved(), of.sales.backordered()),
    lambda of, _: stock.value_is_the_sum_of_its_moves(of.stock, of.moves),
    lambda of, _: stock.nothing_has_no_value(of.stock),
    lambda of, _: ledger.stock_ledger_is_general_ledger(of.stock, of.moves, of.ledger),
    lambda of, _: ledger.debits_are_credits(of.ledger),
    lambda of, _: _accrual(of),
    lambda of, _: sales.ordered_is_accounted_for(of.sales),
    lambda of, _: sales.reservations_are_accounted_for(of.sales),
    lambda of, _: sales.inventory_says_what_sales_says(of.sales),
    lambda of, _: sales.finance_says_what_sales_says(of.sales),
    lambda of, _: sales.handed_over_is_issued(of.sales, of.moves),
    lambda of, _: sales.handed_over_is_invoiced(of.sales),
    lambda of, _: sales.invoiced_amounts_are_the_frozen_ones(of.sales),
    lambda of, _: purchases.bought_is_accounted_for(of.purchases),
    lambda of, _: purchases.inventory_says_what_purchasing_says(of.purchases),
    lambda of, _: purchases.finance_says_what_purchasing_says(of.purchases),
    lambda of, _: purchases.accrual_is_what_is_not_invoiced(of.purchases),
    lambda of, subscribers: messages.every_fact_is_taken_in(of.posts, subscribers),
    lambda of, subscribers: messages.every_fact_is_taken_in_once(of.posts, subscribers),
    lambda of, _: messages.nothing_is_stuck(of.posts),
    lambda of, _: sales.no_order_is_in_between(of.sales),
    lambda of, _: purchases.no_purchase_is_in_between(of.purchases),
)
"""The statements of the proof, in the order they are printed."""

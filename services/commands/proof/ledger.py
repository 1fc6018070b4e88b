"""The general ledger: it balances, it carries what stock is worth, and its control accounts are their subledgers."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import NamedTuple

from services.commands.proof.check import ZERO, Check
from services.commands.proof.stock import Moves, Stock
from services.commands.proof.sums import Sums

INVENTORY, TRANSIT, RECEIVABLES, PAYABLES, ACCRUAL = "1405", "1402", "1122", "2202.01", "2202.02"
_CONTROL = (RECEIVABLES, PAYABLES)
BASE = "base currency"
Party = tuple[str | None, str]
"""A customer or supplier, and a currency, or `BASE`."""


class EntryLine(NamedTuple):
    """One side of an account in an entry."""

    entry_id: str
    source_id: str
    account: str
    party_id: str | None
    currency: str
    debit: Decimal
    credit: Decimal
    base_debit: Decimal
    base_credit: Decimal


class CustomerItem(NamedTuple):
    """An open item of a customer."""

    customer_id: str
    currency: str
    open_amount: Decimal
    open_base: Decimal


class SupplierItem(NamedTuple):
    """An open item of a supplier."""

    supplier_id: str
    currency: str
    open_amount: Decimal
    open_base: Decimal


@dataclass
class Ledger:
    """The general ledger, summed up: by entry and currency, by source document, by account and party."""

    debits: Sums[tuple[str, str]] = field(default_factory=Sums)
    credits: Sums[tuple[str, str]] = field(default_factory=Sums)
    stock: Sums[tuple[str]] = field(default_factory=Sums)
    transit: Sums[tuple[str]] = field(default_factory=Sums)
    accounts: Sums[tuple[str]] = field(default_factory=Sums)
    parties: dict[str, Sums[Party]] = field(default_factory=lambda: {account: Sums() for account in _CONTROL})

    def add(self, rows: Iterable[EntryLine]) -> None:
        """Sum entry lines up."""
        for row in rows:
            self.debits.add((row.entry_id, row.currency), row.debit)
            self.credits.add((row.entry_id, row.currency), row.credit)
            self.debits.add((row.entry_id, BASE), row.base_debit)
            self.credits.add((row.entry_id, BASE), row.base_credit)
            self._add_to_account(row, row.base_debit - row.base_credit)

    def _add_to_account(self, row: EntryLine, base: Decimal) -> None:
        self.accounts.add((row.account,), base)
        if row.account in {INVENTORY, TRANSIT}:
            self.stock.add((row.source_id,), base)
        if row.account == TRANSIT:
            self.transit.add((row.source_id,), base)
        if row.account in self.parties:
            self.parties[row.account].add((row.party_id, row.currency), row.debit - row.credit)
            self.parties[row.account].add((row.party_id, BASE), base)


@dataclass
class Subledgers:
    """What is open by party, as debit less credit of its control account, and the accrual in all."""

    receivables: Sums[Party] = field(default_factory=Sums)
    payables: Sums[Party] = field(default_factory=Sums)

    def add_receivables(self, rows: Iterable[CustomerItem]) -> None:
        """Sum up what customers owe."""
        for row in rows:
            self.receivables.add((row.customer_id, row.currency), row.open_amount)
            self.receivables.add((row.customer_id, BASE), row.open_base)

    def add_payables(self, rows: Iterable[SupplierItem]) -> None:
        """Sum up what is owed to suppliers."""
        for row in rows:
            self.payables.add((row.supplier_id, row.currency), -row.open_amount)
            self.payables.add((row.supplier_id, BASE), -row.open_base)


def debits_are_credits(ledger: Ledger) -> Check:
    """For each entry, in each document currency and in base currency."""
    check = Check("debits = credits, per entry and currency")
    for (entry, currency), debit in ledger.debits.items():
        check.same(("entry", entry), f"credits in {currency}", debit, ledger.credits[entry, currency])
    return check


def stock_ledger_is_general_ledger(stock: Stock, moves: Moves, ledger: Ledger) -> Check:
    """For each source document the value of its moves is what the inventory accounts got from it; and in total."""
    check = Check("stock ledger = general ledger")
    check.same_sums("inventory accounts", moves.document_value, ledger.stock, "document")
    check.same_sums("goods in transit", moves.document_transit, ledger.transit, "document")
    found = ledger.accounts.get((INVENTORY,), ZERO) + ledger.accounts.get((TRANSIT,), ZERO)
    check.same(("all documents",), "inventory accounts against the stock ledger", moves.document_value.total, found)
    worth = sum((each.value for each in stock.worths.values()), ZERO)
    check.same(("all documents",), "inventory accounts against the stock value", worth, found)
    return check


def subledgers_are_control_accounts(ledger: Ledger, open_items: Subledgers, accrual: Decimal) -> Check:
    """Open items by party and currency sum to receivables and payables, open accruals to the accrual account."""
    check = Check("subledgers = control accounts")
    for account, sums in ((RECEIVABLES, open_items.receivables), (PAYABLES, open_items.payables)):
        check.same_sums(f"account {account}", sums, ledger.parties[account], "party")
        found = ledger.accounts.get((account,), ZERO)
        expected = sum((each for (_, currency), each in sums.items() if currency == BASE), ZERO)
        check.same(("all parties",), f"account {account}", expected, found)
    check.same(("all purchase lines",), f"account {ACCRUAL}", accrual, -ledger.accounts.get((ACCRUAL,), ZERO))
    return check

"""What each business fact posts: the counter-accounts of stock facts as data, and an entry per kind of document.

All of these are pure. Stock entries are in base currency, at the value inventory gives them; document entries take
amounts in document currency with `rate`, base currency per unit of it (1 by default). A negative document amount
(credit note, refund) gives the red-letter entry of its positive one.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from services.finance.ledger.chart import (
    ACCRUAL,
    BANK,
    COST_ADJUSTMENT,
    COST_OF_SALES,
    EXCHANGE,
    IN_TRANSIT,
    INPUT_TAX,
    INVENTORY,
    OPENING,
    OUTPUT_TAX,
    PAYABLE,
    PRICE_VARIANCE,
    RECEIVABLE,
    REVENUE,
    ROUNDING,
    STOCK_LOSS,
)
from services.finance.ledger.rules import Entry, Line, converted, credit, debit, entry, signed, to_base
from shared.kernel.money import ZERO
from shared.kernel.tax import Taxed

ONE = Decimal(1)


class StockFact(StrEnum):
    """The kinds of stock facts that change what stock is worth."""

    RECEIPT = "receipt"
    SUPPLIER_RETURN = "supplier_return"
    HAND_OVER = "hand_over"
    CUSTOMER_RETURN = "customer_return"
    TRANSFER_OUT = "transfer_out"
    TRANSFER_IN = "transfer_in"
    TRANSIT_LOSS = "transit_loss"
    COUNT = "count"
    WRITE_OFF = "write_off"
    LANDED_COST = "landed_cost"
    REVALUATION = "revaluation"
    SUPPLIER_RETURN_VARIANCE = "supplier_return_variance"
    ROUNDING = "rounding"
    OPENING = "opening"


@dataclass(frozen=True)
class StockPosting:
    """The two accounts of a stock fact: `stock` is debited with its signed value and `counter` credited."""

    stock: str
    counter: str


STOCK_POSTINGS: Mapping[StockFact, StockPosting] = {
    StockFact.RECEIPT: StockPosting(INVENTORY, ACCRUAL),
    StockFact.SUPPLIER_RETURN: StockPosting(INVENTORY, ACCRUAL),
    StockFact.HAND_OVER: StockPosting(INVENTORY, COST_OF_SALES),
    StockFact.CUSTOMER_RETURN: StockPosting(INVENTORY, COST_OF_SALES),
    StockFact.TRANSFER_OUT: StockPosting(INVENTORY, IN_TRANSIT),
    StockFact.TRANSFER_IN: StockPosting(INVENTORY, IN_TRANSIT),
    StockFact.TRANSIT_LOSS: StockPosting(IN_TRANSIT, STOCK_LOSS),
    StockFact.COUNT: StockPosting(INVENTORY, STOCK_LOSS),
    StockFact.WRITE_OFF: StockPosting(INVENTORY, STOCK_LOSS),
    StockFact.LANDED_COST: StockPosting(INVENTORY, ACCRUAL),
    StockFact.REVALUATION: StockPosting(INVENTORY, COST_ADJUSTMENT),
    StockFact.SUPPLIER_RETURN_VARIANCE: StockPosting(PRICE_VARIANCE, ACCRUAL),
    StockFact.ROUNDING: StockPosting(INVENTORY, ROUNDING),
    StockFact.OPENING: StockPosting(INVENTORY, OPENING),
}


def stock_entry(fact: StockFact, value: Decimal, base_currency: str) -> Entry | None:
    """The entry of a stock fact whose value change is `value`: above zero for what comes in, below for what goes out.

    None where the value is zero, as nothing is posted then.
    """
    if not value:
        return None
    accounts = STOCK_POSTINGS[fact]
    return entry([signed(accounts.stock, value, base_currency), signed(accounts.counter, -value, base_currency)])


def sales_invoice_entry(
    amounts: Taxed,
    *,
    customer: str,
    currency: str,
    base_currency: str,
    rate: Decimal = ONE,
    revenue: str = REVENUE,
) -> Entry:
    """Receivable with tax against revenue and output tax; negative amounts are the credit note's red entry."""
    return converted(
        [
            debit(RECEIVABLE, amounts.gross, currency, party=customer),
            credit(revenue, amounts.net, currency),
            credit(OUTPUT_TAX, amounts.tax, currency),
        ],
        rate,
        base_currency,
        ROUNDING,
    )


def supplier_invoice_entry(
    accrual: Decimal,
    variance: Decimal,
    tax: Decimal,
    *,
    supplier: str,
    currency: str,
    base_currency: str,
    rate: Decimal = ONE,
    accrual_base: Decimal | None = None,
) -> Entry:
    """Release the accrual, take price variance and input tax, owe the supplier (amounts as `matching` gives them).

    `accrual_base`: what the released accrual stands at in base, where it was received at another rate; the gap to
    today's rate goes to exchange.
    """
    lines = [
        debit(ACCRUAL, accrual, currency, party=supplier),
        debit(PRICE_VARIANCE, variance, currency),
        debit(INPUT_TAX, tax, currency),
        credit(PAYABLE, accrual + variance + tax, currency, party=supplier),
    ]
    invoice = converted(lines, rate, base_currency, ROUNDING)
    gap = ZERO if accrual_base is None else accrual_base - to_base(accrual, rate, base_currency)
    return _with_exchange(invoice, ACCRUAL, supplier, gap, currency)


def receipt_entry(
    amount: Decimal,
    *,
    customer: str,
    currency: str,
    base_currency: str,
    rate: Decimal = ONE,
    settled_base: Decimal | None = None,
    bank: str = BANK,
) -> Entry:
    """Money from a customer against the receivable.

    `settled_base` is what the receivable paid stands at in base, where it was invoiced at another rate; the gap goes
    to exchange.
    """
    paid = to_base(amount, rate, base_currency)
    settled = paid if settled_base is None else settled_base
    lines = [debit(bank, amount, currency, paid), credit(RECEIVABLE, amount, currency, settled, customer)]
    return entry([*lines, signed(EXCHANGE, ZERO, currency, settled - paid)])


def payment_entry(
    amount: Decimal,
    *,
    supplier: str,
    currency: str,
    base_currency: str,
    rate: Decimal = ONE,
    settled_base: Decimal | None = None,
    bank: str = BANK,
) -> Entry:
    """Money to a supplier against the payable; `settled_base` as for `receipt_entry`."""
    paid = to_base(amount, rate, base_currency)
    settled = paid if settled_base is None else settled_base
    lines = [debit(PAYABLE, amount, currency, settled, supplier), credit(bank, amount, currency, paid)]
    return entry([*lines, signed(EXCHANGE, ZERO, currency, paid - settled)])


def exchange_lines(gap: Decimal, control: str, *, party: str, currency: str) -> list[Line]:
    """What a settlement leaves to exchange, on its own: `gap` is what the owed side stood at in base above the paying.

    `control` is the receivables account, or the payables account, whose owed side is a credit. No lines without a gap.
    """
    left = gap if control == PAYABLE else -gap
    if not left:
        return []
    return [signed(control, ZERO, currency, left, party), signed(EXCHANGE, ZERO, currency, -left)]


def opening_entry(account: str, balance: Decimal, base_currency: str, party: str = "") -> Entry:
    """An account's opening balance (debit above zero, credit below), against the opening account.

    Once every opening balance is in, stock, receivables and payables too, the opening account stands at zero.
    """
    return entry([signed(account, balance, base_currency, party=party), signed(OPENING, -balance, base_currency)])


def _with_exchange(invoice: Entry, account: str, party: str, gap: Decimal, currency: str) -> Entry:
    if not gap:
        return invoice
    more: list[Line] = [signed(account, ZERO, currency, gap, party), signed(EXCHANGE, ZERO, currency, -gap)]
    return entry([*invoice.lines, *more])

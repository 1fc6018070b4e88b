"""Three-way match (三单匹配): a supplier's invoice against what was ordered and what was received.

Amounts are in the order's currency; tolerances are fractions.
"""

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from shared.kernel.money import ZERO, round_money, smallest_unit
from shared.kernel.tax import tax_of


class MatchReason(StrEnum):
    """Why an invoice line is an exception."""

    NOT_RECEIVED = "not_received"
    QUANTITY_ABOVE_RECEIVED = "quantity_above_received"
    PRICE_ABOVE_TOLERANCE = "price_above_tolerance"
    PRICE_BELOW_TOLERANCE = "price_below_tolerance"
    TAX_DIFFERS = "tax_differs"
    CURRENCY_DIFFERS = "currency_differs"


@dataclass(frozen=True)
class Tolerance:
    """How far an invoice may be off: `price` to either side of the order's, `quantity` above what was received."""

    price: Decimal = ZERO
    quantity: Decimal = ZERO


@dataclass(frozen=True)
class ReceivedLine:
    """A purchase order line as finance knows it.

    `received` and `received_value` are what came in, less returns, and its accrual (暂估); `invoiced` and `released`
    are the quantity invoiced before and the part of the accrual that those invoices released.
    """

    price: Decimal
    currency: str
    received: Decimal
    received_value: Decimal
    invoiced: Decimal = ZERO
    released: Decimal = ZERO


@dataclass(frozen=True)
class InvoicedLine:
    """A supplier's invoice line: quantity, net amount, its tax as the invoice says, and the rate of that tax."""

    quantity: Decimal
    net: Decimal
    tax: Decimal
    tax_rate: Decimal
    currency: str


@dataclass(frozen=True)
class Match:
    """The outcome: what would be posted, and the reasons (none: post it; some: a person decides first).

    `accrual + variance + tax == payable`. A `variance` below zero is in the company's favour.
    """

    accrual: Decimal
    variance: Decimal
    tax: Decimal
    payable: Decimal
    reasons: tuple[MatchReason, ...]

    @property
    def ok(self) -> bool:
        """Whether the line is within tolerance and may be posted."""
        return not self.reasons


def match_line(line: ReceivedLine, invoice: InvoicedLine, tolerance: Tolerance) -> Match:
    """Match one invoice line. Nothing is raised for a mismatch: the reasons say what is wrong."""
    accrual = accrual_share(line, invoice.quantity)
    return Match(
        accrual=accrual,
        variance=invoice.net - accrual,
        tax=invoice.tax,
        payable=invoice.net + invoice.tax,
        reasons=_reasons(line, invoice, tolerance),
    )


def accrual_share(line: ReceivedLine, quantity: Decimal) -> Decimal:
    """The part of the accrual that invoicing `quantity` more releases, by cumulative rounding.

    When all that was received is invoiced, all of its value is released, however the invoices were cut.
    """
    invoiced = line.invoiced + quantity
    if invoiced >= line.received:
        return line.received_value - line.released
    return round_money(line.received_value * invoiced / line.received, line.currency) - line.released


def _reasons(line: ReceivedLine, invoice: InvoicedLine, tolerance: Tolerance) -> tuple[MatchReason, ...]:
    expected = invoice.quantity * line.price
    # The invoice's net is a rounded amount: half a smallest unit is no deviation of its price.
    slack = abs(expected) * tolerance.price + smallest_unit(line.currency) / 2
    tax = tax_of(invoice.net, invoice.tax_rate, included=False, currency=invoice.currency).tax
    found = {
        MatchReason.NOT_RECEIVED: line.received <= 0,
        MatchReason.QUANTITY_ABOVE_RECEIVED: (
            line.received > 0 and line.invoiced + invoice.quantity > line.received * (1 + tolerance.quantity)
        ),
        MatchReason.PRICE_ABOVE_TOLERANCE: invoice.net - expected > slack,
        MatchReason.PRICE_BELOW_TOLERANCE: expected - invoice.net > slack,
        MatchReason.TAX_DIFFERS: abs(invoice.tax - tax) > smallest_unit(invoice.currency),
        MatchReason.CURRENCY_DIFFERS: invoice.currency != line.currency,
    }
    return tuple(reason for reason, holds in found.items() if holds)

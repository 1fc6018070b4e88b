"""Matching a supplier's invoice as a whole: every line against what was ordered and received."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from services.finance.matching.lookup import PurchaseInHand, received_of
from services.finance.matching.rules import InvoicedLine, Tolerance, accrual_share, match_line
from services.finance.matching.tables import PurchaseLine, SupplierInvoice, SupplierInvoiceLine
from services.finance.settings.lookup import settings_of
from shared.kernel.money import round_money
from shared.runtime.work import UnitOfWork


@dataclass(frozen=True)
class MatchedLine:
    """An invoice line beside the purchase line it is for, and what it releases of the accrual in base currency."""

    row: SupplierInvoiceLine
    ordered: PurchaseLine
    accrual_base: Decimal


@dataclass(frozen=True)
class Matched:
    """An invoice's lines as matched."""

    lines: tuple[MatchedLine, ...]

    @property
    def ok(self) -> bool:
        """Whether every line is within tolerance."""
        return not any(line.row.reasons for line in self.lines)


def match_invoice(
    work: UnitOfWork, hand: PurchaseInHand, invoice: SupplierInvoice, rows: Sequence[SupplierInvoiceLine]
) -> Matched:
    """Match an invoice's lines; accrual, variance and reasons are noted on them."""
    settings = settings_of(work)
    tolerance = Tolerance(price=settings.price_tolerance, quantity=settings.quantity_tolerance)
    return Matched(tuple(_match(work, hand, invoice, row, tolerance) for row in rows))


def _match(
    work: UnitOfWork, hand: PurchaseInHand, invoice: SupplierInvoice, row: SupplierInvoiceLine, tolerance: Tolerance
) -> MatchedLine:
    """The reasons are found in the order's currency, the accrual is what stands in base currency."""
    ordered = hand.lines[row.line]
    invoiced = InvoicedLine(row.quantity, row.net, row.tax, row.tax_rate, invoice.currency)
    match = match_line(received_of(ordered, hand.order.currency), invoiced, tolerance)
    accrual_base = accrual_share(received_of(ordered, work.currency), row.quantity)
    row.reasons = ",".join(reason.value for reason in match.reasons)
    row.accrual = _in_document_currency(work, hand, invoice, accrual_base)
    row.variance = row.net - row.accrual
    return MatchedLine(row, ordered, accrual_base)


def _in_document_currency(
    work: UnitOfWork, hand: PurchaseInHand, invoice: SupplierInvoice, accrual_base: Decimal
) -> Decimal:
    """What the accrual was in the invoice's currency, at the rate the order had where it is the order's."""
    if invoice.currency == work.currency:
        return accrual_base
    rate = hand.order.exchange_rate if invoice.currency == hand.order.currency else invoice.exchange_rate
    return round_money(accrual_base / rate, invoice.currency)

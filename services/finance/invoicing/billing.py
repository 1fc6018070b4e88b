"""What invoices and credit notes have in common: positions, and lines as they are stored and told."""

from collections.abc import Iterable, Mapping
from decimal import Decimal

from services.finance.invoicing.rules import Position, Pricing
from services.finance.invoicing.tables import BilledLine
from services.finance.orders.tables import SalesLine, SalesOrder
from shared.contracts.finance import InvoicedLine
from shared.kernel.tax import NOTHING, Taxed, TaxRounding
from shared.runtime.work import UnitOfWork

Billed = Mapping[int, tuple[Decimal, Taxed]]
"""Quantity and amounts by order line."""


def position_of(line: SalesLine) -> Position:
    """An order line as the rules of invoicing want it."""
    return Position(
        whole=line.whole,
        quantity=line.quantity,
        code=line.tax_code,
        rate=line.tax_rate,
        invoiced=line.invoiced,
        billed=Taxed(line.invoiced_net, line.invoiced_tax, line.invoiced_net + line.invoiced_tax),
        credited=line.credited,
        given_back=Taxed(line.credited_net, line.credited_tax, line.credited_net + line.credited_tax),
    )


def pricing_of(order: SalesOrder) -> Pricing:
    """How an order's amounts were made."""
    return Pricing(order.prices_include_tax, order.currency, TaxRounding(order.tax_rounding))


def total(billed: Billed) -> Taxed:
    """The sum of a document's lines."""
    return sum((amounts for _, amounts in billed.values()), NOTHING)


def keep_lines(work: UnitOfWork, document_id: str, billed: Billed, lines: Mapping[int, SalesLine]) -> None:
    """Store a document's lines."""
    rows = [
        {
            "document_id": document_id,
            "line": line,
            "item_id": lines[line].item_id,
            "quantity": quantity,
            "net": amounts.net,
            "tax": amounts.tax,
        }
        for line, (quantity, amounts) in billed.items()
    ]
    work.insert(BilledLine, rows)


def told_lines(billed: Billed) -> list[InvoicedLine]:
    """A document's lines as they are told."""
    return [
        InvoicedLine(line=line, quantity=quantity, net=amounts.net, tax=amounts.tax)
        for line, (quantity, amounts) in billed.items()
    ]


def summed(quantities: Iterable[tuple[int, Decimal]]) -> dict[int, Decimal]:
    """Quantities by line, where a line may be named more than once."""
    found: dict[int, Decimal] = {}
    for line, quantity in quantities:
        found[line] = found.get(line, Decimal(0)) + quantity
    return found

"""What an invoice or a credit note takes of an order's frozen amounts."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from shared.kernel.money import ZERO, round_money
from shared.kernel.tax import Portion, Taxed, TaxLine, TaxRounding, part, tax_invoice


@dataclass(frozen=True)
class Position:
    """An order line: its frozen amounts, and what was invoiced and credited of it."""

    whole: Taxed
    quantity: Decimal
    code: str
    rate: Decimal
    invoiced: Decimal
    billed: Taxed
    credited: Decimal
    given_back: Taxed


@dataclass(frozen=True)
class Pricing:
    """How an order's amounts were made."""

    included: bool
    currency: str
    rounding: TaxRounding


def invoice_amounts(
    positions: Mapping[int, Position], now: Mapping[int, Decimal], pricing: Pricing
) -> dict[int, Taxed]:
    """The amounts of the quantities `now`, by line; all invoices of an order sum to it, the last takes the remainder.

    More than was ordered goes on at the same price.
    """
    if pricing.rounding is TaxRounding.DOCUMENT:
        return _by_document(positions, now, pricing)
    return {
        line: part(
            positions[line].whole,
            positions[line].quantity,
            positions[line].invoiced,
            quantity,
            included=pricing.included,
            currency=pricing.currency,
        )
        for line, quantity in now.items()
    }


def credit_amounts(position: Position, now: Decimal, currency: str) -> Taxed:
    """The share of a line's invoiced amounts that crediting `now` of it gives back.

    By cumulative share of what was invoiced: parts never exceed it, and once all of it has come back sum to it.
    """
    credited = position.credited + now

    def share(billed: Decimal, before: Decimal) -> Decimal:
        if credited == position.invoiced:
            return billed - before
        return max(round_money(billed * credited / position.invoiced, currency) - before, ZERO)

    net = share(position.billed.net, position.given_back.net)
    tax = share(position.billed.tax, position.given_back.tax)
    return Taxed(net, tax, net + tax)


def _by_document(positions: Mapping[int, Position], now: Mapping[int, Decimal], pricing: Pricing) -> dict[int, Taxed]:
    invoiced: dict[str, Decimal] = {}
    for position in positions.values():
        billed = _priced(position.billed, pricing)
        invoiced[position.code] = invoiced.get(position.code, ZERO) + billed
    portions = [_portion(positions[line], quantity, pricing) for line, quantity in now.items()]
    document = tax_invoice(
        portions,
        invoiced=invoiced,
        included=pricing.included,
        currency=pricing.currency,
        rounding=pricing.rounding,
    )
    return dict(zip(now, document.lines, strict=True))


def _portion(position: Position, quantity: Decimal, pricing: Pricing) -> Portion:
    line = TaxLine(_priced(position.whole, pricing), position.code, position.rate)
    return Portion(line, position.quantity, position.invoiced, quantity)


def _priced(amounts: Taxed, pricing: Pricing) -> Decimal:
    return amounts.gross if pricing.included else amounts.net

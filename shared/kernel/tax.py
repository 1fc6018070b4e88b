"""Tax on lines and documents: per line or per document, prices with or without tax, invoices in parts.

Rates are fractions (`Decimal("0.13")` is 13 %). An *amount* is what the price says: gross where prices include
tax, net where they do not. Every sum is kept by cumulative rounding: a part is the rounded running total after it
less the one before it, so parts sum to their whole in whatever order and number they come.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from shared.kernel.money import ZERO, round_money


class TaxRounding(StrEnum):
    """Where a document's tax is rounded: on each line, or once per tax code (a company's `tax_rounding`)."""

    LINE = "line"
    DOCUMENT = "document"


@dataclass(frozen=True)
class Taxed:
    """An amount with its tax, in one currency; always `net + tax == gross`."""

    net: Decimal
    tax: Decimal
    gross: Decimal

    def __add__(self, other: "Taxed") -> "Taxed":
        return Taxed(self.net + other.net, self.tax + other.tax, self.gross + other.gross)

    def __sub__(self, other: "Taxed") -> "Taxed":
        return Taxed(self.net - other.net, self.tax - other.tax, self.gross - other.gross)

    def __neg__(self) -> "Taxed":
        return NOTHING - self


NOTHING = Taxed(ZERO, ZERO, ZERO)


@dataclass(frozen=True)
class TaxLine:
    """A document line as taxed: its whole amount as priced, its tax code, and the rate frozen on the order."""

    amount: Decimal
    code: str
    rate: Decimal


@dataclass(frozen=True)
class Portion:
    """What one invoice takes of an order line: `now` of `quantity`, after `before` was invoiced; negative credits."""

    line: TaxLine
    quantity: Decimal
    before: Decimal
    now: Decimal


@dataclass(frozen=True)
class TaxedDocument:
    """A document's lines, its totals by tax code, and its total; lines and codes sum to the total exactly."""

    lines: tuple[Taxed, ...]
    by_code: Mapping[str, Taxed]
    total: Taxed


def tax_of(amount: Decimal, rate: Decimal, *, included: bool, currency: str) -> Taxed:
    """Tax on `amount` at `rate`, rounded half up in `currency`.

    Included: gross is the amount and net the remainder. Excluded: net is the amount and gross the sum.
    """
    amount = round_money(amount, currency)
    if included:
        tax = round_money(amount * rate / (1 + rate), currency)
        return Taxed(amount - tax, tax, amount)
    tax = round_money(amount * rate, currency)
    return Taxed(amount, tax, amount + tax)


def part_of(whole: Decimal, quantity: Decimal, before: Decimal, now: Decimal, currency: str) -> Decimal:
    """The share of `whole` (worth `quantity`) that `now` takes after `before` was taken, by cumulative rounding.

    Parts that add up to `quantity` sum to `whole`, in any order. A negative `now` gives back exactly what the last
    parts took. More than `quantity` (over-shipment) goes on at the same price. Raises ValueError at quantity zero.
    """
    if not quantity:
        raise ValueError("a part needs a whole of some quantity")

    def taken(upto: Decimal) -> Decimal:
        return round_money(whole * upto / quantity, currency)

    return taken(before + now) - taken(before)


def part(whole: Taxed, quantity: Decimal, before: Decimal, now: Decimal, *, included: bool, currency: str) -> Taxed:
    """`part_of` for a taxed line: the priced side and the tax are shared out, the other side is their remainder."""
    tax = part_of(whole.tax, quantity, before, now, currency)
    if included:
        gross = part_of(whole.gross, quantity, before, now, currency)
        return Taxed(gross - tax, tax, gross)
    net = part_of(whole.net, quantity, before, now, currency)
    return Taxed(net, tax, net + tax)


def tax_document(lines: Sequence[TaxLine], *, included: bool, currency: str, rounding: TaxRounding) -> TaxedDocument:
    """Tax on a whole document (an order, or an invoice of its own).

    By document, the tax of each code is that of the code's total, and lines carry its steps in their order.
    Raises ValueError where one code has two rates.
    """
    if rounding is TaxRounding.LINE:
        return _sum_up(lines, [tax_of(line.amount, line.rate, included=included, currency=currency) for line in lines])
    return _sum_up(lines, _running(lines, {}, included=included, currency=currency))


def tax_invoice(
    portions: Sequence[Portion],
    *,
    invoiced: Mapping[str, Decimal],
    included: bool,
    currency: str,
    rounding: TaxRounding,
) -> TaxedDocument:
    """Tax on one of an order's partial invoices; the last takes the remainder, so that all sum to the order.

    `invoiced`: by tax code, the amounts (as priced) of all the order's lines on its earlier invoices less credits;
    needed where rounding is by document. The sum of what this returns per code is what to add to it:
    `by_code[code].gross` where prices include tax, else `.net`.
    """
    lines = [portion.line for portion in portions]
    if rounding is TaxRounding.LINE:
        return _sum_up(lines, [_line_portion(portion, included=included, currency=currency) for portion in portions])
    shares = [
        TaxLine(part_of(p.line.amount, p.quantity, p.before, p.now, currency), p.line.code, p.line.rate)
        for p in portions
    ]
    return _sum_up(shares, _running(shares, invoiced, included=included, currency=currency))


def _line_portion(portion: Portion, *, included: bool, currency: str) -> Taxed:
    whole = tax_of(portion.line.amount, portion.line.rate, included=included, currency=currency)
    return part(whole, portion.quantity, portion.before, portion.now, included=included, currency=currency)


def _running(lines: Sequence[TaxLine], start: Mapping[str, Decimal], *, included: bool, currency: str) -> list[Taxed]:
    """Each line as the step between two taxed running totals of its code."""
    _require_one_rate_per_code(lines)
    reached = dict(start)

    def taxed_at(total: Decimal, line: TaxLine) -> Taxed:
        return tax_of(total, line.rate, included=included, currency=currency)

    taxed: list[Taxed] = []
    for line in lines:
        before = reached.get(line.code, ZERO)
        after = before + round_money(line.amount, currency)
        reached[line.code] = after
        taxed.append(taxed_at(after, line) - taxed_at(before, line))
    return taxed


def _require_one_rate_per_code(lines: Sequence[TaxLine]) -> None:
    rates: dict[str, Decimal] = {}
    for line in lines:
        if rates.setdefault(line.code, line.rate) != line.rate:
            raise ValueError(f"tax code {line.code} has two rates in one document")


def _sum_up(lines: Sequence[TaxLine], taxed: Sequence[Taxed]) -> TaxedDocument:
    by_code: dict[str, Taxed] = {}
    for line, one in zip(lines, taxed, strict=True):
        by_code[line.code] = by_code.get(line.code, NOTHING) + one
    return TaxedDocument(tuple(taxed), by_code, sum(taxed, NOTHING))

"""Exact money: amounts are `Decimal`, always beside a currency code (ISO 4217), never float."""

from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Decimal

ZERO = Decimal(0)

# ISO 4217 minor units that are not two digits; the currencies Huotong's users trade in.
_EXPONENTS = {"JPY": 0, "KRW": 0, "VND": 0, "CLP": 0, "ISK": 0, "BHD": 3, "KWD": 3, "OMR": 3, "TND": 3}


def exponent(currency: str) -> int:
    """Digits after the point of `currency` (ISO 4217): 2 for CNY, 0 for JPY, 3 for KWD."""
    return _EXPONENTS.get(currency, 2)


def smallest_unit(currency: str) -> Decimal:
    """The smallest amount of `currency`: 0.01 for CNY."""
    return Decimal(1).scaleb(-exponent(currency))


def round_money(amount: Decimal, currency: str) -> Decimal:
    """`amount` in the currency's minor unit, half up (away from zero), as invoices are rounded."""
    return amount.quantize(smallest_unit(currency), rounding=ROUND_HALF_UP)


def split(amount: Decimal, weights: Sequence[Decimal], currency: str) -> list[Decimal]:
    """Divide `amount` in proportion to `weights`; the parts always sum to the whole.

    Running totals are rounded half up and each part is the step between two of them, so no part has the other
    sign and none is more than one smallest unit from its exact share. Weights must not be negative; where all are
    zero, the parts are equal.

    Raises ValueError without weights or with a negative one.
    """
    if not weights or min(weights) < 0:
        raise ValueError("split needs at least one weight and none below zero")
    total = sum(weights, ZERO)
    shares = list(weights) if total else [Decimal(1)] * len(weights)
    total = total or Decimal(len(weights))
    parts: list[Decimal] = []
    cumulated, given = ZERO, ZERO
    for share in shares:
        cumulated += share
        upto = round_money(amount * cumulated / total, currency)
        parts.append(upto - given)
        given = upto
    return parts

"""Exact quantities: `Decimal` of at most 6 decimals and below 10^12, converted between units by exact fractions.

Weights (kg) and volumes (m³) obey the same rules. A unit's ratio says how many base units one of it is: a dozen is
12 pieces, ratio 12/1; a pound is 45359237/100000000 kg.
"""

from decimal import Decimal, InvalidOperation
from fractions import Fraction

from shared.kernel.errors import InvalidInput

DECIMALS = 6
LIMIT = Decimal(10) ** 12
ZERO = Decimal(0)
_STEP = Decimal(1).scaleb(-DECIMALS)


def quantity(value: Decimal | int | str, pointer: str = "") -> Decimal:
    """`value` as an exact quantity in its shortest plain form ("12", never "12.00" or "1.2E+1"); may be negative.

    Raises InvalidInput at `pointer`: `quantity_not_a_number`, `quantity_range`, `quantity_scale`.
    """
    exact = _number(value, pointer)
    if abs(exact) >= LIMIT:
        raise InvalidInput.at(pointer, "quantity_range", f"{value} is not below {LIMIT} in size")
    if exact != exact.quantize(_STEP):
        raise InvalidInput.at(pointer, "quantity_scale", f"{value} has more than {DECIMALS} decimals")
    return _plain(exact)


def positive(value: Decimal | int | str, pointer: str = "") -> Decimal:
    """`value` as an exact quantity above zero. Raises InvalidInput as `quantity`, and `quantity_not_positive`."""
    exact = quantity(value, pointer)
    if exact <= 0:
        raise InvalidInput.at(pointer, "quantity_not_positive", f"{value} is not above zero")
    return exact


def ratio(numerator: int, denominator: int = 1, pointer: str = "") -> Fraction:
    """How many base units one unit is, as an exact fraction. Raises InvalidInput `unit_ratio` unless above zero."""
    if numerator <= 0 or denominator <= 0:
        raise InvalidInput.at(pointer, "unit_ratio", f"{numerator}/{denominator} is not a ratio above zero")
    return Fraction(numerator, denominator)


def to_base(amount: Decimal, unit: Fraction, pointer: str = "") -> Decimal:
    """`amount` of a unit, in base units. Raises InvalidInput `quantity_inexact` where 6 decimals cannot hold it."""
    return convert(amount, unit, Fraction(1), pointer)


def from_base(amount: Decimal, unit: Fraction, pointer: str = "") -> Decimal:
    """`amount` of base units, in a unit. Raises InvalidInput `quantity_inexact` where 6 decimals cannot hold it."""
    return convert(amount, Fraction(1), unit, pointer)


def convert(amount: Decimal, source: Fraction, target: Fraction, pointer: str = "") -> Decimal:
    """`amount` of the unit with ratio `source`, in the unit with ratio `target`; never rounded.

    Raises InvalidInput at `pointer`: `quantity_inexact` (ten pieces are no exact number of dozens),
    `quantity_range`, `quantity_scale`.
    """
    steps = Fraction(quantity(amount, pointer)) * source / target * 10**DECIMALS
    if steps.denominator != 1:
        raise InvalidInput.at(
            pointer, "quantity_inexact", f"{amount} converted by {source / target} needs more than {DECIMALS} decimals"
        )
    if abs(steps) >= LIMIT * 10**DECIMALS:
        raise InvalidInput.at(pointer, "quantity_range", f"{amount} converted is not below {LIMIT} in size")
    return _plain(Decimal(steps.numerator).scaleb(-DECIMALS))


def _number(value: Decimal | int | str, pointer: str) -> Decimal:
    try:
        exact = Decimal(value)
    except InvalidOperation:
        exact = Decimal("NaN")
    if isinstance(value, float | bool) or not exact.is_finite():
        raise InvalidInput.at(pointer, "quantity_not_a_number", f"{value!r} is not an exact number")
    return exact


def _plain(exact: Decimal) -> Decimal:
    """Without trailing zeros, exponent or the sign of a negative zero."""
    if exact == exact.to_integral_value():
        return Decimal(int(exact))
    return exact.normalize()

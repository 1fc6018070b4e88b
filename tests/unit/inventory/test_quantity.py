"""Quantities are exact: 6 decimals, bounded, converted by fractions or not at all."""

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.kernel.errors import InvalidInput
from shared.kernel.quantity import LIMIT, convert, from_base, positive, quantity, ratio, to_base

DOZEN = ratio(12)
POUND = ratio(45359237, 100000000)

quantities = st.decimals("-999999999999", "999999999999", places=6)
ratios = st.builds(ratio, st.integers(1, 10_000), st.integers(1, 10_000))


@pytest.mark.parametrize(
    ("given_as", "text"),
    [("12.50", "12.5"), ("1.2E+3", "1200"), ("-0.000001", "-0.000001"), ("-0.0", "0"), (7, "7")],
)
def test_a_quantity_has_one_plain_form(given_as: str | int, text: str) -> None:
    assert str(quantity(given_as)) == text


@pytest.mark.parametrize(
    ("given_as", "code"),
    [
        ("0.0000001", "quantity_scale"),
        ("1E-999999", "quantity_scale"),
        ("1000000000000", "quantity_range"),
        ("-1E+999999", "quantity_range"),
        ("999999999999.9999999999999999999999", "quantity_range"),
        ("NaN", "quantity_not_a_number"),
        ("-Infinity", "quantity_not_a_number"),
        ("ten", "quantity_not_a_number"),
        (0.5, "quantity_not_a_number"),
        (True, "quantity_not_a_number"),
    ],
)
def test_what_is_no_exact_bounded_number_is_refused(given_as: str, code: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        quantity(given_as, "/lines/0/quantity")
    assert refused.value.code == code
    assert refused.value.faults[0].pointer == "/lines/0/quantity"


@pytest.mark.parametrize("amount", ["0", "-1"])
def test_a_quantity_that_moves_is_above_zero(amount: str) -> None:
    with pytest.raises(InvalidInput, match="not above zero"):
        positive(amount)


def test_units_convert_by_exact_fractions() -> None:
    assert to_base(Decimal("2.5"), DOZEN) == 30
    assert from_base(Decimal(30), DOZEN) == Decimal("2.5")
    assert to_base(Decimal(10_000), POUND) == Decimal("4535.9237")
    assert convert(Decimal(4), ratio(1, 4), ratio(1, 2)) == 2


@pytest.mark.parametrize(("amount", "unit"), [(Decimal(10), DOZEN), (Decimal("0.000001"), ratio(2))])
def test_a_conversion_that_does_not_come_out_even_is_refused(amount: Decimal, unit: Fraction) -> None:
    with pytest.raises(InvalidInput) as refused:
        from_base(amount, unit)
    assert refused.value.code == "quantity_inexact"


def test_a_conversion_beyond_the_limit_is_refused() -> None:
    with pytest.raises(InvalidInput) as refused:
        to_base(LIMIT / 10, DOZEN)
    assert refused.value.code == "quantity_range"


@pytest.mark.parametrize(("numerator", "denominator"), [(0, 1), (1, 0), (-1, 1)])
def test_a_unit_ratio_is_above_zero(numerator: int, denominator: int) -> None:
    with pytest.raises(InvalidInput, match="not a ratio"):
        ratio(numerator, denominator)


@given(quantities, ratios)
def test_a_conversion_that_succeeds_is_exact_and_comes_back(amount: Decimal, unit: Fraction) -> None:
    try:
        base = to_base(amount, unit)
    except InvalidInput:
        return
    assert Fraction(base) == Fraction(amount) * unit
    assert from_base(base, unit) == amount

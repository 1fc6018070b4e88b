"""Prices: the customer's own list, then the tier's, then everyone's; breaks and dates."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.sales.prices.rules import Enquiry, ListPrice, NoPrice, line_amount, price_for

D = Decimal

TODAY = date(2025, 3, 10)
EVERYONE = ListPrice("1", "tea", D("10"), "CNY")
GOLD = ListPrice("2", "tea", D("9"), "CNY", tier="gold")
OWN = ListPrice("3", "tea", D("9.50"), "CNY", customer="C1")
HUNDRED = ListPrice("4", "tea", D("8"), "CNY", min_quantity=D(100))
MARCH = ListPrice("5", "tea", D("7"), "CNY", valid_from=date(2025, 3, 1), valid_to=date(2025, 3, 31))


def enquiry(quantity: str = "1", on: date = TODAY, customer: str = "C2", tier: str | None = None) -> Enquiry:
    return Enquiry("tea", D(quantity), "CNY", on, customer, tier)


def test_the_customers_own_price_goes_before_the_tiers_and_the_tiers_before_everyones() -> None:
    rows = [EVERYONE, GOLD, OWN]
    assert price_for(enquiry(customer="C1", tier="gold"), rows) is OWN
    assert price_for(enquiry(tier="gold"), rows) is GOLD
    assert price_for(enquiry(), rows) is EVERYONE


def test_the_highest_quantity_break_reached_applies() -> None:
    assert price_for(enquiry("99"), [EVERYONE, HUNDRED]) is EVERYONE
    assert price_for(enquiry("100"), [EVERYONE, HUNDRED]) is HUNDRED


@pytest.mark.parametrize(
    ("on", "row"),
    [
        (date(2025, 2, 28), EVERYONE),
        (date(2025, 3, 1), MARCH),
        (date(2025, 3, 31), MARCH),
        (date(2025, 4, 1), EVERYONE),
    ],
)
def test_a_dated_price_holds_from_its_first_to_its_last_day(on: date, row: ListPrice) -> None:
    assert price_for(enquiry(on=on), [EVERYONE, MARCH]) is row


def test_no_price_is_an_error_of_its_own() -> None:
    with pytest.raises(NoPrice):
        price_for(Enquiry("tea", D(1), "USD", TODAY), [EVERYONE])


@given(st.permutations([EVERYONE, GOLD, OWN, HUNDRED, MARCH]), st.integers(1, 200))
def test_the_order_of_rows_never_matters(rows: list[ListPrice], quantity: int) -> None:
    asked = enquiry(str(quantity), customer="C1", tier="gold")
    assert price_for(asked, rows) == price_for(asked, sorted(rows, key=lambda row: row.id))


def test_a_line_is_quantity_times_price_less_discount_rounded_half_up() -> None:
    assert line_amount(D("3"), D("0.335"), "CNY") == D("1.01")
    assert line_amount(D("2"), D("9.99"), "CNY", D("0.1")) == D("17.98")

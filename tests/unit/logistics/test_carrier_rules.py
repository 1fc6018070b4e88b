"""Carriers: the least cost that keeps the promise; L1."""

from dataclasses import replace
from decimal import Decimal
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.logistics.carriers.rules import (
    Consignment,
    FirstAndFurther,
    NoCarrier,
    PerKg,
    RateCard,
    Zone,
    charge,
    chargeable_weight,
    choose,
    quotes,
)

D = Decimal

COURIER = RateCard("1", "SF", "courier", "CNY", FirstAndFurther(D(1), D(12), D(1), D(2)), 2)
ROAD = RateCard("2", "DB", "road", "CNY", PerKg(D("1.5")), 4, minimum=D(30))
TWELVE = Consignment(D(12), "CN", "CNY")


@pytest.mark.parametrize(("promise", "carrier", "amount"), [(3, "SF", "34"), (5, "DB", "30")])
def test_l1_the_cheapest_that_keeps_the_promise(promise: int, carrier: str, amount: str) -> None:
    quote = choose([COURIER, ROAD], TWELVE, promise)
    assert (quote.card.carrier, quote.charge, quote.late) == (carrier, D(amount), False)


def test_where_none_keeps_the_promise_the_fastest_goes_and_is_late() -> None:
    quote = choose([COURIER, ROAD], TWELVE, 1)
    assert (quote.card.carrier, quote.late) == ("SF", True)


def test_a_begun_kg_counts_whole() -> None:
    assert charge(COURIER, D("1.01")) == D(14)
    assert charge(COURIER, D("0.2")) == D(12)


def test_bulky_goods_are_charged_by_volume() -> None:
    card = replace(COURIER, volumetric_divisor=D(5000))
    assert chargeable_weight(card, replace(TWELVE, volume=D("0.1"))) == D(20)
    assert chargeable_weight(card, replace(TWELVE, volume=D("0.01"))) == D(12)


def test_fuel_comes_on_top_of_the_minimum() -> None:
    assert charge(replace(ROAD, fuel_surcharge=D("0.125")), D(12)) == D("33.75")


def test_a_carriers_card_for_the_region_goes_before_its_card_for_the_country() -> None:
    country = replace(COURIER, zone=Zone("CN"))
    region = replace(COURIER, id="3", zone=Zone("CN", "XJ"), tariff=PerKg(D(20)))
    assert choose([country, region], replace(TWELVE, region="XJ")).card is region
    assert choose([country, region], replace(TWELVE, region="ZJ")).card is country


@pytest.mark.parametrize(
    "consignment", [replace(TWELVE, country="GB"), replace(TWELVE, currency="GBP"), replace(TWELVE, weight=D(51))]
)
def test_no_card_for_the_place_the_currency_or_the_weight_is_an_error(consignment: Consignment) -> None:
    with pytest.raises(NoCarrier):
        choose([replace(COURIER, zone=Zone("CN"), max_weight=D(50))], consignment)


def test_equal_quotes_fall_to_the_faster_then_to_the_smaller_carrier() -> None:
    other = replace(COURIER, carrier="YT", id="0")
    assert choose([other, COURIER], TWELVE).card is COURIER
    assert choose([replace(other, transit_days=1), COURIER], TWELVE).card.carrier == "YT"


cards = st.builds(
    RateCard,
    id=st.uuids().map(str),
    carrier=st.sampled_from("ABC"),
    mode=st.just("road"),
    currency=st.just("CNY"),
    tariff=st.builds(PerKg, st.integers(1, 9).map(D)),
    transit_days=st.integers(1, 9),
)


@given(st.lists(cards, min_size=1, max_size=6), st.integers(1, 9), st.randoms())
def test_no_card_that_keeps_the_promise_is_cheaper_than_the_choice(
    offered: list[RateCard], promise: int, random: Random
) -> None:
    best = choose(offered, TWELVE, promise)
    in_time = [quote for quote in quotes(offered, TWELVE, promise) if not quote.late]
    assert best.late is (not in_time)
    assert all(best.charge <= quote.charge for quote in in_time)
    shuffled = random.sample(offered, len(offered))
    assert choose(shuffled, TWELVE, promise) == best

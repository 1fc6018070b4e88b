"""L1: carriers, their rate cards, and quotes by them."""

from datetime import date
from pathlib import Path

import pytest

from shared.contracts import logistics
from tests.unit.logistics.shipping import D, Shipper


@pytest.fixture
def shipper(tmp_path: Path) -> Shipper:
    return Shipper(tmp_path)


def quoted(shipper: Shipper, **fields: object) -> list[tuple[str, object, bool]]:
    found = shipper.do(logistics.quote, **{"weight": "12", "country": "CN", **fields})
    return [(quote.carrier_code, quote.charge, quote.late) for quote in found.quotes]


def test_l1_the_cheapest_that_keeps_the_promise_comes_first(shipper: Shipper) -> None:
    shipper.courier()
    shipper.road()
    assert quoted(shipper, promised_on=date(2026, 3, 5)) == [("SF", D(34), False), ("DB", D(30), True)]
    assert quoted(shipper, promised_on=date(2026, 3, 7)) == [("DB", D(30), False), ("SF", D(34), False)]


def test_only_cards_that_hold_on_the_day_for_the_place_are_quoted(shipper: Shipper) -> None:
    carrier = shipper.courier(country="CN", valid_from=date(2026, 3, 1), valid_to=date(2026, 3, 10))
    assert len(quoted(shipper)) == 1
    assert quoted(shipper, country="JP") == []
    assert quoted(shipper, on=date(2026, 2, 28)) == quoted(shipper, on=date(2026, 3, 11)) == []
    version = shipper.do(logistics.get_carrier, id=carrier).version
    shipper.do(logistics.change_carrier, id=carrier, archived=True, if_match=version)
    assert quoted(shipper) == []


def test_a_withdrawn_card_is_quoted_no_more(shipper: Shipper) -> None:
    carrier = shipper.courier()
    (card,) = shipper.do(logistics.list_rate_cards, carrier_id=carrier).data
    assert (card.currency, card.first_price, card.mode) == ("CNY", D(12), "courier")
    assert shipper.do(logistics.withdraw_rate_card, id=card.id).withdrawn
    assert quoted(shipper) == []
    assert shipper.refused(logistics.withdraw_rate_card, id=card.id).code == "withdrawn"


def test_numbers_beyond_what_any_carrier_takes_find_no_quote(shipper: Shipper) -> None:
    shipper.road(price_per_kg="999999999", volumetric_divisor="0.000001", fuel_surcharge="99")
    assert quoted(shipper, weight="999999999", volume="999999999") == []
    assert quoted(shipper, weight="999999999") == []


def test_a_rate_card_has_the_parts_of_its_tariff_and_no_others(shipper: Shipper) -> None:
    carrier = shipper.road()

    def refused(**fields: object) -> list[tuple[str, str]]:
        problem = shipper.refused(logistics.add_rate_card, carrier_id=carrier, transit_days=1, **fields)
        return [(error["code"], error["pointer"]) for error in problem.errors]

    assert refused(tariff="per_kg", step="1") == [("missing", "/price_per_kg"), ("not_of_this_tariff", "/step")]
    assert refused(tariff="per_kg", price_per_kg="1", region="XJ") == [("region_without_country", "/region")]
    dates = {"valid_from": date(2026, 3, 2), "valid_to": date(2026, 3, 1)}
    assert refused(tariff="per_kg", price_per_kg="1", **dates) == [("ends_before_it_begins", "/valid_to")]
    problem = shipper.refused(
        logistics.add_rate_card, carrier_id=shipper.new_id(), transit_days=1, tariff="per_kg", price_per_kg="1"
    )
    assert problem.code == "unknown_carrier"


def test_a_code_is_given_once_and_a_stale_change_is_refused(shipper: Shipper) -> None:
    carrier = shipper.courier()
    assert shipper.refused(logistics.register_carrier, code="SF", name="x", mode="air").code == "exists"
    changed = shipper.do(logistics.change_carrier, id=carrier, name="SF Express", if_match=1)
    assert (changed.name, changed.owner, changed.version) == ("SF Express", "Mei", 2)
    assert shipper.refused(logistics.change_carrier, id=carrier, name="y", if_match=1).code == "stale_version"
    assert [each.code for each in shipper.do(logistics.list_carriers, archived="false").data] == ["SF"]

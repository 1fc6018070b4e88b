"""L3: tracking, deliveries and incidents, told in any order and more than once."""

from datetime import date
from itertools import permutations
from pathlib import Path

import pytest

from shared.contracts import logistics
from tests.unit.logistics.shipping import D, Shipper, scan


@pytest.fixture
def shipper(tmp_path: Path) -> Shipper:
    made = Shipper(tmp_path)
    made.courier()
    return made


def test_scans_in_any_order_and_twice_come_to_the_same(shipper: Shipper) -> None:
    scans = [scan("a", "picked_up", 2), scan("b", "in_transit", 3), scan("c", "out_for_delivery", 4)]
    for order in permutations(scans):
        shipment = shipper.shipment(1)
        for each in order:
            shipper.track(shipment, each, each)
        assert shipper.track(shipment, *order).status == "out_for_delivery"
        assert len(shipper.do(logistics.list_tracking, shipment_id=shipment.id).data) == 3


def test_a_delivery_is_told_once_on_the_companys_day(shipper: Shipper) -> None:
    shipment = shipper.shipment(1)
    shipper.tell(shipper.handed_over(shipment, 1))
    delivered = shipper.track(shipment, scan("d", "delivered", 3, hour=17))
    assert (delivered.status, delivered.delivered_on, delivered.late) == ("delivered", date(2026, 3, 4), False)
    shipper.track(shipment, scan("e", "delivered", 3, hour=2), scan("f", "in_transit", 5))
    (told,) = shipper.told(logistics.shipment_delivered)
    assert (told.shipment_id, told.order_id, told.delivered_on) == (shipment.id, shipment.order_id, date(2026, 3, 4))


def test_a_delivery_is_confirmed_in_one_word_and_again_without_effect(shipper: Shipper) -> None:
    shipment = shipper.shipment(1)
    shipper.tell(shipper.handed_over(shipment, 1))
    assert shipper.do(logistics.confirm_delivery, id=shipment.id, delivered_on=date(2026, 3, 6)).late
    shipper.do(logistics.confirm_delivery, id=shipment.id)
    assert [told.delivered_on for told in shipper.told(logistics.shipment_delivered)] == [date(2026, 3, 6)]


def test_a_delivery_heard_of_before_its_hand_over_stays_delivered(shipper: Shipper) -> None:
    shipment = shipper.shipment(1)
    shipper.do(logistics.confirm_delivery, id=shipment.id, delivered_on=date(2026, 3, 3))
    shipper.tell(shipper.handed_over(shipment, 1))
    now = shipper.now(shipment)
    assert (now.status, now.lines[0].shipped, now.delivered_on) == ("delivered", D(1), date(2026, 3, 3))
    assert (len(shipper.told(logistics.goods_shipped)), len(shipper.told(logistics.shipment_delivered))) == (1, 1)


def test_delivered_by_consignments_it_is_delivered_with_the_last_of_them_in_any_order(shipper: Shipper) -> None:
    for order in permutations(range(4)):
        shipment = shipper.shipment(5)
        facts = [shipper.handed_over(shipment, 2, complete=False), shipper.handed_over(shipment, 3)]
        scans = [
            scan(str(index), "delivered", day, handover_id=fact[1]["handover_id"])
            for index, (day, fact) in enumerate(zip((4, 5), facts, strict=True))
        ]
        before = len(shipper.told(logistics.shipment_delivered))
        for step, index in enumerate(order):
            if index < 2:
                shipper.tell(facts[index])
            else:
                shipper.track(shipment, scans[index - 2])
            assert (shipper.now(shipment).status == "delivered") is (step == 3)
        assert len(shipper.told(logistics.shipment_delivered)) == before + 1
        assert shipper.now(shipment).delivered_on == date(2026, 3, 5)


def test_a_delay_moves_the_expected_day_and_is_an_incident_of_the_carriers_owner(shipper: Shipper) -> None:
    shipment = shipper.shipment(1)
    late = shipper.track(shipment, scan("a", "delayed", 3, expected_on=date(2026, 3, 9), note="snow"))
    assert (late.expected_on, late.late, late.status) == (date(2026, 3, 9), True, "planned")
    (incident,) = shipper.do(logistics.list_incidents, shipment_id=shipment.id, status="open").data
    assert (incident.kind, incident.owner, incident.note) == ("delay", "Mei", "snow")
    (told,) = shipper.told(logistics.incident_raised)
    assert (told.incident_id, told.kind, told.order_id) == (incident.id, "delay", shipment.order_id)


@pytest.mark.parametrize(
    ("kind", "incident", "status"),
    [
        ("damaged", "damage", "planned"),
        ("lost", "loss", "lost"),
        ("refused", "refusal", "refused"),
        ("delivery_failed", "delay", "delivery_failed"),
    ],
)
def test_what_goes_wrong_is_an_incident_once_until_it_is_resolved(
    shipper: Shipper, kind: str, incident: str, status: str
) -> None:
    shipment = shipper.shipment(1)
    assert shipper.track(shipment, scan("a", kind, 3)).status == status
    shipper.track(shipment, scan("a", kind, 3))
    (raised,) = shipper.do(logistics.list_incidents, order_id=shipment.order_id).data
    assert (raised.kind, raised.status) == (incident, "open")
    ended = shipper.do(logistics.resolve_incident, id=raised.id, resolution="sent again")
    assert (ended.status, ended.resolved_on, ended.resolved_by) == ("resolved", date(2026, 3, 2), "tester")
    assert shipper.refused(logistics.resolve_incident, id=raised.id, resolution="x").code == "resolved"
    assert len(shipper.told(logistics.incident_raised)) == 1


def test_an_unplanned_shipment_is_with_nobody_who_could_tell_of_it(shipper: Shipper) -> None:
    shipment = shipper.shipment(1, ship_to={"country": "JP"})
    assert shipment.status == "planned"
    (card,) = shipper.do(logistics.list_rate_cards).data
    shipper.do(logistics.withdraw_rate_card, id=card.id)
    waiting = shipper.shipment(1)
    problem = shipper.refused(logistics.record_tracking, shipment_id=waiting.id, events=[scan("a", "picked_up", 3)])
    assert problem.code == "shipment_state"


@pytest.mark.parametrize("moment", ["0001-01-01T00:00:00+00:00", "9999-12-31T23:59:59+00:00"])
def test_a_moment_outside_our_time_is_refused(shipper: Shipper, moment: str) -> None:
    event = {"carrier_event_id": "a", "kind": "delivered", "occurred_at": moment}
    problem = shipper.refused(logistics.record_tracking, shipment_id=shipper.shipment(1).id, events=[event])
    assert (problem.code, problem.errors[0]["pointer"]) == ("out_of_range", "/events/0/occurred_at")

"""L1: planning shipments, and what hand-overs and cancellations make of them, in any order."""

from datetime import date
from itertools import permutations
from pathlib import Path

import pytest

from shared.contracts import logistics
from tests.unit.logistics.shipping import D, Shipper, scan


@pytest.fixture
def shipper(tmp_path: Path) -> Shipper:
    return Shipper(tmp_path)


@pytest.mark.parametrize(("within", "carrier", "charge"), [(3, "SF", "34"), (5, "DB", "30")])
def test_l1_a_delivery_goes_by_the_cheapest_that_keeps_the_promise(
    shipper: Shipper, within: int, carrier: str, charge: str
) -> None:
    shipper.courier()
    shipper.road()
    shipment = shipper.shipment(10, 2, within=within)
    assert (shipment.status, shipment.carrier_code, shipment.charge) == ("planned", carrier, D(charge))
    assert (shipment.weight, shipment.volume, shipment.late) == (D(12), D("0.12"), False)
    (told,) = shipper.told(logistics.shipment_planned)
    assert (told.shipment_id, told.number, told.charge) == (shipment.id, "SH-202603-00001", D(charge))
    assert [(line.line, line.quantity) for line in told.lines] == [(1, D(10)), (2, D(2))]


def test_where_none_keeps_the_promise_the_fastest_goes_and_is_said_to_be_late(shipper: Shipper) -> None:
    shipper.courier()
    shipment = shipper.shipment(1, within=1)
    assert (shipment.expected_on, shipment.late) == (date(2026, 3, 4), True)
    assert [told.late for told in shipper.told(logistics.shipment_planned)] == [True]


def test_a_delivery_of_an_item_not_known_yet_waits_for_it(shipper: Shipper) -> None:
    shipper.courier()
    shipper.items[0] = shipper.new_id()
    shipper.tell(shipper.requested(1))
    assert shipper.told(logistics.shipment_planned) == []
    shipper.item(shipper.items[0])
    assert (len(shipper.told(logistics.shipment_planned)), shipper.troubles()) == (1, [])


def test_without_a_carrier_it_waits_unplanned_until_a_rate_card_takes_it(shipper: Shipper) -> None:
    shipper.road(max_weight="5")
    waiting, light = shipper.shipment(12), shipper.shipment(1)
    assert (waiting.status, waiting.carrier_id, light.status) == ("unplanned", None, "planned")
    assert waiting.reason == "no carrier takes 12 kg to CN in CNY"
    assert len(shipper.told(logistics.shipment_planned)) == 1
    shipper.courier()
    planned = shipper.now(waiting)
    assert (planned.status, planned.carrier_code, planned.reason) == ("planned", "SF", None)
    assert [told.shipment_id for told in shipper.told(logistics.shipment_planned)] == [light.id, waiting.id]


def test_an_unplanned_shipment_is_planned_by_hand_as_agreed_with_a_carrier(shipper: Shipper) -> None:
    carrier = shipper.road(max_weight="5")
    waiting = shipper.shipment(12)
    assert shipper.refused(logistics.plan_shipment, id=waiting.id, carrier_id=carrier).code == "no_carrier"
    missing = shipper.refused(logistics.plan_shipment, id=waiting.id, carrier_id=carrier, charge="99")
    assert missing.errors[0]["pointer"] == "/transit_days"
    planned = shipper.do(logistics.plan_shipment, id=waiting.id, carrier_id=carrier, charge="99", transit_days=3)
    assert (planned.status, planned.charge, planned.expected_on, planned.rate_card_id) == (
        "planned", D(99), date(2026, 3, 5), None,
    )  # fmt: skip
    assert shipper.refused(logistics.plan_shipment, id=waiting.id).code == "shipment_state"


# Hand-over


def test_goods_leave_in_several_consignments(shipper: Shipper) -> None:
    shipper.courier()
    shipment = shipper.shipment(10, 2)
    first = shipper.handed_over(shipment, 4, complete=False)
    shipper.tell(first)
    assert shipper.now(shipment).status == "partly_shipped"
    shipper.tell(shipper.handed_over(shipment, 6, 2, on=date(2026, 3, 4)))
    now = shipper.now(shipment)
    assert (now.status, [line.shipped for line in now.lines]) == ("shipped", [D(10), D(2)])
    assert [len(each.lines) for each in now.consignments] == [1, 2]
    assert (now.expected_on, now.late) == (date(2026, 3, 6), True)
    told = shipper.told(logistics.goods_shipped)
    assert told[0].handover_id == first[1]["handover_id"]
    assert [[line.quantity for line in fact.lines] for fact in told] == [[D(4)], [D(6), D(2)]]


# Cancellation


def test_cancelled_lines_are_trimmed_whether_it_comes_before_or_after_the_delivery(shipper: Shipper) -> None:
    shipper.courier()
    found = []
    for cancelled_first in (True, False):
        order = shipper.new_id()
        facts = [shipper.requested(10, 2, order=order), shipper.cancelled(order, 1)]
        shipper.tell(*(reversed(facts) if cancelled_first else facts))
        (shipment,) = shipper.do(logistics.list_shipments, order_id=order).data
        found.append([shipment.status, *((line.quantity, line.cancelled) for line in shipment.lines)])
    assert found[0] == found[1] == ["planned", (D(10), D(10)), (D(2), D(0))]
    planned = [[line.line for line in told.lines] for told in shipper.told(logistics.shipment_planned)]
    assert planned == [[2], [1, 2]]


def test_a_cancelled_order_ships_nothing_and_nothing_more_is_planned_of_it(shipper: Shipper) -> None:
    shipper.courier()
    order = shipper.new_id()
    shipper.tell(shipper.cancelled(order), shipper.requested(1, order=order))
    (shipment,) = shipper.do(logistics.list_shipments, order_id=order).data
    assert (shipment.status, shipper.told(logistics.shipment_planned)) == ("cancelled", [])
    assert shipper.refused(logistics.plan_shipment, id=shipment.id).code == "shipment_state"
    assert shipper.refused(logistics.confirm_delivery, id=shipment.id).code == "shipment_state"


def test_what_inventory_handed_over_wins_whenever_we_hear_of_it(shipper: Shipper) -> None:
    shipper.courier()
    for told in permutations(range(3)):
        shipment = shipper.shipment(10, 2)
        facts = [
            shipper.handed_over(shipment, 4, complete=False),
            shipper.handed_over(shipment, 3, complete=True),
            shipper.cancelled(shipment.order_id),
        ]
        shipper.tell(*(facts[index] for index in told))
        now = shipper.now(shipment)
        assert now.status == "shipped"
        assert [(line.shipped, line.cancelled) for line in now.lines] == [(D(7), D(3)), (D(0), D(2))]
    assert shipper.troubles() == []


def test_what_the_warehouse_takes_off_its_list_is_not_waited_for_whenever_we_hear_of_it(shipper: Shipper) -> None:
    shipper.courier()
    for told in permutations(range(3)):
        shipment = shipper.shipment(10, 2)
        facts = [
            shipper.handed_over(shipment, 7, complete=False),
            shipper.shortened(shipment, 8, 2),
            shipper.shortened(shipment, 7, 0),
        ]
        shipper.tell(*(facts[index] for index in told))
        now = shipper.now(shipment)
        assert now.status == "shipped"
        assert [(line.shipped, line.cancelled) for line in now.lines] == [(D(7), D(3)), (D(0), D(2))]
        (consignment,) = now.consignments
        shipper.track(shipment, scan(consignment.handover_id, "delivered", 3, handover_id=consignment.handover_id))
        assert shipper.now(shipment).status == "delivered"
    assert shipper.troubles() == []


def test_a_shipment_of_which_nothing_is_left_on_the_list_is_cancelled(shipper: Shipper) -> None:
    shipper.courier()
    shipment = shipper.shipment(10)
    shipper.tell(shipper.shortened(shipment, 0))
    assert shipper.now(shipment).status == "cancelled"

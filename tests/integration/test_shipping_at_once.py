"""L1, L3 on PostgreSQL: deliveries, cancellations, rates, hand-overs and scans that cross leave one clear state."""

from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from deploy.local.servers import Installation
from services.logistics.service import SERVICE
from shared.contracts import logistics
from tests.integration.racing import on_postgresql, race
from tests.unit.logistics.shipping import D, Shipper, scan


@pytest.fixture
def shipper(installation: Installation, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Shipper]:
    with on_postgresql(SERVICE, installation, monkeypatch):
        yield Shipper(tmp_path)


def test_a_cancellation_that_meets_its_delivery_leaves_nothing_to_ship(shipper: Shipper) -> None:
    shipper.courier()
    for _ in range(20):
        order = shipper.new_id()
        facts = [shipper.requested(1, order=order), shipper.cancelled(order)]
        assert race(shipper, "logistics", *(shipper.delivery(*fact) for fact in facts)) == ["handled", "handled"]
        (shipment,) = shipper.do(logistics.list_shipments, order_id=order).data
        assert shipment.status == "cancelled"
    assert shipper.troubles() == []


def test_a_rate_added_while_deliveries_come_is_missed_by_none_of_them(shipper: Shipper) -> None:
    carrier = shipper.do(logistics.register_carrier, code="X", name="X", mode="road").id
    rate: dict[str, Any] = {"tariff": "per_kg", "price_per_kg": "1", "transit_days": 1}
    for number in range(15):
        country = f"C{number}"
        asked = [shipper.delivery(*shipper.requested(1, ship_to={"country": country})) for _ in range(3)]
        add = partial(shipper.ask, logistics.add_rate_card, carrier_id=carrier, country=country, **rate)
        *_, added = race(shipper, "logistics", *asked, add)
        assert added.problem is None
        assert shipper.do(logistics.list_shipments, status="unplanned").data == []
    assert len(shipper.told(logistics.shipment_planned)) == 45


def test_hand_overs_a_cancellation_and_the_same_scan_twice_add_up(shipper: Shipper) -> None:
    shipper.courier()
    for _ in range(10):
        shipment = shipper.shipment(10)
        facts = [shipper.handed_over(shipment, 2, complete=False) for _ in range(4)]
        facts += [shipper.shortened(shipment, 9), shipper.cancelled(shipment.order_id)]
        scanned = partial(
            shipper.ask, logistics.record_tracking, shipment_id=shipment.id, events=[scan("a", "delayed", 3)]
        )
        *_, first, second = race(shipper, "logistics", *(shipper.delivery(*fact) for fact in facts), scanned, scanned)
        now = shipper.now(shipment)
        assert [(line.shipped, line.cancelled) for line in now.lines] == [(D(8), D(2))]
        assert len(now.consignments) == 4
        taken = [each for each in (first, second) if each.problem is None]
        refused = {each.problem.code for each in (first, second) if each.problem}
        assert refused <= {"shipment_state"}  # a scan between the cancellation and the first hand-over
        assert len(shipper.do(logistics.list_incidents, shipment_id=shipment.id).data) == bool(taken)
    assert shipper.troubles() == []

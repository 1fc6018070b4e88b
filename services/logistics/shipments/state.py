"""Drawing the conclusions: a shipment's status, its expected day and its delivery, from all that is known of it."""

from collections.abc import Sequence
from datetime import datetime

from services.logistics.shipments.tables import HandOver, Shipment, ShipmentLine
from services.logistics.tracking.standing import standing
from services.logistics.tracking.tables import TrackingRow, latest_expectation
from shared.contracts import logistics as contract
from shared.kernel.clocks import business_today, days_after
from shared.runtime.work import UnitOfWork


def restate(work: UnitOfWork, shipment: Shipment, lines: Sequence[ShipmentLine]) -> None:
    """Set the status that follows from lines, hand-overs and tracking; the shipment's row is locked."""
    tracked, handed_over = shipment.tracked, shipment.hand_overs
    now = standing(
        [line.state for line in lines],
        [row.told for row in tracked],
        planned=shipment.carrier_id is not None,
        handed_over={each.id for each in handed_over},
        complete=shipment.complete,
    )
    shipment.status = now.status
    shipment.touch(work.now)
    _expect(shipment, handed_over, tracked)
    if now.delivered_at:
        _deliver(work, shipment, now.delivered_at)


def _expect(shipment: Shipment, handed_over: Sequence[HandOver], tracked: Sequence[TrackingRow]) -> None:
    """When it will be there: as the carrier last said, else its days after the goods last left."""
    if shipment.transit_days is None:
        return
    left = max((each.shipped_on for each in handed_over), default=shipment.requested_on)
    shipment.expected_on = latest_expectation(tracked) or days_after(left, shipment.transit_days)
    shipment.late = (shipment.delivered_on or shipment.expected_on) > shipment.promised_on


def _deliver(work: UnitOfWork, shipment: Shipment, at: datetime) -> None:
    """Tell of the delivery once, on the day it was where the company is."""
    if shipment.delivered_on is not None:
        return
    shipment.delivered_on = business_today(at, work.context.time_zone)
    shipment.late = shipment.delivered_on > shipment.promised_on
    work.emit(
        contract.shipment_delivered,
        contract.ShipmentDelivered(
            shipment_id=shipment.id, order_id=shipment.order_id, delivered_on=shipment.delivered_on
        ),
    )

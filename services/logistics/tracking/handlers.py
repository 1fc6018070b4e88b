"""Recording what carriers tell, in any order and any number of times, and finding it again."""

from collections.abc import Sequence
from datetime import datetime, time
from typing import cast
from zoneinfo import ZoneInfo

from services.logistics.shipments.state import restate
from services.logistics.shipments.tables import Shipment
from services.logistics.shipments.views import shipment_view
from services.logistics.tracking.incidents import raise_incidents
from services.logistics.tracking.tables import TrackingRow
from shared.contracts import logistics as contract
from shared.contracts.operations import ListQuery, Page
from shared.kernel.errors import Conflict, InvalidInput
from shared.runtime.registry import handles
from shared.runtime.work import UnitOfWork
from shared.storage.paging import page

NOON = time(12)
_NOT_MOVING = ("unplanned", "cancelled")
_YEARS = range(1000, 9999)
_COLUMNS = {
    "id": TrackingRow.id,
    "shipment_id": TrackingRow.shipment_id,
    "order_id": TrackingRow.order_id,
    "kind": TrackingRow.kind,
    "occurred_at": TrackingRow.occurred_at,
}


@handles(contract.record_tracking)
def record_tracking(work: UnitOfWork, command: contract.RecordTracking) -> contract.ShipmentView:
    """Record what a carrier tells; what is known already changes nothing."""
    for index, event in enumerate(command.events):
        if event.occurred_at.year not in _YEARS:
            raise InvalidInput.at(f"/events/{index}/occurred_at", "out_of_range", "not a moment of our time")
    return _record(work, command.shipment_id, command.events)


@handles(contract.confirm_delivery)
def confirm_delivery(work: UnitOfWork, command: contract.ConfirmDelivery) -> contract.ShipmentView:
    """Record that the customer has the goods, as if the carrier had told it at noon of that day."""
    on = command.delivered_on or work.business_date
    if on.year not in _YEARS:
        raise InvalidInput.at("/delivered_on", "out_of_range", "not a day of our time")
    told = contract.Tracked(
        carrier_event_id=f"confirmed {command.handover_id or 'all'}",
        kind="delivered",
        occurred_at=datetime.combine(on, NOON, ZoneInfo(work.context.time_zone)),
        handover_id=command.handover_id,
    )
    return _record(work, command.id, [told])


@handles(contract.list_tracking)
def list_tracking(work: UnitOfWork, query: ListQuery) -> Page[contract.TrackingView]:
    """What carriers told, a page at a time."""
    return page(work.session, work.select(TrackingRow), query, _COLUMNS, _view)


def _record(work: UnitOfWork, shipment_id: str, events: Sequence[contract.Tracked]) -> contract.ShipmentView:
    shipment = work.get(Shipment, lock=True, id=shipment_id)
    if shipment.status in _NOT_MOVING:
        raise Conflict(f"shipment {shipment.number} is {shipment.status}", code="shipment_state")
    rows = _new(work, shipment, events)
    for row in rows:
        work.add_to(shipment, Shipment.tracked, row)
    if rows:
        raise_incidents(work, shipment, rows)
        restate(work, shipment, shipment.lines)
    return shipment_view(work, shipment)


def _new(work: UnitOfWork, shipment: Shipment, events: Sequence[contract.Tracked]) -> list[TrackingRow]:
    """What of it is not known yet; the shipment's row is locked."""
    named = {event.carrier_event_id: event for event in reversed(events)}
    known = {row.carrier_event_id for row in shipment.tracked}
    return [
        TrackingRow(
            id=work.new_id(),
            shipment_id=shipment.id,
            order_id=shipment.order_id,
            carrier_event_id=event.carrier_event_id,
            kind=event.kind,
            occurred_at=event.occurred_at,
            handover_id=event.handover_id,
            expected_on=event.expected_on,
            place=event.place,
            note=event.note,
            recorded_at=work.now,
        )
        for event in reversed(named.values())
        if event.carrier_event_id not in known
    ]


def _view(row: TrackingRow) -> contract.TrackingView:
    return contract.TrackingView(
        id=row.id,
        shipment_id=row.shipment_id,
        order_id=row.order_id,
        carrier_event_id=row.carrier_event_id,
        kind=cast("contract.TrackingKind", row.kind),
        occurred_at=row.occurred_at,
        handover_id=row.handover_id,
        expected_on=row.expected_on,
        place=row.place,
        note=row.note,
        recorded_at=row.recorded_at,
    )

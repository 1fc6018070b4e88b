"""Incidents: what a carrier tells of gone wrong, with someone who looks after it until it is resolved."""

from collections.abc import Iterable
from typing import cast

from services.logistics.carriers.tables import Carrier
from services.logistics.shipments.tables import Shipment
from services.logistics.tracking.rules import INCIDENTS, TrackingKind
from services.logistics.tracking.tables import Incident, TrackingRow
from shared.contracts import logistics as contract
from shared.contracts.operations import ListQuery, Page
from shared.kernel.errors import Conflict
from shared.runtime.registry import handles
from shared.runtime.work import UnitOfWork
from shared.storage.paging import page

_KINDS: dict[TrackingKind, contract.IncidentKind] = {
    TrackingKind.DELAYED: "delay",
    TrackingKind.DELIVERY_FAILED: "delay",
    TrackingKind.DAMAGED: "damage",
    TrackingKind.LOST: "loss",
    TrackingKind.REFUSED: "refusal",
}
_COLUMNS = {
    "id": Incident.id,
    "shipment_id": Incident.shipment_id,
    "order_id": Incident.order_id,
    "carrier_id": Incident.carrier_id,
    "kind": Incident.kind,
    "status": Incident.status,
    "owner": Incident.owner,
    "occurred_at": Incident.occurred_at,
}


def raise_incidents(work: UnitOfWork, shipment: Shipment, rows: Iterable[TrackingRow]) -> None:
    """Raise one for each new event that tells of something wrong; its owner is the carrier's, else who recorded it."""
    wrong = [row for row in rows if TrackingKind(row.kind) in INCIDENTS]
    if not wrong:
        return
    carrier = work.find(Carrier, id=shipment.carrier_id)
    for row in wrong:
        incident = work.add(
            Incident(
                id=work.new_id(),
                shipment_id=shipment.id,
                order_id=shipment.order_id,
                carrier_id=shipment.carrier_id,
                tracking_id=row.id,
                kind=_KINDS[TrackingKind(row.kind)],
                occurred_at=row.occurred_at,
                note=row.note or row.kind.replace("_", " "),
                owner=(carrier.owner if carrier else None) or work.context.actor,
            )
        )
        work.emit(contract.incident_raised, _fact(incident))


@handles(contract.list_incidents)
def list_incidents(work: UnitOfWork, query: ListQuery) -> Page[contract.IncidentView]:
    """Incidents, a page at a time."""
    return page(work.session, work.select(Incident), query, _COLUMNS, _view)


@handles(contract.resolve_incident)
def resolve_incident(work: UnitOfWork, command: contract.ResolveIncident) -> contract.IncidentView:
    """Note how an incident ended."""
    incident = work.get(Incident, lock=True, id=command.id)
    if incident.status == "resolved":
        raise Conflict(f"the incident was resolved on {incident.resolved_on}", code="resolved")
    incident.status, incident.resolution = "resolved", command.resolution
    incident.resolved_on, incident.resolved_by = command.on or work.business_date, work.context.actor
    return _view(incident)


def _fact(incident: Incident) -> contract.IncidentRaised:
    return contract.IncidentRaised(
        incident_id=incident.id,
        shipment_id=incident.shipment_id,
        order_id=incident.order_id,
        kind=cast("contract.IncidentKind", incident.kind),
        occurred_at=incident.occurred_at,
        note=incident.note,
    )


def _view(incident: Incident) -> contract.IncidentView:
    return contract.IncidentView(
        id=incident.id,
        shipment_id=incident.shipment_id,
        order_id=incident.order_id,
        carrier_id=incident.carrier_id,
        tracking_id=incident.tracking_id,
        kind=cast("contract.IncidentKind", incident.kind),
        occurred_at=incident.occurred_at,
        note=incident.note,
        owner=incident.owner,
        status="resolved" if incident.status == "resolved" else "open",
        resolution=incident.resolution,
        resolved_on=incident.resolved_on,
        resolved_by=incident.resolved_by,
    )

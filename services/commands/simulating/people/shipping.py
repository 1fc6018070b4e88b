"""The carriers, and who looks after what goes wrong on the way."""

import random
from datetime import UTC, datetime, time
from typing import Any

from services.commands.simulating.moves import Json, Move, Named
from services.commands.simulating.names import in_order
from services.commands.simulating.people.choosing import one
from services.commands.simulating.sight import Sight
from shared.contracts import logistics
from shared.contracts.operations import Operation

_UNDER_WAY = "shipped,partly_shipped,picked_up,in_transit,out_for_delivery,partly_delivered,delivery_failed"
_KINDS = ("picked_up", "in_transit", "delayed", "damaged", "delivered", "delivery_failed", "lost", "refused")


def confirm_delivery(sight: Sight, draw: random.Random) -> Move | None:
    """The customer has the goods."""
    return _with_shipment(sight, draw, "confirms a delivery", logistics.confirm_delivery, "id")


def track(sight: Sight, draw: random.Random) -> Move | None:
    """The carrier tells something, sometimes twice the same."""
    event = _event(sight, draw)
    events = [event, event] if draw.random() < 0.3 else [event]
    return _with_shipment(sight, draw, "tells of a shipment", logistics.record_tracking, "shipment_id", events=events)


def resolve(sight: Sight, draw: random.Random) -> Move | None:
    """An incident came to an end."""
    found = one(draw, sight.rows(logistics.list_incidents, status="open"))
    return None if found is None else _resolving(found, "resolves an incident")


def resolve_twice(sight: Sight, draw: random.Random) -> Move | None:
    """Foolish: it has come to an end already."""
    found = one(draw, sight.rows(logistics.list_incidents, status="resolved"))
    return None if found is None else _resolving(found, "resolves an incident again", "resolved")


def _resolving(incident: Json, what: str, *foolish: str) -> Move:
    return Move(
        who="coordinator", what=what, operation=logistics.resolve_incident,
        fields={"id": incident["id"], "resolution": "settled"},
        touches=frozenset({incident["id"], incident["order_id"]}), foolish=foolish,
    )  # fmt: skip


def _with_shipment(
    sight: Sight, draw: random.Random, what: str, operation: Operation[Any, Any], name: str, **fields: Any
) -> Move | None:
    found = one(draw, sight.rows(logistics.list_shipments, status=_UNDER_WAY))
    if found is None:
        return None
    order = found["order_id"]
    every = in_order("shipment", sight.rows(logistics.list_shipments, order_id=order))
    nth = next(at for at, shipment in enumerate(every) if shipment["id"] == found["id"])
    return Move(
        who="coordinator", what=what, operation=operation, fields={name: Named("shipment", order, nth), **fields},
        touches=frozenset({order}),
    )  # fmt: skip


def _event(sight: Sight, draw: random.Random) -> Json:
    at = datetime.combine(sight.today, time(draw.randint(0, 23), tzinfo=UTC))
    return {"carrier_event_id": f"E{draw.randint(1, 10**9)}", "kind": draw.choice(_KINDS), "occurred_at": at}

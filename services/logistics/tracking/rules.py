"""Where a shipment is, from its tracking events, which may arrive late, doubled and in any order."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class TrackingKind(StrEnum):
    """What a tracking event tells."""

    PICKED_UP = "picked_up"
    IN_TRANSIT = "in_transit"
    OUT_FOR_DELIVERY = "out_for_delivery"
    DELIVERED = "delivered"
    DELIVERY_FAILED = "delivery_failed"
    REFUSED = "refused"
    LOST = "lost"
    RETURNING = "returning"
    RETURNED = "returned"
    DELAYED = "delayed"
    DAMAGED = "damaged"


class ShipmentStatus(StrEnum):
    """Where a shipment stands; `planned` is before the carrier has told anything."""

    PLANNED = "planned"
    PICKED_UP = "picked_up"
    IN_TRANSIT = "in_transit"
    OUT_FOR_DELIVERY = "out_for_delivery"
    DELIVERED = "delivered"
    DELIVERY_FAILED = "delivery_failed"
    REFUSED = "refused"
    LOST = "lost"
    RETURNING = "returning"
    RETURNED = "returned"


PROGRESS = (TrackingKind.PICKED_UP, TrackingKind.IN_TRANSIT, TrackingKind.OUT_FOR_DELIVERY, TrackingKind.DELIVERED)
SETBACKS = (
    TrackingKind.DELIVERY_FAILED,
    TrackingKind.REFUSED,
    TrackingKind.LOST,
    TrackingKind.RETURNING,
    TrackingKind.RETURNED,
)
INCIDENTS = frozenset(
    {TrackingKind.DELAYED, TrackingKind.DAMAGED, TrackingKind.DELIVERY_FAILED, TrackingKind.REFUSED, TrackingKind.LOST}
)


@dataclass(frozen=True)
class TrackingEvent:
    """Something a carrier told: `id` is the same when it is told twice, `occurred_at` (UTC) is when it happened."""

    id: str
    kind: TrackingKind
    occurred_at: datetime


@dataclass(frozen=True)
class Tracking:
    """What follows from a shipment's events: its status and since when, its delivery, and the incidents in time."""

    status: ShipmentStatus
    since: datetime | None
    delivered_at: datetime | None
    incidents: tuple[TrackingEvent, ...]


def track(events: Iterable[TrackingEvent]) -> Tracking:
    """The tracking that all `events` known so far amount to; their order and repetition never matter.

    Delivered is final, from its earliest event. Else a setback (failed, refused, lost, returning, returned) that is
    the latest holds; after a setback progress counts anew; within a stretch of progress the furthest holds, so that
    a wrongly dated scan moves nothing back. Delays and damages are incidents and change no status.
    """
    timeline = sorted({event.id: event for event in sorted(events, key=_moment)}.values(), key=_moment)
    decisive = _decisive(timeline)
    delivered = decisive is not None and decisive.kind is TrackingKind.DELIVERED
    return Tracking(
        status=ShipmentStatus(decisive.kind.value) if decisive else ShipmentStatus.PLANNED,
        since=decisive.occurred_at if decisive else None,
        delivered_at=decisive.occurred_at if decisive and delivered else None,
        incidents=tuple(event for event in timeline if event.kind in INCIDENTS),
    )


def _decisive(timeline: Sequence[TrackingEvent]) -> TrackingEvent | None:
    """The event that gives the status, if any does."""
    for event in timeline:
        if event.kind is TrackingKind.DELIVERED:
            return event
    current: TrackingEvent | None = None
    for event in timeline:
        if event.kind in SETBACKS or (event.kind in PROGRESS and _moves_on(current, event)):
            current = event
    return current


def _moves_on(current: TrackingEvent | None, event: TrackingEvent) -> bool:
    if current is None or current.kind in SETBACKS:
        return True
    return PROGRESS.index(event.kind) > PROGRESS.index(current.kind)


def _moment(event: TrackingEvent) -> tuple[datetime, int, str]:
    """Events of one moment are taken in the order a shipment passes through them."""
    return event.occurred_at, list(TrackingKind).index(event.kind), event.id

"""Where a shipment stands, from what was planned, handed over, cancelled and tracked, in whatever order that came."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from services.logistics.tracking.rules import ShipmentStatus, TrackingEvent, TrackingKind, track
from shared.kernel.money import ZERO


@dataclass(frozen=True)
class LineState:
    """A shipment line: how much was planned, how much left, how much the warehouse took off, whether all rest was."""

    quantity: Decimal
    shipped: Decimal = ZERO
    withdrawn: bool = False
    taken_off: Decimal = ZERO

    @property
    def left(self) -> Decimal:
        """Planned, and not shipped."""
        return max(self.quantity - self.shipped, ZERO)

    @property
    def cancelled(self) -> Decimal:
        """What will not go any more."""
        return self.left if self.withdrawn else min(self.taken_off, self.left)

    @property
    def open(self) -> Decimal:
        """What is still to go."""
        return self.left - self.cancelled


@dataclass(frozen=True)
class Told:
    """A tracking event, and the one consignment it is about (None: the whole shipment)."""

    event: TrackingEvent
    consignment: str | None = None


@dataclass(frozen=True)
class Standing:
    """A shipment's status, and when it was delivered, if it was."""

    status: str
    delivered_at: datetime | None = None


def standing(
    lines: Sequence[LineState], told: Sequence[Told], *, planned: bool, handed_over: Collection[str], complete: bool
) -> Standing:
    """Where a shipment stands. `handed_over` are its consignments heard of, `complete` says one of them is the last.

    It is delivered when the carrier says so of the whole, or of every consignment once nothing is open; the last
    consignment may be heard of before the others.
    """
    nothing_open = not any(line.open for line in lines)
    delivered_at = _delivered_at(told, handed_over if nothing_open else ())
    if delivered_at:
        return Standing("delivered", delivered_at)
    if any(each.event.kind is TrackingKind.DELIVERED for each in told):
        return Standing("partly_delivered")
    moving = track(each.event for each in told).status
    if moving is not ShipmentStatus.PLANNED:
        return Standing(moving.value)
    if any(line.shipped for line in lines):
        return Standing("shipped" if complete or nothing_open else "partly_shipped")
    if nothing_open:
        return Standing("cancelled")
    return Standing("planned" if planned else "unplanned")


def _delivered_at(told: Sequence[Told], consignments: Collection[str]) -> datetime | None:
    """When the whole was delivered: as the carrier says, or with the last of these consignments."""
    whole = _earliest(told, None)
    if whole:
        return whole
    each = [_earliest(told, consignment) for consignment in consignments]
    known = [moment for moment in each if moment]
    return max(known) if known and len(known) == len(each) else None


def _earliest(told: Sequence[Told], consignment: str | None) -> datetime | None:
    moments = [
        each.event.occurred_at
        for each in told
        if each.event.kind is TrackingKind.DELIVERED and each.consignment == consignment
    ]
    return min(moments, default=None)

"""What carriers tell, and the incidents that come of it."""

from collections.abc import Sequence
from datetime import date

from sqlalchemy import Index, UniqueConstraint

from services.logistics.base import Base
from services.logistics.tracking.rules import TrackingEvent, TrackingKind
from services.logistics.tracking.standing import Told
from shared.storage.rows import CompanyRow, Mapped, column
from shared.storage.types import Id, Key, Moment, ShortText


class TrackingRow(CompanyRow, Base):
    """Something a carrier told of a shipment, once."""

    __tablename__ = "tracking_events"
    __table_args__ = (UniqueConstraint("company", "shipment_id", "carrier_event_id"),)

    id: Mapped[Id] = column(primary_key=True)
    shipment_id: Mapped[Id]
    order_id: Mapped[Id]
    carrier_event_id: Mapped[Key]
    kind: Mapped[Key]
    occurred_at: Mapped[Moment]
    handover_id: Mapped[Id | None] = column(default=None)
    expected_on: Mapped[date | None] = column(default=None)
    place: Mapped[ShortText | None] = column(default=None)
    note: Mapped[ShortText | None] = column(default=None)
    recorded_at: Mapped[Moment]

    @property
    def told(self) -> Told:
        """The event, for the rules."""
        return Told(TrackingEvent(self.carrier_event_id, TrackingKind(self.kind), self.occurred_at), self.handover_id)


class Incident(CompanyRow, Base):
    """Something that went wrong under way, with who looks after it."""

    __tablename__ = "incidents"
    __table_args__ = (
        UniqueConstraint("company", "tracking_id"),
        Index(None, "company", "shipment_id"),
        Index(None, "company", "status"),
    )

    id: Mapped[Id] = column(primary_key=True)
    shipment_id: Mapped[Id]
    order_id: Mapped[Id]
    carrier_id: Mapped[Id | None]
    tracking_id: Mapped[Id]
    kind: Mapped[Key]
    occurred_at: Mapped[Moment]
    note: Mapped[ShortText]
    owner: Mapped[ShortText]
    status: Mapped[Key] = column(default="open")
    resolution: Mapped[ShortText | None] = column(default=None)
    resolved_on: Mapped[date | None] = column(default=None)
    resolved_by: Mapped[Key | None] = column(default=None)


def latest_expectation(rows: Sequence[TrackingRow]) -> date | None:
    """The newest date a carrier gave, by when things happened."""
    dated = [(row.occurred_at, row.carrier_event_id, row.expected_on) for row in rows if row.expected_on]
    return max(dated)[2] if dated else None

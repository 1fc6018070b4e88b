"""Shipments, their lines, what carriers got of them, and what customers cancelled."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import JSON, Index, String, UniqueConstraint

from services.logistics.base import Base
from services.logistics.tracking.standing import LineState
from services.logistics.tracking.tables import TrackingRow
from shared.storage.rows import CompanyRow, Mapped, Related, VersionedRow, column
from shared.storage.types import Amount, Id, Json, Key, Moment, Quantity, ShortText


class PlanningGate(CompanyRow, Base):
    """One row per company, locked by who finds no carrier and by who adds a rate, so that neither misses the other."""

    __tablename__ = "planning_gates"

    company: Mapped[str] = column(String(16), init=False, default="", primary_key=True)


class ShippedOrder(CompanyRow, Base):
    """A sales order: which of its lines are cancelled, known maybe before its deliveries. Guards its shipments."""

    __tablename__ = "orders"

    id: Mapped[Id] = column(primary_key=True)
    cancelled: Mapped[bool]
    cancelled_lines: Mapped[list[int]] = column(JSON)

    def lets(self, line: int) -> bool:
        """Whether this line may still be shipped."""
        return not self.cancelled and line not in self.cancelled_lines


class ShipmentLine(CompanyRow, Base):
    """A quantity of an order line in a shipment, with its weight and volume.

    `withdrawn`: no more of it is to go. `taken_off`: how much less than `quantity` is on the warehouse's pick list.
    """

    __tablename__ = "shipment_lines"

    shipment_id: Mapped[Id] = column(primary_key=True)
    line: Mapped[int] = column(primary_key=True)
    item_id: Mapped[Id]
    quantity: Mapped[Quantity]
    weight: Mapped[Quantity]
    volume: Mapped[Quantity]
    shipped: Mapped[Quantity] = column(default=Decimal(0))
    withdrawn: Mapped[bool] = column(default=False)
    taken_off: Mapped[Quantity] = column(default=Decimal(0))

    @property
    def state(self) -> LineState:
        """The line's quantities, for the rules."""
        return LineState(self.quantity, self.shipped, self.withdrawn, self.taken_off)


class HandOver(CompanyRow, Base):
    """What a carrier got of a shipment at once."""

    __tablename__ = "hand_overs"
    __table_args__ = (Index(None, "company", "shipment_id"),)

    id: Mapped[Id] = column(primary_key=True)
    shipment_id: Mapped[Id]
    shipped_on: Mapped[date]
    lines: Mapped[list[dict[str, Any]]] = column(JSON)


class Shipment(VersionedRow, Base):
    """A shipment; `changed_at` moves, and with it the version, whenever a line or its tracking does.

    Its lock guards its lines, hand-overs and tracking.
    """

    __tablename__ = "shipments"
    __table_args__ = (
        UniqueConstraint("company", "delivery_id"),
        UniqueConstraint("company", "number"),
        Index(None, "company", "order_id"),
        Index(None, "company", "status"),
    )

    id: Mapped[Id] = column(primary_key=True)
    number: Mapped[Key]
    status: Mapped[Key] = column(default="unplanned")
    delivery_id: Mapped[Id]
    order_id: Mapped[Id]
    order_number: Mapped[Key]
    customer_id: Mapped[Id]
    warehouse_id: Mapped[Id]
    ship_to: Mapped[Json]
    requested_on: Mapped[date]
    promised_on: Mapped[date]
    weight: Mapped[Quantity] = column(default=Decimal(0))
    volume: Mapped[Quantity] = column(default=Decimal(0))
    carrier_id: Mapped[Id | None] = column(default=None)
    rate_card_id: Mapped[Id | None] = column(default=None)
    mode: Mapped[Key | None] = column(default=None)
    reason: Mapped[ShortText | None] = column(default=None)
    chargeable_weight: Mapped[Quantity | None] = column(default=None)
    charge: Mapped[Amount | None] = column(default=None)
    transit_days: Mapped[int | None] = column(default=None)
    expected_on: Mapped[date | None] = column(default=None)
    late: Mapped[bool] = column(default=False)
    complete: Mapped[bool] = column(default=False)
    delivered_on: Mapped[date | None] = column(default=None)
    changed_at: Mapped[Moment]

    lines = Related(ShipmentLine, by="shipment_id", order="line")
    hand_overs = Related(HandOver, by="shipment_id", order="id")
    tracked = Related(TrackingRow, by="shipment_id", order="id")

    def touch(self, now: datetime) -> None:
        """Have the version grow though only what belongs to it changed."""
        self.changed_at = now

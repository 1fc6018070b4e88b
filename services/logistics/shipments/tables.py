"""Shipments, their lines, what carriers got of them, and what customers cancelled."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import JSON, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from services.logistics.base import Base
from services.logistics.tracking.standing import LineState
from shared.storage.rows import CompanyRow, VersionedRow
from shared.storage.types import Amount, Id, Json, Key, Moment, Quantity, ShortText


class PlanningGate(CompanyRow, Base, kw_only=True):
    """One row per company, locked by who finds no carrier and by who adds a rate, so that neither misses the other."""

    __tablename__ = "planning_gates"

    company: Mapped[str] = mapped_column(String(16), init=False, default="", primary_key=True)


class ShippedOrder(CompanyRow, Base, kw_only=True):
    """A sales order: which of its lines are cancelled, known maybe before its deliveries. Guards its shipments."""

    __tablename__ = "orders"

    id: Mapped[Id] = mapped_column(primary_key=True)
    cancelled: Mapped[bool]
    cancelled_lines: Mapped[list[int]] = mapped_column(JSON)

    def lets(self, line: int) -> bool:
        """Whether this line may still be shipped."""
        return not self.cancelled and line not in self.cancelled_lines


class Shipment(VersionedRow, Base, kw_only=True):
    """A shipment; `changed_at` moves, and with it the version, whenever a line or its tracking does."""

    __tablename__ = "shipments"
    __table_args__ = (
        UniqueConstraint("company", "delivery_id"),
        UniqueConstraint("company", "number"),
        Index(None, "company", "order_id"),
        Index(None, "company", "status"),
    )

    id: Mapped[Id] = mapped_column(primary_key=True)
    number: Mapped[Key]
    status: Mapped[Key] = mapped_column(default="unplanned")
    delivery_id: Mapped[Id]
    order_id: Mapped[Id]
    order_number: Mapped[Key]
    customer_id: Mapped[Id]
    warehouse_id: Mapped[Id]
    ship_to: Mapped[Json]
    requested_on: Mapped[date]
    promised_on: Mapped[date]
    weight: Mapped[Quantity] = mapped_column(default=Decimal(0))
    volume: Mapped[Quantity] = mapped_column(default=Decimal(0))
    carrier_id: Mapped[Id | None] = mapped_column(default=None)
    rate_card_id: Mapped[Id | None] = mapped_column(default=None)
    mode: Mapped[Key | None] = mapped_column(default=None)
    reason: Mapped[ShortText | None] = mapped_column(default=None)
    chargeable_weight: Mapped[Quantity | None] = mapped_column(default=None)
    charge: Mapped[Amount | None] = mapped_column(default=None)
    transit_days: Mapped[int | None] = mapped_column(default=None)
    expected_on: Mapped[date | None] = mapped_column(default=None)
    late: Mapped[bool] = mapped_column(default=False)
    complete: Mapped[bool] = mapped_column(default=False)
    delivered_on: Mapped[date | None] = mapped_column(default=None)
    changed_at: Mapped[Moment]

    def touch(self, now: datetime) -> None:
        """Have the version grow though only what belongs to it changed."""
        self.changed_at = now


class ShipmentLine(CompanyRow, Base, kw_only=True):
    """A quantity of an order line in a shipment, with its weight and volume.

    `withdrawn`: no more of it is to go. `taken_off`: how much less than `quantity` is on the warehouse's pick list.
    """

    __tablename__ = "shipment_lines"

    shipment_id: Mapped[Id] = mapped_column(primary_key=True)
    line: Mapped[int] = mapped_column(primary_key=True)
    item_id: Mapped[Id]
    quantity: Mapped[Quantity]
    weight: Mapped[Quantity]
    volume: Mapped[Quantity]
    shipped: Mapped[Quantity] = mapped_column(default=Decimal(0))
    withdrawn: Mapped[bool] = mapped_column(default=False)
    taken_off: Mapped[Quantity] = mapped_column(default=Decimal(0))

    @property
    def state(self) -> LineState:
        """The line's quantities, for the rules."""
        return LineState(self.quantity, self.shipped, self.withdrawn, self.taken_off)


class HandOver(CompanyRow, Base, kw_only=True):
    """What a carrier got of a shipment at once."""

    __tablename__ = "hand_overs"
    __table_args__ = (Index(None, "company", "shipment_id"),)

    id: Mapped[Id] = mapped_column(primary_key=True)
    shipment_id: Mapped[Id]
    shipped_on: Mapped[date]
    lines: Mapped[list[dict[str, Any]]] = mapped_column(JSON)

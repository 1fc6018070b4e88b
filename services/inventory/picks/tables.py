"""Pick lists, and what was handed over by them."""

from datetime import date
from decimal import Decimal

from sqlalchemy import CheckConstraint, Index, String, UniqueConstraint

from services.inventory.base import Base
from shared.contracts.inventory import PickStatus
from shared.storage.rows import CompanyRow, Mapped, column
from shared.storage.types import Amount, Day, Id, Key, Quantity


class Pick(CompanyRow, Base):
    """The pick list of a shipment, whose id it has; guarded by its order's lock."""

    __tablename__ = "picks"
    __table_args__ = (Index("ix_picks_order", "company", "order_id"), Index("ix_picks_status", "company", "status"))

    id: Mapped[Id] = column(primary_key=True)
    shipment_number: Mapped[Key]
    delivery_id: Mapped[Id]
    order_id: Mapped[Id]
    order_number: Mapped[Key]
    warehouse_id: Mapped[Id]
    carrier_id: Mapped[Id]
    expected_on: Mapped[date] = column(Day)
    status: Mapped[PickStatus] = column(String(64))


class PickLine(CompanyRow, Base):
    """What is to be picked of an order line: `planned` at first, `quantity` after cancellations and over-shipment."""

    __tablename__ = "pick_lines"
    __table_args__ = (
        UniqueConstraint("company", "pick_id", "line"),
        Index("ix_pick_lines_order", "company", "order_id"),
        CheckConstraint("handed_over <= picked AND picked <= quantity", name="picked_before_it_leaves"),
    )

    id: Mapped[Id] = column(primary_key=True)
    pick_id: Mapped[Id]
    order_id: Mapped[Id]
    line: Mapped[int]
    item_id: Mapped[Id]
    planned: Mapped[Quantity]
    quantity: Mapped[Quantity]
    picked: Mapped[Quantity]
    handed_over: Mapped[Quantity]

    @property
    def open(self) -> Decimal:
        """Still to leave by this pick."""
        return self.quantity - self.handed_over


class HandoverLine(CompanyRow, Base):
    """What left of an order line in one hand-over, at cost: written once."""

    __tablename__ = "handover_lines"
    __table_args__ = (
        Index("ix_handover_lines_handover", "company", "handover_id"),
        Index("ix_handover_lines_order", "company", "order_id"),
    )

    id: Mapped[Id] = column(primary_key=True)
    handover_id: Mapped[Id]
    pick_id: Mapped[Id]
    order_id: Mapped[Id]
    order_line: Mapped[int]
    item_id: Mapped[Id]
    warehouse_id: Mapped[Id]
    handed_over_on: Mapped[date] = column(Day)
    quantity: Mapped[Quantity]
    cost: Mapped[Amount]

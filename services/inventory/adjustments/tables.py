"""Stock adjustments."""

from datetime import date

from sqlalchemy import String, UniqueConstraint

from services.inventory.base import Base
from shared.contracts.inventory import AdjustmentReason
from shared.storage.rows import CompanyRow, Mapped, column
from shared.storage.types import Amount, Day, Id, Key, Quantity


class Adjustment(CompanyRow, Base):
    """Stock that was found different from the books, or written off: written once."""

    __tablename__ = "adjustments"
    __table_args__ = (UniqueConstraint("company", "number"),)

    id: Mapped[Id] = column(primary_key=True)
    number: Mapped[Key]
    warehouse_id: Mapped[Id]
    reason: Mapped[AdjustmentReason] = column(String(64))
    adjusted_on: Mapped[date] = column(Day)


class AdjustmentLine(CompanyRow, Base):
    """An item of an adjustment; quantity and value are below zero where stock left: written once."""

    __tablename__ = "adjustment_lines"
    __table_args__ = (UniqueConstraint("company", "adjustment_id", "line"),)

    id: Mapped[Id] = column(primary_key=True)
    adjustment_id: Mapped[Id]
    line: Mapped[int]
    item_id: Mapped[Id]
    quantity: Mapped[Quantity]
    value: Mapped[Amount]

"""Minimum and maximum stock."""

from sqlalchemy import UniqueConstraint

from services.inventory.base import Base
from shared.storage.rows import CompanyRow, Mapped, column
from shared.storage.types import Id, Quantity


class StockLimit(CompanyRow, Base):
    """Between which quantities an item is kept in a warehouse; `low` from the alert until it recovers.

    Guarded by the level of the item in the warehouse.
    """

    __tablename__ = "stock_limits"
    __table_args__ = (UniqueConstraint("company", "item_id", "warehouse_id"),)

    id: Mapped[Id] = column(primary_key=True)
    item_id: Mapped[Id]
    warehouse_id: Mapped[Id]
    minimum: Mapped[Quantity]
    maximum: Mapped[Quantity]
    low: Mapped[bool]

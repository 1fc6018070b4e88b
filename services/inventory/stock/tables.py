"""How much is where, and the ledger that says why."""

from datetime import date
from decimal import Decimal

from sqlalchemy import CheckConstraint, Index, String, UniqueConstraint

from services.inventory.base import Base
from shared.contracts.inventory import StockDocument, StockStatus
from shared.storage.rows import CompanyRow, Mapped, column
from shared.storage.types import Amount, Day, Id, Key, Moment, Position, Quantity


class StockLevel(CompanyRow, Base):
    """An item in a warehouse: what may be promised. The row whose lock guards all else about the two.

    `on_hand` is what is available or reserved, without what awaits inspection or is under way.
    """

    __tablename__ = "stock_levels"
    __table_args__ = (
        UniqueConstraint("company", "item_id", "warehouse_id"),
        CheckConstraint("reserved >= 0 AND reserved <= on_hand", name="reserved_is_on_hand"),
        CheckConstraint("backordered >= 0", name="backordered_not_below_zero"),
        CheckConstraint("inbound >= 0", name="inbound_not_below_zero"),
    )

    id: Mapped[Id] = column(primary_key=True)
    item_id: Mapped[Id]
    warehouse_id: Mapped[Id]
    on_hand: Mapped[Quantity]
    reserved: Mapped[Quantity]
    backordered: Mapped[Quantity]
    inbound: Mapped[Quantity]

    @property
    def free(self) -> Decimal:
        """On hand and promised to no one."""
        return self.on_hand - self.reserved

    @property
    def coming(self) -> Decimal:
        """What there will be once all that is ordered came in and all who wait are served; may be below zero."""
        return self.free - self.backordered + self.inbound


class StockBalance(CompanyRow, Base):
    """Stock by its full key."""

    __tablename__ = "stock_balances"
    __table_args__ = (
        UniqueConstraint("company", "item_id", "lot", "warehouse_id", "bin", "status", "owner"),
        CheckConstraint("quantity >= 0", name="not_below_zero"),
    )

    id: Mapped[Id] = column(primary_key=True)
    item_id: Mapped[Id]
    lot: Mapped[Key]
    warehouse_id: Mapped[Id]
    bin: Mapped[Key]
    status: Mapped[StockStatus] = column(String(64))
    owner: Mapped[Key]
    quantity: Mapped[Quantity]


class StockMove(CompanyRow, Base):
    """A line of the stock ledger: appended, never changed. `id` is its place in the order of recording."""

    __tablename__ = "stock_moves"
    __table_args__ = (
        Index("ix_stock_moves_item", "company", "item_id", "id"),
        Index("ix_stock_moves_document", "company", "document_id"),
    )

    id: Mapped[int] = column(Position, primary_key=True, autoincrement=True, init=False)
    document: Mapped[StockDocument] = column(String(64))
    document_id: Mapped[Id]
    line: Mapped[int]
    item_id: Mapped[Id]
    lot: Mapped[Key]
    warehouse_id: Mapped[Id]
    bin: Mapped[Key]
    status: Mapped[StockStatus] = column(String(64))
    owner: Mapped[Key]
    quantity: Mapped[Quantity]
    value: Mapped[Amount]
    effective_on: Mapped[date] = column(Day)
    recorded_at: Mapped[Moment]

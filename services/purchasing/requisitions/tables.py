"""Requisitions, and the sales orders some of them come from."""

from datetime import date
from decimal import Decimal

from sqlalchemy import Index, UniqueConstraint, text

from services.purchasing.base import Base
from shared.storage.rows import CompanyRow, Mapped, Related, column
from shared.storage.types import Id, Key, Quantity, ShortText

_WAITING_LOW = text("status = 'open' AND source = 'stock_low'")


class Requisition(CompanyRow, Base):
    """A wish to buy; `sequence` is that of the stock alert it was last raised by."""

    __tablename__ = "requisitions"
    __table_args__ = (
        UniqueConstraint("company", "number"),
        UniqueConstraint("company", "source_id", "source_line"),
        Index(
            "uq_requisitions_low", "company", "item_id", "warehouse_id",
            unique=True, postgresql_where=_WAITING_LOW, sqlite_where=_WAITING_LOW,
        ),
        Index(None, "company", "item_id"),
        Index(None, "company", "status"),
        Index(None, "company", "order_id"),
    )  # fmt: skip

    id: Mapped[Id] = column(primary_key=True)
    number: Mapped[Key]
    status: Mapped[Key] = column(default="open")
    source: Mapped[Key]
    source_id: Mapped[Id | None] = column(default=None)
    source_line: Mapped[int | None] = column(default=None)
    item_id: Mapped[Id]
    warehouse_id: Mapped[Id]
    quantity: Mapped[Quantity]
    needed_on: Mapped[date | None] = column(default=None)
    requested_on: Mapped[date]
    requested_by: Mapped[Key]
    note: Mapped[ShortText | None] = column(default=None)
    order_id: Mapped[Id | None] = column(default=None)
    sequence: Mapped[int] = column(default=0)


class BuyToOrderLine(CompanyRow, Base):
    """A sales order line that is bought when it is sold (以销定购); `cancelled` is not wanted any more."""

    __tablename__ = "buy_to_order_lines"

    order_id: Mapped[Id] = column(primary_key=True)
    line: Mapped[int] = column(primary_key=True)
    item_id: Mapped[Id]
    warehouse_id: Mapped[Id]
    quantity: Mapped[Quantity]
    cancelled: Mapped[Quantity] = column(default=Decimal(0))

    @property
    def wanted(self) -> Decimal:
        """What is still to be bought for the customer."""
        return self.quantity - self.cancelled


class SalesOrder(CompanyRow, Base):
    """A sales order as placed, and whether it is confirmed."""

    __tablename__ = "sales_orders"

    id: Mapped[Id] = column(primary_key=True)
    number: Mapped[Key]
    promised_on: Mapped[date]
    confirmed: Mapped[bool] = column(default=False)

    bought = Related(BuyToOrderLine, by="order_id", order="line")

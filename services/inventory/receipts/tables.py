"""Purchase orders as the warehouse expects them, and receipts against them."""

from datetime import date

from sqlalchemy import CheckConstraint, Index, String, UniqueConstraint

from services.inventory.base import Base
from services.inventory.receipts.rules import ExpectedLine
from shared.contracts.inventory import InboundStatus, ReceiptStatus
from shared.storage.rows import CompanyRow, Mapped, column
from shared.storage.types import Amount, Day, Id, Key, Quantity, Rate


class Inbound(CompanyRow, Base):
    """A purchase order, whose id it has; its lock guards its lines and its receipts."""

    __tablename__ = "inbound"
    __table_args__ = (Index("ix_inbound_status", "company", "status"),)

    id: Mapped[Id] = column(primary_key=True)
    number: Mapped[Key]
    supplier_id: Mapped[Id]
    warehouse_id: Mapped[Id]
    approved_on: Mapped[date] = column(Day)
    expected_on: Mapped[date] = column(Day)
    status: Mapped[InboundStatus] = column(String(64))


class InboundLine(CompanyRow, Base):
    """A purchase line: what is expected, what was accepted of it, and what that was worth."""

    __tablename__ = "inbound_lines"
    __table_args__ = (
        UniqueConstraint("company", "purchase_order_id", "line"),
        CheckConstraint("received >= 0 AND cancelled >= 0 AND received_value >= 0", name="not_below_zero"),
    )

    id: Mapped[Id] = column(primary_key=True)
    purchase_order_id: Mapped[Id]
    line: Mapped[int]
    item_id: Mapped[Id]
    ordered: Mapped[Quantity]
    received: Mapped[Quantity]
    cancelled: Mapped[Quantity]
    over_tolerance: Mapped[Rate]
    under_tolerance: Mapped[Rate]
    base_net: Mapped[Amount]
    received_value: Mapped[Amount]

    @property
    def expected(self) -> ExpectedLine:
        """As the rules want it."""
        return ExpectedLine(
            str(self.line),
            self.ordered,
            self.received,
            self.cancelled,
            self.over_tolerance * 100,
            self.under_tolerance * 100,
        )


class Receipt(CompanyRow, Base):
    """Goods that came in against a purchase order."""

    __tablename__ = "receipts"
    __table_args__ = (UniqueConstraint("company", "number"), Index("ix_receipts_order", "company", "purchase_order_id"))

    id: Mapped[Id] = column(primary_key=True)
    number: Mapped[Key]
    purchase_order_id: Mapped[Id]
    supplier_id: Mapped[Id]
    warehouse_id: Mapped[Id]
    received_on: Mapped[date] = column(Day)
    status: Mapped[ReceiptStatus] = column(String(64))
    cancelled_on: Mapped[date | None] = column(Day, default=None)


class ReceiptLine(CompanyRow, Base):
    """What arrived of a purchase line: written once."""

    __tablename__ = "receipt_lines"
    __table_args__ = (UniqueConstraint("company", "receipt_id", "line"),)

    id: Mapped[Id] = column(primary_key=True)
    receipt_id: Mapped[Id]
    line: Mapped[int]
    item_id: Mapped[Id]
    accepted: Mapped[Quantity]
    rejected: Mapped[Quantity]
    value: Mapped[Amount]

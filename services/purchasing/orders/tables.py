"""Purchase orders, their lines, and the suppliers' invoices for them."""

from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import Index, UniqueConstraint

from services.purchasing.base import Base
from services.purchasing.orders.rules import Decisions, LineState
from shared.storage.rows import CompanyRow, Mapped, VersionedRow, column
from shared.storage.types import (
    Amount,
    Currency,
    ExchangeRate,
    Id,
    Json,
    Key,
    Moment,
    Price,
    Quantity,
    Rate,
    ShortText,
)


class PurchaseOrder(VersionedRow, Base):
    """A purchase order. `changed_at` moves, and with it the version, whenever a line does."""

    __tablename__ = "purchase_orders"
    __table_args__ = (
        UniqueConstraint("company", "number"),
        Index(None, "company", "status", "due_on"),
        Index(None, "company", "supplier_id"),
    )

    id: Mapped[Id] = column(primary_key=True)
    number: Mapped[Key]
    status: Mapped[Key]
    supplier_id: Mapped[Id]
    warehouse_id: Mapped[Id]
    currency: Mapped[Currency]
    exchange_rate: Mapped[ExchangeRate] = column(default=Decimal(1))
    terms: Mapped[Json]
    note: Mapped[ShortText | None]
    order_on: Mapped[date]
    expected_on: Mapped[date]
    due_on: Mapped[date]
    promised_on: Mapped[date | None] = column(default=None)
    net: Mapped[Amount] = column(default=Decimal(0))
    base_net: Mapped[Amount] = column(default=Decimal(0))
    made_by: Mapped[Key]
    changed_by: Mapped[Key | None] = column(default=None)
    submitted_by: Mapped[Key | None] = column(default=None)
    approved_by: Mapped[Key | None] = column(default=None)
    approved_on: Mapped[date | None] = column(default=None)
    sent_on: Mapped[date | None] = column(default=None)
    acknowledged_on: Mapped[date | None] = column(default=None)
    reason: Mapped[ShortText | None] = column(default=None)
    closing_on: Mapped[date | None] = column(default=None)
    closed_on: Mapped[date | None] = column(default=None)
    outcome: Mapped[Key | None] = column(default=None)
    changed_at: Mapped[Moment]

    @property
    def decisions(self) -> Decisions:
        """What people decided about the order so far."""
        return Decisions(
            submitted=self.submitted_by is not None,
            approved=self.approved_on is not None,
            closing=self.closing_on is not None,
            closed=self.outcome == "closed",
            cancelled=self.outcome == "cancelled",
        )

    def touch(self, now: datetime) -> None:
        """Have the version grow though only lines changed."""
        self.changed_at = now


class OrderLine(CompanyRow, Base):
    """A purchase line: what was agreed, and what became of it in base units."""

    __tablename__ = "purchase_order_lines"
    __table_args__ = (UniqueConstraint("company", "order_id", "line"), Index(None, "company", "item_id"))

    id: Mapped[Id] = column(primary_key=True)
    order_id: Mapped[Id]
    line: Mapped[int]
    item_id: Mapped[Id]
    unit: Mapped[Key]
    unit_quantity: Mapped[Quantity]
    unit_price: Mapped[Price]
    quantity: Mapped[Quantity]
    price: Mapped[Price]
    net: Mapped[Amount]
    base_net: Mapped[Amount]
    tax_code: Mapped[Key]
    tax_rate: Mapped[Rate]
    over_tolerance: Mapped[Rate]
    under_tolerance: Mapped[Rate]
    expected_on: Mapped[date]
    received: Mapped[Quantity] = column(default=Decimal(0))
    rejected: Mapped[Quantity] = column(default=Decimal(0))
    invoiced: Mapped[Quantity] = column(default=Decimal(0))
    cancelled: Mapped[Quantity] = column(default=Decimal(0))

    @property
    def state(self) -> LineState:
        """The line's quantities, for the rules."""
        return LineState(
            ordered=self.quantity,
            received=self.received,
            rejected=self.rejected,
            invoiced=self.invoiced,
            cancelled=self.cancelled,
            under=self.under_tolerance,
        )


class SupplierInvoice(CompanyRow, Base):
    """A supplier's invoice for an order, as finance tells of it, in either order of its facts."""

    __tablename__ = "supplier_invoices"
    __table_args__ = (Index(None, "company", "order_id"),)

    id: Mapped[Id] = column(primary_key=True)
    order_id: Mapped[Id]
    supplier_number: Mapped[ShortText | None] = column(default=None)
    posted_on: Mapped[date | None] = column(default=None)
    settled_on: Mapped[date | None] = column(default=None)

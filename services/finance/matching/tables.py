"""Finance's copy of purchase orders, and suppliers' invoices."""

from datetime import date
from decimal import Decimal
from typing import Annotated, Literal

from sqlalchemy import CheckConstraint, Index, String, UniqueConstraint, text

from services.finance.base import Base
from shared.storage.rows import CompanyRow, Mapped, column
from shared.storage.types import Amount, Currency, ExchangeRate, Id, Json, Key, Price, Quantity, Rate, ShortText, Whole

InvoiceStatus = Annotated[Literal["exception", "posted", "settled", "rejected"], String(16)]


class PurchaseOrder(CompanyRow, Base):
    """A purchase order as approved."""

    __tablename__ = "purchase_orders"
    __table_args__ = (Index(None, "company", "supplier_id"),)

    id: Mapped[Id] = column(primary_key=True)
    number: Mapped[Key]
    supplier_id: Mapped[Id]
    approved_on: Mapped[date]
    currency: Mapped[Currency]
    exchange_rate: Mapped[ExchangeRate]
    terms: Mapped[Json]


class PurchaseLine(CompanyRow, Base):
    """A purchase line: what was received and its accrual (暂估), what was invoiced and released of the accrual.

    `received_value` and `released` are in base currency, the other amounts in the order's.
    """

    __tablename__ = "purchase_lines"
    __table_args__ = (
        UniqueConstraint("company", "purchase_order_id", "line"),
        CheckConstraint("invoiced >= 0", name="invoiced_natural"),
    )

    id: Mapped[Id] = column(primary_key=True)
    purchase_order_id: Mapped[Id]
    line: Mapped[Whole]
    item_id: Mapped[Id]
    quantity: Mapped[Quantity]
    price: Mapped[Price]
    net: Mapped[Amount]
    tax_rate: Mapped[Rate]
    received: Mapped[Quantity]
    received_value: Mapped[Amount]
    invoiced: Mapped[Quantity]
    invoiced_net: Mapped[Amount]
    released: Mapped[Amount]

    @property
    def accrued(self) -> Decimal:
        """What of the accrual is not released yet."""
        return self.received_value - self.released


class SupplierInvoice(CompanyRow, Base):
    """A supplier's invoice: an exception until someone decides or the goods come, posted, or rejected.

    A rejected one leaves its number free for the corrected invoice.
    """

    __tablename__ = "supplier_invoices"
    __table_args__ = (
        UniqueConstraint("company", "number"),
        Index(
            "uq_supplier_invoices_supplier_number",
            "company",
            "supplier_id",
            "supplier_number",
            unique=True,
            postgresql_where=text("status <> 'rejected'"),
            sqlite_where=text("status <> 'rejected'"),
        ),
        Index(None, "company", "purchase_order_id", "status"),
    )

    id: Mapped[Id] = column(primary_key=True)
    number: Mapped[Key]
    supplier_id: Mapped[Id]
    supplier_number: Mapped[ShortText]
    purchase_order_id: Mapped[Id]
    purchase_order_number: Mapped[Key]
    invoiced_on: Mapped[date]
    currency: Mapped[Currency]
    exchange_rate: Mapped[ExchangeRate]
    net: Mapped[Amount]
    tax: Mapped[Amount]
    status: Mapped[InvoiceStatus]
    recorded_by: Mapped[Key]
    decided_by: Mapped[Key | None] = column(default=None)
    decided_on: Mapped[date | None] = column(default=None)
    reason: Mapped[ShortText | None] = column(default=None)
    posted_on: Mapped[date | None] = column(default=None)
    settled_on: Mapped[date | None] = column(default=None)


class SupplierInvoiceLine(CompanyRow, Base):
    """A line of a supplier's invoice; `accrual` and `variance` as posted (or as they would be); `reasons` by commas."""

    __tablename__ = "supplier_invoice_lines"

    supplier_invoice_id: Mapped[Id] = column(primary_key=True)
    line: Mapped[Whole] = column(primary_key=True)
    quantity: Mapped[Quantity]
    net: Mapped[Amount]
    tax: Mapped[Amount]
    tax_rate: Mapped[Rate]
    accrual: Mapped[Amount]
    variance: Mapped[Amount]
    reasons: Mapped[ShortText]

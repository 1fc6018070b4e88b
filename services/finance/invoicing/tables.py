"""Invoices, credit notes and their lines."""

from datetime import date

from sqlalchemy import Index, UniqueConstraint

from services.finance.base import Base
from shared.storage.rows import CompanyRow, Mapped, column
from shared.storage.types import Amount, Currency, ExchangeRate, Id, Key, Quantity, Whole


class Invoice(CompanyRow, Base):
    """An invoice for a hand-over, or for an order of services only (then without `handover_id`)."""

    __tablename__ = "invoices"
    __table_args__ = (
        UniqueConstraint("company", "number"),
        UniqueConstraint("company", "handover_id"),
        Index(None, "company", "order_id"),
        Index(None, "company", "customer_id"),
    )

    id: Mapped[Id] = column(primary_key=True)
    number: Mapped[Key]
    order_id: Mapped[Id]
    order_number: Mapped[Key]
    handover_id: Mapped[Id | None]
    customer_id: Mapped[Id]
    issued_on: Mapped[date]
    currency: Mapped[Currency]
    exchange_rate: Mapped[ExchangeRate]
    net: Mapped[Amount]
    tax: Mapped[Amount]
    settled_on: Mapped[date | None] = column(default=None)


class CreditNote(CompanyRow, Base):
    """A credit note (红字发票) for a return."""

    __tablename__ = "credit_notes"
    __table_args__ = (
        UniqueConstraint("company", "number"),
        Index(None, "company", "order_id"),
        Index(None, "company", "customer_id"),
    )

    id: Mapped[Id] = column(primary_key=True)
    number: Mapped[Key]
    return_id: Mapped[Id]
    order_id: Mapped[Id]
    order_number: Mapped[Key]
    customer_id: Mapped[Id]
    issued_on: Mapped[date]
    currency: Mapped[Currency]
    exchange_rate: Mapped[ExchangeRate]
    net: Mapped[Amount]
    tax: Mapped[Amount]


class BilledLine(CompanyRow, Base):
    """A quantity of an order line on an invoice or credit note (`document_id`)."""

    __tablename__ = "billed_lines"

    document_id: Mapped[Id] = column(primary_key=True)
    line: Mapped[Whole] = column(primary_key=True)
    item_id: Mapped[Id]
    quantity: Mapped[Quantity]
    net: Mapped[Amount]
    tax: Mapped[Amount]

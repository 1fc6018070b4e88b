"""Read copies of items, warehouses and rates."""

from datetime import date

from sqlalchemy import Index

from services.purchasing.base import Base
from shared.storage.rows import CompanyRow, Mapped, column
from shared.storage.types import Currency, ExchangeRate, Id, Json, Key, Rate


class Item(CompanyRow, Base):
    """An item as inventory tells of it; `units` gives numerator and denominator by unit."""

    __tablename__ = "items"

    id: Mapped[Id] = column(primary_key=True)
    sku: Mapped[Key]
    kind: Mapped[Key]
    base_unit: Mapped[Key]
    units: Mapped[Json]
    tax_code: Mapped[Key]
    archived: Mapped[bool]
    sequence: Mapped[int]


class Warehouse(CompanyRow, Base):
    """A warehouse as inventory tells of it."""

    __tablename__ = "warehouses"

    id: Mapped[Id] = column(primary_key=True)
    code: Mapped[Key]
    archived: Mapped[bool]
    sequence: Mapped[int]


class TaxRate(CompanyRow, Base):
    """A tax rate that holds from a day on."""

    __tablename__ = "tax_rates"
    __table_args__ = (Index(None, "company", "tax_code", "valid_from"),)

    id: Mapped[Id] = column(primary_key=True)
    tax_code: Mapped[Key]
    valid_from: Mapped[date]
    rate: Mapped[Rate]
    sequence: Mapped[int]


class CurrencyRate(CompanyRow, Base):
    """What one unit of a currency is in base currency from a day on."""

    __tablename__ = "currency_rates"
    __table_args__ = (Index(None, "company", "currency", "valid_from"),)

    id: Mapped[Id] = column(primary_key=True)
    currency: Mapped[Currency]
    valid_from: Mapped[date]
    rate: Mapped[ExchangeRate]
    sequence: Mapped[int]

"""Read copies, each as of `sequence` of its owner's facts."""

from datetime import date

from sqlalchemy import Index

from services.sales.base import Base
from shared.storage.rows import CompanyRow, Mapped, column
from shared.storage.types import Currency, ExchangeRate, Id, Json, Key, Rate, ShortText


class Item(CompanyRow, Base):
    """An item of inventory's. `units`: unit → [numerator, denominator] of base units."""

    __tablename__ = "items"

    id: Mapped[Id] = column(primary_key=True)
    sku: Mapped[Key]
    name: Mapped[ShortText]
    kind: Mapped[Key]
    base_unit: Mapped[Key]
    units: Mapped[Json]
    tax_code: Mapped[Key]
    archived: Mapped[bool]
    sequence: Mapped[int]


class Warehouse(CompanyRow, Base):
    """A warehouse of inventory's."""

    __tablename__ = "warehouses"

    id: Mapped[Id] = column(primary_key=True)
    code: Mapped[Key]
    name: Mapped[ShortText]
    archived: Mapped[bool]
    sequence: Mapped[int]


class TaxRate(CompanyRow, Base):
    """A tax rate of finance's, from a day on; `id` is made of company, code and day."""

    __tablename__ = "tax_rates"
    __table_args__ = (Index(None, "company", "tax_code"),)

    id: Mapped[Id] = column(primary_key=True)
    tax_code: Mapped[Key]
    rate: Mapped[Rate]
    valid_from: Mapped[date]
    sequence: Mapped[int]


class CurrencyRate(CompanyRow, Base):
    """An exchange rate of finance's, from a day on; `id` is made of company, currency and day."""

    __tablename__ = "currency_rates"
    __table_args__ = (Index(None, "company", "currency"),)

    id: Mapped[Id] = column(primary_key=True)
    currency: Mapped[Currency]
    rate: Mapped[ExchangeRate]
    valid_from: Mapped[date]
    sequence: Mapped[int]

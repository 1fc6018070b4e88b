"""Tax rates and exchange rates, each from a day on."""

from datetime import date

from sqlalchemy import UniqueConstraint

from services.finance.base import Base
from shared.storage.rows import CompanyRow, Mapped, column
from shared.storage.types import Currency, ExchangeRate, Id, Key, Rate


class TaxRate(CompanyRow, Base):
    """The rate of a tax code from a day on, until a later one."""

    __tablename__ = "tax_rates"
    __table_args__ = (UniqueConstraint("company", "tax_code", "valid_from"),)

    id: Mapped[Id] = column(primary_key=True)
    tax_code: Mapped[Key]
    valid_from: Mapped[date]
    rate: Mapped[Rate]


class CurrencyRate(CompanyRow, Base):
    """What one unit of a currency is worth in base currency from a day on, until a later one."""

    __tablename__ = "currency_rates"
    __table_args__ = (UniqueConstraint("company", "currency", "valid_from"),)

    id: Mapped[Id] = column(primary_key=True)
    currency: Mapped[Currency]
    valid_from: Mapped[date]
    rate: Mapped[ExchangeRate]

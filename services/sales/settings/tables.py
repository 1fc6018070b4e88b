"""The settings of sales, one row per company."""

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from services.sales.base import Base
from shared.storage.rows import CompanyRow
from shared.storage.types import Id, Key


class Settings(CompanyRow, Base, kw_only=True):
    """What orders take where they name nothing; a company that never changed them has none."""

    __tablename__ = "settings"
    __table_args__ = (UniqueConstraint("company"),)

    id: Mapped[Id] = mapped_column(primary_key=True)
    default_warehouse_id: Mapped[Id | None] = mapped_column(ForeignKey("warehouses.id"), default=None)
    tax_rounding: Mapped[Key] = mapped_column(default="line")
    prices_include_tax: Mapped[bool] = mapped_column(default=False)
    promise_days: Mapped[int] = mapped_column(default=7)
    hold_days: Mapped[int] = mapped_column(default=14)

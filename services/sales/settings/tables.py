"""The settings of sales, one row per company."""

from sqlalchemy import ForeignKey, UniqueConstraint

from services.sales.base import Base
from shared.storage.rows import CompanyRow, Mapped, column
from shared.storage.types import Id, Key


class Settings(CompanyRow, Base):
    """What orders take where they name nothing; a company that never changed them has none."""

    __tablename__ = "settings"
    __table_args__ = (UniqueConstraint("company"),)

    id: Mapped[Id] = column(primary_key=True)
    default_warehouse_id: Mapped[Id | None] = column(ForeignKey("warehouses.id"), default=None)
    tax_rounding: Mapped[Key] = column(default="line")
    prices_include_tax: Mapped[bool] = column(default=False)
    promise_days: Mapped[int] = column(default=7)
    hold_days: Mapped[int] = column(default=14)

"""One row of settings per company."""

from sqlalchemy import String

from services.purchasing.base import Base
from shared.storage.rows import CompanyRow, Mapped, column
from shared.storage.types import Amount, Key


class Settings(CompanyRow, Base):
    """How a company buys; without a row, with no limit and by each item's tax code."""

    __tablename__ = "settings"

    company: Mapped[str] = column(String(16), init=False, default="", primary_key=True)
    approval_limit: Mapped[Amount | None] = column(default=None)
    default_tax_code: Mapped[Key | None] = column(default=None)

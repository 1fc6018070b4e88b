"""One row of settings per company."""

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from services.purchasing.base import Base
from shared.storage.rows import CompanyRow
from shared.storage.types import Amount, Key


class Settings(CompanyRow, Base, kw_only=True):
    """How a company buys; without a row, with no limit and by each item's tax code."""

    __tablename__ = "settings"

    company: Mapped[str] = mapped_column(String(16), init=False, default="", primary_key=True)
    approval_limit: Mapped[Amount | None] = mapped_column(default=None)
    default_tax_code: Mapped[Key | None] = mapped_column(default=None)

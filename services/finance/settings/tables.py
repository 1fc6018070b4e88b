"""What finance decides by, one row per company."""

from datetime import date
from decimal import Decimal

from sqlalchemy.orm import Mapped, mapped_column

from services.finance.base import Base
from shared.storage.rows import VersionedRow
from shared.storage.types import Amount, Key, Rate


class Settings(VersionedRow, Base, kw_only=True):
    """A company's settings of finance, and the day up to which its books are closed.

    Whoever writes in the books takes this row's lock first (`settings.lookup.take_books`).
    """

    __tablename__ = "settings"

    code: Mapped[Key] = mapped_column(primary_key=True)
    default_credit_limit: Mapped[Amount | None] = mapped_column(default=None)
    price_tolerance: Mapped[Rate] = mapped_column(default=Decimal(0))
    quantity_tolerance: Mapped[Rate] = mapped_column(default=Decimal(0))
    closed_upto: Mapped[date | None] = mapped_column(default=None)

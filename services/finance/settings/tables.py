"""What finance decides by, one row per company."""

from datetime import date
from decimal import Decimal

from services.finance.base import Base
from shared.storage.rows import Mapped, VersionedRow, column
from shared.storage.types import Amount, Key, Rate


class Settings(VersionedRow, Base):
    """A company's settings of finance, and the day up to which its books are closed.

    Whoever writes in the books takes this row's lock first (`settings.lookup.take_books`).
    """

    __tablename__ = "settings"

    code: Mapped[Key] = column(primary_key=True)
    default_credit_limit: Mapped[Amount | None] = column(default=None)
    price_tolerance: Mapped[Rate] = column(default=Decimal(0))
    quantity_tolerance: Mapped[Rate] = column(default=Decimal(0))
    closed_upto: Mapped[date | None] = column(default=None)

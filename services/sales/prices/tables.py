"""The price list."""

from datetime import date

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint

from services.sales.base import Base
from shared.storage.rows import Mapped, VersionedRow, column
from shared.storage.types import Currency, Id, Key, Price, Quantity, ShortText


class PriceRow(VersionedRow, Base):
    """A price per base unit for an audience; withdrawn, never deleted.

    `audience` says in one text whom it is for (`customer …`, `tier …`, `all`), so that one row stands for each.
    """

    __tablename__ = "prices"
    __table_args__ = (
        UniqueConstraint("company", "item_id", "currency", "audience", "min_quantity", "valid_from"),
        CheckConstraint("price >= 0", "price_not_negative"),
    )

    id: Mapped[Id] = column(primary_key=True)
    item_id: Mapped[Id]
    currency: Mapped[Currency]
    audience: Mapped[ShortText]
    tier: Mapped[Key | None]
    customer_id: Mapped[Id | None] = column(ForeignKey("customers.id"))
    min_quantity: Mapped[Quantity]
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]
    price: Mapped[Price]
    withdrawn: Mapped[bool] = column(default=False)

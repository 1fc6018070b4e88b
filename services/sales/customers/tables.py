"""Customers as sales keeps them."""

from sqlalchemy import UniqueConstraint

from services.sales.base import Base
from shared.storage.rows import Mapped, VersionedRow, column
from shared.storage.types import Currency, Id, Json, Key, ShortText


class Customer(VersionedRow, Base):
    """A customer; archived, never deleted."""

    __tablename__ = "customers"
    __table_args__ = (UniqueConstraint("company", "code"),)

    id: Mapped[Id] = column(primary_key=True)
    code: Mapped[Key]
    name: Mapped[ShortText]
    tier: Mapped[Key]
    currency: Mapped[Currency]
    country: Mapped[ShortText]
    address: Mapped[Json | None]
    tax_id: Mapped[Key | None]
    terms: Mapped[Json]
    archived: Mapped[bool] = column(default=False)

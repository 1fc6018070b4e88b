"""Suppliers as purchasing keeps them."""

from typing import Any

from sqlalchemy import JSON, UniqueConstraint

from services.purchasing.base import Base
from shared.storage.rows import Mapped, VersionedRow, column
from shared.storage.types import Currency, Id, Json, Key, ShortText


class Supplier(VersionedRow, Base):
    """A supplier; archived, never deleted. `reason` is why it is suspended or blocked."""

    __tablename__ = "suppliers"
    __table_args__ = (UniqueConstraint("company", "code"),)

    id: Mapped[Id] = column(primary_key=True)
    code: Mapped[Key]
    name: Mapped[ShortText]
    currency: Mapped[Currency]
    terms: Mapped[Json]
    contacts: Mapped[list[dict[str, Any]]] = column(JSON)
    certificates: Mapped[list[dict[str, Any]]] = column(JSON)
    state: Mapped[Key] = column(default="prospect")
    reason: Mapped[ShortText | None] = column(default=None)

"""Suppliers as purchasing keeps them."""

from typing import Any

from sqlalchemy import JSON, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from services.purchasing.base import Base
from shared.storage.rows import VersionedRow
from shared.storage.types import Currency, Id, Json, Key, ShortText


class Supplier(VersionedRow, Base, kw_only=True):
    """A supplier; archived, never deleted. `reason` is why it is suspended or blocked."""

    __tablename__ = "suppliers"
    __table_args__ = (UniqueConstraint("company", "code"),)

    id: Mapped[Id] = mapped_column(primary_key=True)
    code: Mapped[Key]
    name: Mapped[ShortText]
    currency: Mapped[Currency]
    terms: Mapped[Json]
    contacts: Mapped[list[dict[str, Any]]] = mapped_column(JSON)
    certificates: Mapped[list[dict[str, Any]]] = mapped_column(JSON)
    state: Mapped[Key] = mapped_column(default="prospect")
    reason: Mapped[ShortText | None] = mapped_column(default=None)

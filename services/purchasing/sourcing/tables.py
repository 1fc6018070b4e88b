"""Offers: an item approved for buying from a supplier."""

from datetime import date
from typing import Any

from sqlalchemy import JSON, Index, text

from services.purchasing.base import Base
from shared.storage.rows import CompanyRow, Mapped, column
from shared.storage.types import Currency, Id, Quantity, Rate

_STANDING = text("withdrawn_on IS NULL")


class ItemOffer(CompanyRow, Base):
    """What a supplier asks for an item; one stands at a time, earlier ones stay as withdrawn."""

    __tablename__ = "offers"
    __table_args__ = (
        Index(
            "uq_offers_standing", "company", "item_id", "supplier_id",
            unique=True, postgresql_where=_STANDING, sqlite_where=_STANDING,
        ),
    )  # fmt: skip

    id: Mapped[Id] = column(primary_key=True)
    supplier_id: Mapped[Id]
    item_id: Mapped[Id]
    price_breaks: Mapped[list[dict[str, Any]]] = column(JSON)
    currency: Mapped[Currency]
    moq: Mapped[Quantity]
    pack_size: Mapped[Quantity]
    lead_time_days: Mapped[int]
    over_tolerance: Mapped[Rate]
    under_tolerance: Mapped[Rate]
    preferred: Mapped[bool]
    capacity: Mapped[Quantity | None]
    offered_on: Mapped[date]
    withdrawn_on: Mapped[date | None] = column(default=None)

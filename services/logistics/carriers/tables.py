"""Carriers and what they ask."""

from datetime import date

from sqlalchemy import Index, UniqueConstraint

from services.logistics.base import Base
from shared.storage.rows import CompanyRow, Mapped, VersionedRow, column
from shared.storage.types import Amount, Id, Key, Price, Quantity, Rate, ShortText


class Carrier(VersionedRow, Base):
    """A carrier; archived, never deleted. `owner` looks after what goes wrong with its shipments."""

    __tablename__ = "carriers"
    __table_args__ = (UniqueConstraint("company", "code"),)

    id: Mapped[Id] = column(primary_key=True)
    code: Mapped[Key]
    name: Mapped[ShortText]
    mode: Mapped[Key]
    owner: Mapped[ShortText | None]
    archived: Mapped[bool] = column(default=False)


class CarrierRate(CompanyRow, Base):
    """A carrier's price for one mode into one zone, in base currency."""

    __tablename__ = "rate_cards"
    __table_args__ = (Index(None, "company", "country"),)

    id: Mapped[Id] = column(primary_key=True)
    carrier_id: Mapped[Id]
    mode: Mapped[Key]
    country: Mapped[ShortText | None]
    region: Mapped[ShortText | None]
    tariff: Mapped[Key]
    first_weight: Mapped[Quantity | None]
    first_price: Mapped[Price | None]
    step: Mapped[Quantity | None]
    step_price: Mapped[Price | None]
    price_per_kg: Mapped[Price | None]
    minimum: Mapped[Amount]
    fuel_surcharge: Mapped[Rate]
    volumetric_divisor: Mapped[Quantity | None]
    transit_days: Mapped[int]
    max_weight: Mapped[Quantity | None]
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]
    withdrawn: Mapped[bool] = column(default=False)

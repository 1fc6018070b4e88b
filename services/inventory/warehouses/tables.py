"""Warehouses and bins."""

from sqlalchemy import UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from services.inventory.base import Base
from shared.storage.rows import CompanyRow, VersionedRow
from shared.storage.types import Id, Key, ShortText


class Warehouse(VersionedRow, Base, kw_only=True):
    """A warehouse; archived, never deleted."""

    __tablename__ = "warehouses"
    __table_args__ = (UniqueConstraint("company", "code"),)

    id: Mapped[Id] = mapped_column(primary_key=True)
    code: Mapped[Key]
    name: Mapped[ShortText]
    country: Mapped[ShortText]
    archived: Mapped[bool] = mapped_column(default=False)


class Bin(CompanyRow, Base, kw_only=True):
    """A place in a warehouse; the nameless one every warehouse has is not kept here."""

    __tablename__ = "bins"
    __table_args__ = (UniqueConstraint("company", "warehouse_id", "code"),)

    id: Mapped[Id] = mapped_column(primary_key=True)
    warehouse_id: Mapped[Id]
    code: Mapped[Key]

"""Warehouses and bins."""

from sqlalchemy import UniqueConstraint

from services.inventory.base import Base
from shared.storage.rows import CompanyRow, Mapped, VersionedRow, column
from shared.storage.types import Id, Key, ShortText


class Warehouse(VersionedRow, Base):
    """A warehouse; archived, never deleted."""

    __tablename__ = "warehouses"
    __table_args__ = (UniqueConstraint("company", "code"),)

    id: Mapped[Id] = column(primary_key=True)
    code: Mapped[Key]
    name: Mapped[ShortText]
    country: Mapped[ShortText]
    archived: Mapped[bool] = column(default=False)


class Bin(CompanyRow, Base):
    """A place in a warehouse; the nameless one every warehouse has is not kept here."""

    __tablename__ = "bins"
    __table_args__ = (UniqueConstraint("company", "warehouse_id", "code"),)

    id: Mapped[Id] = column(primary_key=True)
    warehouse_id: Mapped[Id]
    code: Mapped[Key]

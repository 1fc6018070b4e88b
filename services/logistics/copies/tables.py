"""Read copies of items and warehouses."""

from services.logistics.base import Base
from shared.storage.rows import CompanyRow, Mapped, column
from shared.storage.types import Id, Key, Quantity


class Item(CompanyRow, Base):
    """An item as inventory tells of it: kg and m³ per base unit."""

    __tablename__ = "items"

    id: Mapped[Id] = column(primary_key=True)
    weight: Mapped[Quantity]
    volume: Mapped[Quantity]
    sequence: Mapped[int]


class Warehouse(CompanyRow, Base):
    """A warehouse as inventory tells of it."""

    __tablename__ = "warehouses"

    id: Mapped[Id] = column(primary_key=True)
    code: Mapped[Key]
    sequence: Mapped[int]

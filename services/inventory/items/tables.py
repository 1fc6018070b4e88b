"""Items as inventory keeps them."""

from typing import Any

from sqlalchemy import JSON, String, UniqueConstraint

from services.inventory.base import Base
from shared.contracts.inventory import ItemKind
from shared.storage.rows import Mapped, VersionedRow, column
from shared.storage.types import Id, Key, Quantity, ShortText


class Item(VersionedRow, Base):
    """An item; archived, never deleted. `units` as in the contract, beside the base unit."""

    __tablename__ = "items"
    __table_args__ = (UniqueConstraint("company", "sku"),)

    id: Mapped[Id] = column(primary_key=True)
    sku: Mapped[Key]
    name: Mapped[ShortText]
    kind: Mapped[ItemKind] = column(String(64))
    category: Mapped[Key]
    base_unit: Mapped[Key]
    units: Mapped[list[dict[str, Any]]] = column(JSON)
    weight: Mapped[Quantity]
    volume: Mapped[Quantity]
    tax_code: Mapped[Key]
    archived: Mapped[bool] = column(default=False)

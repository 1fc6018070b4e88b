"""What stock is worth, and by which policies."""

from sqlalchemy import CheckConstraint, String, UniqueConstraint

from services.inventory.base import Base
from shared.contracts.inventory import ValuationArea
from shared.storage.rows import CompanyRow, Mapped, column
from shared.storage.types import Amount, Id, Key, Quantity


class InventorySettings(CompanyRow, Base):
    """How a company values its stock; one row per company. `sealed` once stock was valued by method and area."""

    __tablename__ = "inventory_settings"
    __table_args__ = (UniqueConstraint("company"),)

    id: Mapped[Id] = column(primary_key=True)
    cost_method: Mapped[Key]
    valuation_area: Mapped[ValuationArea] = column(String(64))
    customer_return_policy: Mapped[Key]
    sealed: Mapped[bool]


class StockValue(CompanyRow, Base):
    """An item's quantity and value in a valuation area: `area` is empty for the company, else the warehouse's id.

    What is in transit to the area is beside it: it is valued on its own until it arrives. `next_place` numbers the
    layers of the area in the order they came.
    """

    __tablename__ = "stock_values"
    __table_args__ = (
        UniqueConstraint("company", "item_id", "area"),
        CheckConstraint("quantity > 0 OR (quantity = 0 AND value = 0)", name="nothing_is_worth_nothing"),
        CheckConstraint(
            "transit_quantity > 0 OR (transit_quantity = 0 AND transit_value = 0)", name="nothing_in_transit"
        ),
        CheckConstraint("value >= 0 AND transit_value >= 0", name="not_below_zero"),
    )

    id: Mapped[Id] = column(primary_key=True)
    item_id: Mapped[Id]
    area: Mapped[Key]
    quantity: Mapped[Quantity]
    value: Mapped[Amount]
    transit_quantity: Mapped[Quantity]
    transit_value: Mapped[Amount]
    next_place: Mapped[int]


class StockLayer(CompanyRow, Base):
    """A layer under first in, first out that still holds something; oldest is the lowest `place`."""

    __tablename__ = "stock_layers"
    __table_args__ = (CheckConstraint("quantity > 0 AND value >= 0", name="holds_something"),)

    stock_value_id: Mapped[Id] = column(primary_key=True)
    place: Mapped[int] = column(primary_key=True, autoincrement=False)
    source: Mapped[Key]
    quantity: Mapped[Quantity]
    value: Mapped[Amount]

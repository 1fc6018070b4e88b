"""Orders as inventory keeps them: what of each goods line is promised, waiting, gone or given up."""

from datetime import date
from decimal import Decimal

from sqlalchemy import CheckConstraint, Index, UniqueConstraint, text

from services.inventory.base import Base
from shared.storage.rows import CompanyRow, Mapped, column
from shared.storage.types import Amount, Day, Id, Key, Quantity, Rate


class GoodsOrder(CompanyRow, Base):
    """A customer's order; its lock is taken before those of its levels by all that concerns the order as a whole."""

    __tablename__ = "goods_orders"

    id: Mapped[Id] = column(primary_key=True)
    number: Mapped[Key]
    customer_id: Mapped[Id]
    placed_on: Mapped[date] = column(Day)


class GoodsOrderLine(CompanyRow, Base):
    """A goods line of an order; guarded by the level of its item in its warehouse.

    `handed_over_cost` is what its goods left at in all, `returned_value` how much of that came back.
    """

    __tablename__ = "goods_order_lines"
    __table_args__ = (
        UniqueConstraint("company", "order_id", "line"),
        Index(
            "ix_goods_order_lines_waiting",
            "company",
            "item_id",
            "warehouse_id",
            postgresql_where=text("backordered > 0"),
            sqlite_where=text("backordered > 0"),
        ),
        CheckConstraint(
            "ordered + over_shipped = reserved + backordered + handed_over + cancelled", name="every_unit_is_somewhere"
        ),
        CheckConstraint(
            "reserved >= 0 AND backordered >= 0 AND cancelled >= 0 AND over_shipped >= 0", name="not_below_zero"
        ),
        CheckConstraint("returned <= handed_over AND returned_value <= handed_over_cost", name="returned_had_left"),
    )

    id: Mapped[Id] = column(primary_key=True)
    order_id: Mapped[Id]
    order_number: Mapped[Key]
    line: Mapped[int]
    item_id: Mapped[Id]
    warehouse_id: Mapped[Id]
    placed_on: Mapped[date] = column(Day)
    promised_on: Mapped[date] = column(Day)
    over_tolerance: Mapped[Rate]
    ordered: Mapped[Quantity]
    reserved: Mapped[Quantity]
    backordered: Mapped[Quantity]
    handed_over: Mapped[Quantity]
    over_shipped: Mapped[Quantity]
    cancelled: Mapped[Quantity]
    returned: Mapped[Quantity]
    handed_over_cost: Mapped[Amount]
    returned_value: Mapped[Amount]

    @property
    def spot(self) -> tuple[str, str]:
        """The item and the warehouse it is promised from."""
        return self.item_id, self.warehouse_id

    @property
    def wanted(self) -> Decimal:
        """Ordered and not cancelled."""
        return self.ordered - self.cancelled

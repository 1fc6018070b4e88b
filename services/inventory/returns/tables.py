"""Customers' returns as the warehouse expects them."""

from datetime import date
from decimal import Decimal

from sqlalchemy import CheckConstraint, Index, String, UniqueConstraint

from services.inventory.base import Base
from shared.contracts.inventory import ReturnStatus
from shared.storage.rows import CompanyRow, Mapped, column
from shared.storage.types import Amount, Day, Id, Key, Quantity, ShortText


class ExpectedReturn(CompanyRow, Base):
    """A return that was authorised, whose id it has; its lock guards its lines."""

    __tablename__ = "expected_returns"
    __table_args__ = (
        Index("ix_expected_returns_order", "company", "order_id"),
        Index("ix_expected_returns_status", "company", "status"),
    )

    id: Mapped[Id] = column(primary_key=True)
    number: Mapped[Key]
    order_id: Mapped[Id]
    customer_id: Mapped[Id]
    warehouse_id: Mapped[Id]
    authorised_on: Mapped[date] = column(Day)
    reason: Mapped[ShortText]
    status: Mapped[ReturnStatus] = column(String(64))


class ExpectedReturnLine(CompanyRow, Base):
    """What is to come back of an order line, and what came of it.

    `value` is what it came back at, `uninspected_value` the part of that which no inspection has decided about yet.
    """

    __tablename__ = "expected_return_lines"
    __table_args__ = (
        UniqueConstraint("company", "return_id", "order_line"),
        CheckConstraint(
            "restocked + scrapped <= received AND received + cancelled <= authorised", name="in_this_order"
        ),
    )

    id: Mapped[Id] = column(primary_key=True)
    return_id: Mapped[Id]
    order_line: Mapped[int]
    item_id: Mapped[Id]
    authorised: Mapped[Quantity]
    received: Mapped[Quantity]
    cancelled: Mapped[Quantity]
    restocked: Mapped[Quantity]
    scrapped: Mapped[Quantity]
    value: Mapped[Amount]
    uninspected_value: Mapped[Amount]

    @property
    def missing(self) -> Decimal:
        """Authorised, not come back yet and not given up."""
        return self.authorised - self.received - self.cancelled

    @property
    def to_inspect(self) -> Decimal:
        """Come back and not inspected yet."""
        return self.received - self.restocked - self.scrapped

    @property
    def source(self) -> str:
        """The name of the layer its goods come back as."""
        return f"{self.return_id}/{self.order_line}"


def return_status(lines: list[ExpectedReturnLine]) -> ReturnStatus:
    """Where a return stands, by its lines."""
    if not any(line.received for line in lines):
        return "expected" if any(line.missing for line in lines) else "cancelled"
    if any(line.missing for line in lines):
        return "partly_received"
    return "received" if any(line.to_inspect for line in lines) else "inspected"

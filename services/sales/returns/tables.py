"""Returns, their lines, and the credit notes finance made of them."""

from datetime import date

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint

from services.sales.base import Base
from services.sales.returns.rules import ReturnLineState
from shared.kernel.money import ZERO
from shared.storage.rows import CompanyRow, Mapped, Related, VersionedRow, column
from shared.storage.types import Amount, Id, Key, Quantity, ShortText


class ReturnLine(CompanyRow, Base):
    """What of an order line was to come back, and what became of it, in base units."""

    __tablename__ = "return_lines"
    __table_args__ = (
        UniqueConstraint("return_id", "order_line"),
        CheckConstraint("authorised > 0", "authorised_something"),
        CheckConstraint("lapsed >= 0 AND lapsed <= authorised", "lapsed_of_authorised"),
    )

    id: Mapped[Id] = column(primary_key=True)
    return_id: Mapped[Id] = column(ForeignKey("returns.id"))
    order_line: Mapped[int]
    item_id: Mapped[Id]
    authorised: Mapped[Quantity]
    lapsed: Mapped[Quantity] = column(default=ZERO)
    received: Mapped[Quantity] = column(default=ZERO)
    restocked: Mapped[Quantity] = column(default=ZERO)
    scrapped: Mapped[Quantity] = column(default=ZERO)
    credited: Mapped[Quantity] = column(default=ZERO)

    @property
    def state(self) -> ReturnLineState:
        """Its quantities, for the rules."""
        return ReturnLineState(
            authorised=self.authorised,
            lapsed=self.lapsed,
            received=self.received,
            restocked=self.restocked,
            scrapped=self.scrapped,
            credited=self.credited,
        )


class CreditNote(CompanyRow, Base):
    """A credit note of a return."""

    __tablename__ = "return_credit_notes"

    id: Mapped[Id] = column(primary_key=True)
    return_id: Mapped[Id] = column(ForeignKey("returns.id"), index=True)
    number: Mapped[Key]
    issued_on: Mapped[date]
    net: Mapped[Amount]
    tax: Mapped[Amount]
    gross: Mapped[Amount]


class Return(VersionedRow, Base):
    """A return against one order. Whoever changes it or its lines locks that order first."""

    __tablename__ = "returns"
    __table_args__ = (
        UniqueConstraint("company", "number"),
        Index(None, "company", "customer_id"),
        Index(None, "company", "status"),
        Index(None, "company", "authorised_on"),
    )

    id: Mapped[Id] = column(primary_key=True)
    number: Mapped[Key]
    order_id: Mapped[Id] = column(ForeignKey("orders.id"), index=True)
    customer_id: Mapped[Id]
    warehouse_id: Mapped[Id]
    authorised_on: Mapped[date]
    reason: Mapped[ShortText]
    status: Mapped[Key] = column(default="authorised")
    cancelled_on: Mapped[date | None] = column(default=None)

    lines = Related(ReturnLine, by="return_id", order="order_line")
    credit_notes = Related(CreditNote, by="return_id", order="id")

"""Finance's copy of sales orders and their lines."""

from datetime import date
from decimal import Decimal
from typing import Annotated, Literal

from sqlalchemy import CheckConstraint, Index, String, UniqueConstraint

from services.finance.base import Base
from shared.kernel.tax import Taxed
from shared.storage.rows import CompanyRow, Mapped, Related, column
from shared.storage.types import Amount, Currency, ExchangeRate, Id, Json, Key, Moment, Price, Quantity, Rate, Whole

CreditState = Annotated[Literal["approved", "held", "released", "declined", "dropped"], String(16)]
"""`approved` at once, `held`, then `released`, `declined`, or `dropped` by being cancelled."""
LineKind = Annotated[Literal["goods", "service"], String(16)]
Rounding = Annotated[Literal["line", "document"], String(16)]


class SalesLine(CompanyRow, Base):
    """An order line with its frozen amounts, and the running totals that facts add up to."""

    __tablename__ = "sales_lines"
    __table_args__ = (
        UniqueConstraint("company", "order_id", "line"),
        CheckConstraint("credited <= invoiced AND credited_net <= invoiced_net", name="credited_within_invoiced"),
    )

    id: Mapped[Id] = column(primary_key=True)
    order_id: Mapped[Id]
    line: Mapped[Whole]
    item_id: Mapped[Id]
    kind: Mapped[LineKind]
    quantity: Mapped[Quantity]
    price: Mapped[Price]
    tax_code: Mapped[Key]
    tax_rate: Mapped[Rate]
    net: Mapped[Amount]
    tax: Mapped[Amount]
    cancelled: Mapped[Quantity]
    invoiced: Mapped[Quantity]
    invoiced_net: Mapped[Amount]
    invoiced_tax: Mapped[Amount]
    credited: Mapped[Quantity]
    credited_net: Mapped[Amount]
    credited_tax: Mapped[Amount]

    @property
    def whole(self) -> Taxed:
        """The line's frozen amounts."""
        return Taxed(self.net, self.tax, self.net + self.tax)

    @property
    def to_invoice(self) -> Decimal:
        """What is neither cancelled nor invoiced."""
        return max(self.quantity - self.cancelled - self.invoiced, Decimal(0))


class SalesOrder(CompanyRow, Base):
    """An order as it was placed, with what is still to be invoiced of it and how its credit was decided.

    `open_gross` is in the order's currency, `open_base` the same at the order's rate: what it takes of the credit.
    """

    __tablename__ = "sales_orders"
    __table_args__ = (Index(None, "company", "customer_id", "credit_state"),)

    id: Mapped[Id] = column(primary_key=True)
    number: Mapped[Key]
    customer_id: Mapped[Id]
    placed_on: Mapped[date]
    currency: Mapped[Currency]
    exchange_rate: Mapped[ExchangeRate]
    prices_include_tax: Mapped[bool]
    tax_rounding: Mapped[Rounding]
    terms: Mapped[Json]
    open_gross: Mapped[Amount]
    open_base: Mapped[Amount]
    credit_state: Mapped[CreditState]
    held_at: Mapped[Moment | None] = column(default=None)
    held_on: Mapped[date | None] = column(default=None)
    decided_by: Mapped[Key | None] = column(default=None)
    decided_on: Mapped[date | None] = column(default=None)
    reason: Mapped[str | None] = column(default=None)

    lines = Related(SalesLine, by="order_id", order="line")

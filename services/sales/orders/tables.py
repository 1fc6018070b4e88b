"""Sales orders, their lines, and what other services tell of them."""

from datetime import date

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from services.sales.base import Base
from services.sales.orders.rules import LineState
from shared.kernel.money import ZERO
from shared.storage.rows import CompanyRow, VersionedRow
from shared.storage.types import Amount, Currency, ExchangeRate, Id, Json, Key, Price, Quantity, Rate, ShortText


class OrderLine(CompanyRow, Base, kw_only=True):
    """A line with its frozen price and tax, and its quantities so far, in base units (see `rules.LineState`)."""

    __tablename__ = "order_lines"
    __table_args__ = (
        UniqueConstraint("order_id", "line"),
        Index(None, "company", "item_id"),
        CheckConstraint("ordered > 0", "ordered_something"),
        CheckConstraint("cancelled >= 0 AND cancelled <= ordered", "cancelled_of_ordered"),
        CheckConstraint("handed_over >= 0 AND invoiced >= 0 AND returned >= 0", "none_negative"),
    )

    id: Mapped[Id] = mapped_column(primary_key=True)
    order_id: Mapped[Id] = mapped_column(ForeignKey("orders.id"))
    line: Mapped[int]
    item_id: Mapped[Id]
    sku: Mapped[Key]
    name: Mapped[ShortText]
    kind: Mapped[Key]
    warehouse_id: Mapped[Id | None]
    unit: Mapped[Key]
    unit_quantity: Mapped[Quantity]
    ordered: Mapped[Quantity]
    price: Mapped[Price]
    price_id: Mapped[Id | None]
    tax_code: Mapped[Key]
    tax_rate: Mapped[Rate]
    net: Mapped[Amount]
    tax: Mapped[Amount]
    gross: Mapped[Amount]
    over_tolerance: Mapped[Rate]
    buy_to_order: Mapped[bool]
    reserved: Mapped[Quantity] = mapped_column(default=ZERO)
    requested: Mapped[Quantity] = mapped_column(default=ZERO)
    handed_over: Mapped[Quantity] = mapped_column(default=ZERO)
    invoiced: Mapped[Quantity] = mapped_column(default=ZERO)
    returned: Mapped[Quantity] = mapped_column(default=ZERO)
    cancelled: Mapped[Quantity] = mapped_column(default=ZERO)

    @property
    def goods(self) -> bool:
        """Whether it is something to hand over; a service is performed by being invoiced."""
        return self.kind == "goods"

    @property
    def state(self) -> LineState:
        """Its quantities, for the rules."""
        return LineState(
            ordered=self.ordered,
            reserved=self.reserved,
            requested=self.requested,
            handed_over=self.handed_over,
            invoiced=self.invoiced,
            returned=self.returned,
            cancelled=self.cancelled,
        )


class Shipment(CompanyRow, Base, kw_only=True):
    """A shipment of an order's goods; what is not known yet is None, for logistics' facts come in any order."""

    __tablename__ = "order_shipments"

    id: Mapped[Id] = mapped_column(primary_key=True)
    order_id: Mapped[Id] = mapped_column(ForeignKey("orders.id"), index=True)
    number: Mapped[Key | None] = mapped_column(default=None)
    delivery_id: Mapped[Id | None] = mapped_column(default=None)
    warehouse_id: Mapped[Id | None] = mapped_column(default=None)
    carrier_id: Mapped[Id | None] = mapped_column(default=None)
    mode: Mapped[Key | None] = mapped_column(default=None)
    expected_on: Mapped[date | None] = mapped_column(default=None)
    late: Mapped[bool | None] = mapped_column(default=None)
    shipped_on: Mapped[date | None] = mapped_column(default=None)
    delivered_on: Mapped[date | None] = mapped_column(default=None)


class Invoice(CompanyRow, Base, kw_only=True):
    """An invoice of an order; `settled` as of `sequence` of finance's facts about it."""

    __tablename__ = "order_invoices"

    id: Mapped[Id] = mapped_column(primary_key=True)
    order_id: Mapped[Id] = mapped_column(ForeignKey("orders.id"), index=True)
    number: Mapped[Key | None] = mapped_column(default=None)
    issued_on: Mapped[date | None] = mapped_column(default=None)
    net: Mapped[Amount | None] = mapped_column(default=None)
    tax: Mapped[Amount | None] = mapped_column(default=None)
    gross: Mapped[Amount | None] = mapped_column(default=None)
    settled: Mapped[bool] = mapped_column(default=False)
    sequence: Mapped[int] = mapped_column(default=0)


class Order(VersionedRow, Base, kw_only=True):
    """A sales order. Whoever changes it or its lines locks this row first.

    `cancelling`: inventory has been asked to cancel and has not answered. `declined`: it is not to be fulfilled, though
    stock may not be released yet. `credit_sequence`: the newest of finance's decisions that was taken in.
    """

    __tablename__ = "orders"
    __table_args__ = (
        UniqueConstraint("company", "number"),
        Index(None, "company", "customer_id"),
        Index(None, "company", "status"),
        Index(None, "company", "placed_on"),
        Index(None, "company", "reference"),
    )

    id: Mapped[Id] = mapped_column(primary_key=True)
    number: Mapped[Key]
    reference: Mapped[ShortText | None]
    customer_id: Mapped[Id] = mapped_column(ForeignKey("customers.id"))
    placed_on: Mapped[date]
    promised_on: Mapped[date]
    currency: Mapped[Currency]
    exchange_rate: Mapped[ExchangeRate]
    prices_include_tax: Mapped[bool]
    tax_rounding: Mapped[Key]
    accept_backorder: Mapped[bool]
    terms: Mapped[Json]
    ship_to: Mapped[Json]
    net: Mapped[Amount]
    tax: Mapped[Amount]
    gross: Mapped[Amount]
    status: Mapped[Key] = mapped_column(default="placed")
    reason: Mapped[ShortText | None] = mapped_column(default=None)
    stock_answered: Mapped[bool] = mapped_column(default=False)
    credit_approved: Mapped[bool] = mapped_column(default=False)
    credit_sequence: Mapped[int] = mapped_column(default=0)
    cancelling: Mapped[bool] = mapped_column(default=False)
    declined: Mapped[bool] = mapped_column(default=False)
    held_on: Mapped[date | None] = mapped_column(default=None)
    confirmed_on: Mapped[date | None] = mapped_column(default=None)
    cancelled_on: Mapped[date | None] = mapped_column(default=None)
    completed_on: Mapped[date | None] = mapped_column(default=None)

    lines: Mapped[list[OrderLine]] = relationship(init=False, viewonly=True, order_by=OrderLine.line)
    shipments: Mapped[list[Shipment]] = relationship(init=False, viewonly=True, order_by=Shipment.id)
    invoices: Mapped[list[Invoice]] = relationship(init=False, viewonly=True, order_by=Invoice.id)

    @property
    def goods(self) -> list[OrderLine]:
        """The lines that are handed over."""
        return [line for line in self.lines if line.goods]

    @property
    def services(self) -> list[OrderLine]:
        """The lines that are performed."""
        return [line for line in self.lines if not line.goods]

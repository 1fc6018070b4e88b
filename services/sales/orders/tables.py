"""Sales orders, their lines, and what other services tell of them."""

from datetime import date

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint

from services.sales.base import Base
from services.sales.orders.rules import LineState
from shared.kernel.money import ZERO
from shared.storage.rows import CompanyRow, Mapped, Related, VersionedRow, column
from shared.storage.types import Amount, Currency, ExchangeRate, Id, Json, Key, Price, Quantity, Rate, ShortText


class OrderLine(CompanyRow, Base):
    """A line with its frozen price and tax, and its quantities so far, in base units (see `rules.LineState`)."""

    __tablename__ = "order_lines"
    __table_args__ = (
        UniqueConstraint("order_id", "line"),
        Index(None, "company", "item_id"),
        CheckConstraint("ordered > 0", "ordered_something"),
        CheckConstraint("cancelled >= 0 AND cancelled <= ordered", "cancelled_of_ordered"),
        CheckConstraint("handed_over >= 0 AND invoiced >= 0 AND returned >= 0", "none_negative"),
    )

    id: Mapped[Id] = column(primary_key=True)
    order_id: Mapped[Id] = column(ForeignKey("orders.id"))
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
    reserved: Mapped[Quantity] = column(default=ZERO)
    requested: Mapped[Quantity] = column(default=ZERO)
    handed_over: Mapped[Quantity] = column(default=ZERO)
    invoiced: Mapped[Quantity] = column(default=ZERO)
    returned: Mapped[Quantity] = column(default=ZERO)
    cancelled: Mapped[Quantity] = column(default=ZERO)

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


class Shipment(CompanyRow, Base):
    """A shipment of an order's goods; what is not known yet is None, for logistics' facts come in any order."""

    __tablename__ = "order_shipments"

    id: Mapped[Id] = column(primary_key=True)
    order_id: Mapped[Id] = column(ForeignKey("orders.id"), index=True)
    number: Mapped[Key | None] = column(default=None)
    delivery_id: Mapped[Id | None] = column(default=None)
    warehouse_id: Mapped[Id | None] = column(default=None)
    carrier_id: Mapped[Id | None] = column(default=None)
    mode: Mapped[Key | None] = column(default=None)
    expected_on: Mapped[date | None] = column(default=None)
    late: Mapped[bool | None] = column(default=None)
    shipped_on: Mapped[date | None] = column(default=None)
    delivered_on: Mapped[date | None] = column(default=None)


class Invoice(CompanyRow, Base):
    """An invoice of an order; `settled` as of `sequence` of finance's facts about it."""

    __tablename__ = "order_invoices"

    id: Mapped[Id] = column(primary_key=True)
    order_id: Mapped[Id] = column(ForeignKey("orders.id"), index=True)
    number: Mapped[Key | None] = column(default=None)
    issued_on: Mapped[date | None] = column(default=None)
    net: Mapped[Amount | None] = column(default=None)
    tax: Mapped[Amount | None] = column(default=None)
    gross: Mapped[Amount | None] = column(default=None)
    settled: Mapped[bool] = column(default=False)
    sequence: Mapped[int] = column(default=0)


class Order(VersionedRow, Base):
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

    id: Mapped[Id] = column(primary_key=True)
    number: Mapped[Key]
    reference: Mapped[ShortText | None]
    customer_id: Mapped[Id] = column(ForeignKey("customers.id"))
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
    status: Mapped[Key] = column(default="placed")
    reason: Mapped[ShortText | None] = column(default=None)
    stock_answered: Mapped[bool] = column(default=False)
    credit_approved: Mapped[bool] = column(default=False)
    credit_sequence: Mapped[int] = column(default=0)
    cancelling: Mapped[bool] = column(default=False)
    declined: Mapped[bool] = column(default=False)
    held_on: Mapped[date | None] = column(default=None)
    confirmed_on: Mapped[date | None] = column(default=None)
    cancelled_on: Mapped[date | None] = column(default=None)
    completed_on: Mapped[date | None] = column(default=None)

    lines = Related(OrderLine, by="order_id", order="line")
    shipments = Related(Shipment, by="order_id", order="id")
    invoices = Related(Invoice, by="order_id", order="id")

    @property
    def goods(self) -> list[OrderLine]:
        """The lines that are handed over."""
        return [line for line in self.lines if line.goods]

    @property
    def services(self) -> list[OrderLine]:
        """The lines that are performed."""
        return [line for line in self.lines if not line.goods]

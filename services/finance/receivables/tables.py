"""Payments of customers and to suppliers, and charges and credits without goods."""

from datetime import date
from typing import Annotated, Literal

from sqlalchemy import Index, String, UniqueConstraint

from services.finance.base import Base
from services.finance.settlement.tables import Side
from shared.storage.rows import CompanyRow, Mapped, column
from shared.storage.types import Amount, Currency, ExchangeRate, Id, Key, ShortText

PaymentKind = Annotated[Literal["payment", "refund"], String(16)]
PaymentState = Annotated[Literal["booked", "cancelled"], String(16)]
AdjustmentKind = Annotated[Literal["discount", "manual", "fee", "bad_debt", "goods_credit"], String(16)]


class Payment(CompanyRow, Base):
    """Money from a customer (`payment`), back to one (`refund`), or to a supplier; `id` is its open item's document."""

    __tablename__ = "payments"
    __table_args__ = (UniqueConstraint("company", "number"), Index(None, "company", "party_id", "paid_on"))

    id: Mapped[Id] = column(primary_key=True)
    side: Mapped[Side]
    kind: Mapped[PaymentKind]
    number: Mapped[Key]
    party_id: Mapped[Id]
    paid_on: Mapped[date]
    currency: Mapped[Currency]
    exchange_rate: Mapped[ExchangeRate]
    amount: Mapped[Amount]
    base_amount: Mapped[Amount]
    reference: Mapped[ShortText | None]
    state: Mapped[PaymentState]


class Adjustment(CompanyRow, Base):
    """A charge (above zero) or credit without goods, against `account`."""

    __tablename__ = "adjustments"
    __table_args__ = (UniqueConstraint("company", "number"), Index(None, "company", "customer_id"))

    id: Mapped[Id] = column(primary_key=True)
    number: Mapped[Key]
    customer_id: Mapped[Id]
    kind: Mapped[AdjustmentKind]
    account: Mapped[Key]
    on: Mapped[date]
    currency: Mapped[Currency]
    exchange_rate: Mapped[ExchangeRate]
    amount: Mapped[Amount]
    base_amount: Mapped[Amount]
    note: Mapped[ShortText | None]
    reference: Mapped[ShortText | None]

"""Open items of customers and suppliers, and what was settled of them (核销)."""

from datetime import date
from typing import Annotated, Literal

from sqlalchemy import CheckConstraint, Index, String

from services.finance.base import Base
from shared.storage.rows import CompanyRow, Mapped, column
from shared.storage.types import Amount, Currency, Id, ShortText, Whole

Side = Annotated[Literal["receivable", "payable"], String(16)]
"""Whose account an item stands on: a customer's or a supplier's."""
ItemKind = Annotated[Literal["invoice", "opening", "charge", "payment", "credit_note", "credit", "refund"], String(16)]
"""What an item comes from."""


class OpenItem(CompanyRow, Base):
    """An instalment that is owed (above zero), or a payment or credit that stands on account (below zero).

    What is open, in base currency, of all items of a side is that side's control account.
    """

    __tablename__ = "open_items"
    __table_args__ = (
        CheckConstraint(
            "(amount >= 0 AND open_amount BETWEEN 0 AND amount) OR (amount < 0 AND open_amount BETWEEN amount AND 0)",
            name="open_within_amount",
        ),
        Index(None, "company", "party_id", "is_open", "due_on"),
        Index(None, "company", "side", "is_open", "due_on"),
        Index(None, "company", "document_id"),
        Index(None, "company", "order_id"),
    )

    id: Mapped[Id] = column(primary_key=True)
    side: Mapped[Side]
    party_id: Mapped[Id]
    kind: Mapped[ItemKind]
    document_id: Mapped[Id]
    document_number: Mapped[ShortText]
    order_id: Mapped[Id | None]
    instalment: Mapped[Whole]
    document_on: Mapped[date]
    due_on: Mapped[date]
    currency: Mapped[Currency]
    amount: Mapped[Amount]
    open_amount: Mapped[Amount]
    base_amount: Mapped[Amount]
    open_base: Mapped[Amount]
    is_open: Mapped[bool]


class Settlement(CompanyRow, Base):
    """A part of a payment or credit on one item that was owed, with what each side of it stood at in base."""

    __tablename__ = "settlements"
    __table_args__ = (Index(None, "company", "paying_item_id"), Index(None, "company", "owed_item_id"))

    id: Mapped[Id] = column(primary_key=True)
    owed_item_id: Mapped[Id]
    paying_item_id: Mapped[Id]
    settled_on: Mapped[date]
    amount: Mapped[Amount]
    owed_base: Mapped[Amount]
    paying_base: Mapped[Amount]
    cancelled: Mapped[bool]

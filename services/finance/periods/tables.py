"""Periods that were closed, and opened again."""

from datetime import date
from typing import Annotated, Literal

from sqlalchemy import String, UniqueConstraint

from services.finance.base import Base
from shared.storage.rows import CompanyRow, Mapped, column
from shared.storage.types import Id, Key

PeriodState = Annotated[Literal["open", "closed"], String(16)]


class Period(CompanyRow, Base):
    """A calendar month that was closed at least once; `settings.closed_upto` says what counts."""

    __tablename__ = "periods"
    __table_args__ = (UniqueConstraint("company", "period"),)

    id: Mapped[Id] = column(primary_key=True)
    period: Mapped[Key]
    from_on: Mapped[date]
    to_on: Mapped[date]
    state: Mapped[PeriodState]
    decided_on: Mapped[date]
    decided_by: Mapped[Key]

"""Journal entries and their lines; never changed once written."""

from datetime import date

from sqlalchemy import Index, UniqueConstraint

from services.finance.base import Base
from shared.storage.rows import CompanyRow, Mapped, column
from shared.storage.types import Amount, Currency, Id, Key, LongText, Moment, ShortText


class LedgerEntry(CompanyRow, Base):
    """A journal entry (凭证): `effective_on` is its day in the books, `dated_on` that of the fact it records."""

    __tablename__ = "ledger_entries"
    __table_args__ = (
        UniqueConstraint("company", "number"),
        UniqueConstraint("company", "reverses_id"),
        Index(None, "company", "source_id"),
        Index(None, "company", "effective_on"),
    )

    id: Mapped[Id] = column(primary_key=True)
    number: Mapped[Key]
    effective_on: Mapped[date]
    dated_on: Mapped[date]
    recorded_at: Mapped[Moment]
    source_type: Mapped[Key]
    source_id: Mapped[Id]
    source_number: Mapped[ShortText | None]
    note: Mapped[LongText | None]
    posted_by: Mapped[Key]
    reverses_id: Mapped[Id | None]


class LedgerLine(CompanyRow, Base):
    """A debit or credit of an account, in document currency and in base; `effective_on` is its entry's."""

    __tablename__ = "ledger_lines"
    __table_args__ = (
        Index(None, "company", "account", "effective_on"),
        Index(None, "company", "party_id", "effective_on"),
        Index(None, "entry_id"),
    )

    id: Mapped[Id] = column(primary_key=True)
    entry_id: Mapped[Id]
    effective_on: Mapped[date]
    account: Mapped[Key]
    party_id: Mapped[Id | None]
    currency: Mapped[Currency]
    debit: Mapped[Amount]
    credit: Mapped[Amount]
    base_debit: Mapped[Amount]
    base_credit: Mapped[Amount]

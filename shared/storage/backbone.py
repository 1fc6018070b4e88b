"""The tables every service's database has beside its own: what makes effects happen exactly once."""

from datetime import date, datetime

from sqlalchemy import (
    Boolean,
    Column,
    Date,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.types import JSON

from shared.storage.rows import Mapped, Row, column
from shared.storage.types import IdText, Instant, Position

BACKBONE = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)

journal = Table(
    "journal",
    BACKBONE,
    Column("position", Position, primary_key=True, autoincrement=True),
    Column("company", String(16), nullable=False),
    Column("principal", String(64), nullable=False),
    Column("operation", String(64), nullable=False),
    Column("key", String(200)),
    Column("input_hash", String(64), nullable=False),
    Column("input", JSON, nullable=False),
    Column("business_date", Date, nullable=False),
    Column("request_id", String(64), nullable=False),
    Column("recorded_at", Instant, nullable=False),
    Column("response", JSON),
    UniqueConstraint("company", "principal", "operation", "key"),
)
"""Every command that took effect, in commit order of its rows; kept for good, its response for seven days."""

outbox = Table(
    "outbox",
    BACKBONE,
    Column("id", IdText, primary_key=True),
    Column("company", String(16), nullable=False),
    Column("type", String(120), nullable=False),
    Column("subject", String(64), nullable=False),
    Column("envelope", Text, nullable=False),
    Column("recorded_at", Instant, nullable=False),
    Column("sent", Boolean, nullable=False, server_default=text("false")),
)
"""Facts to tell. `envelope` is the whole CloudEvent; `sent` only once the broker has confirmed it."""
Index("ix_outbox_type", outbox.c.company, outbox.c.type)
# As text, because a migration is written on one database and run on the other.
Index(
    "ix_outbox_unsent", outbox.c.recorded_at, postgresql_where=text("NOT sent"), sqlite_where=text("sent = 0")
)  # fmt: skip

inbox = Table(
    "inbox",
    BACKBONE,
    Column("consumer", String(64), primary_key=True),
    Column("fact", IdText, primary_key=True),
    Column("company", String(16), nullable=False),
    Column("type", String(120), nullable=False),
    Column("handled_at", Instant, nullable=False),
    Index("ix_inbox_type", "company", "type"),
)
"""Facts already taken in, so that a second delivery has no effect."""

parked = Table(
    "parked",
    BACKBONE,
    Column("consumer", String(64), primary_key=True),
    Column("fact", IdText, primary_key=True),
    Column("company", String(16), nullable=False),
    Column("type", String(120), nullable=False),
    Column("awaits", String(64), nullable=False, index=True),
    Column("envelope", Text, nullable=False),
    Column("parked_at", Instant, nullable=False),
)
"""Facts that wait for another fact; they cost no tries and die of age only."""

dead_letters = Table(
    "dead_letters",
    BACKBONE,
    Column("id", IdText, primary_key=True),
    Column("consumer", String(64), nullable=False),
    Column("fact", String(64), nullable=False),
    Column("company", String(16), nullable=False),
    Column("type", String(120), nullable=False),
    Column("envelope", Text, nullable=False),
    Column("error", Text, nullable=False),
    Column("tries", Integer, nullable=False),
    Column("died_at", Instant, nullable=False),
    Column("state", String(10), nullable=False, index=True),
    UniqueConstraint("consumer", "fact"),
)
"""What could not be taken in, with its error: `dead`, then `replayed` or `discarded` by an operator."""

audit_facts = Table(
    "audit_facts",
    BACKBONE,
    Column("id", IdText, primary_key=True),
    Column("company", String(16), nullable=False),
    Column("at", Instant, nullable=False),
    Column("actor", String(64), nullable=False),
    Column("cause", String(120), nullable=False),
    Column("cause_id", String(64), nullable=False),
    Column("correlation", String(64), nullable=False),
    Column("business_date", Date, nullable=False),
    Column("changes", JSON, nullable=False),
    Index("ix_audit_facts_company_at", "company", "at"),
)
"""Who changed what, when, and from which request or event: one row per transaction."""

counters = Table(
    "counters",
    BACKBONE,
    Column("company", String(16), primary_key=True),
    Column("series", String(32), primary_key=True),
    Column("period", String(8), primary_key=True),
    Column("last", Integer, nullable=False),
)
"""Document numbers without gaps, per company, series and period."""

sequences = Table(
    "sequences",
    BACKBONE,
    Column("company", String(16), primary_key=True),
    Column("subject", String(64), primary_key=True),
    Column("last", Integer, nullable=False),
)
"""How many events each subject has had: the `sequence` of the next."""


class ProcessRow(Row):
    """Where one long-running business process stands: step → waiting, done or undone."""

    __tablename__ = "processes"
    __table_args__ = (Index("ix_processes_due", "company", "process", "status", "due_on"),)
    metadata = BACKBONE
    audited = False

    company: Mapped[str] = column(String(16), primary_key=True)
    process: Mapped[str] = column(String(40), primary_key=True)
    key: Mapped[str] = column(String(64), primary_key=True)
    steps: Mapped[dict[str, str]] = column(JSON)
    status: Mapped[str] = column(String(10))
    due_on: Mapped[date | None] = column(Date, default=None)
    changed_at: Mapped[datetime] = column(Instant)

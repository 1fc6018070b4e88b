"""Companies, people, roles, sessions, keys and failed attempts. Passwords, tokens and keys are kept as hashes only."""

from sqlalchemy import JSON, ForeignKey, String, UniqueConstraint

from gateway.identity.base import Base
from shared.storage.rows import CompanyRow, Mapped, column
from shared.storage.types import Currency, Id, Key, LongText, Moment, ShortText


class Company(Base):
    """A company of the group."""

    __tablename__ = "companies"

    code: Mapped[str] = column(String(16), primary_key=True)
    name: Mapped[ShortText]
    currency: Mapped[Currency]
    time_zone: Mapped[Key]


class Person(Base):
    """A person or machine of the installation; made inactive, never deleted. Only its login stands in records."""

    __tablename__ = "people"

    id: Mapped[Id] = column(primary_key=True)
    login: Mapped[Key] = column(unique=True)
    name: Mapped[ShortText]
    kind: Mapped[Key]
    locale: Mapped[Key]
    password_hash: Mapped[LongText | None]
    password_set_at: Mapped[Moment | None]
    rate_limit: Mapped[Key | None]
    active: Mapped[bool] = column(default=True)
    version: Mapped[int] = column(init=False, default=None)

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - SQLAlchemy's own attribute


class Grant(CompanyRow, Base):
    """A role of a person in a company."""

    __tablename__ = "grants"
    __table_args__ = (UniqueConstraint("person_id", "company", "role"),)

    id: Mapped[Id] = column(primary_key=True)
    person_id: Mapped[Id] = column(ForeignKey("people.id"))
    role: Mapped[Key]


class Session(Base):
    """A signed-in person, known by the SHA-256 of their token."""

    __tablename__ = "sessions"

    id: Mapped[Id] = column(primary_key=True)
    person_id: Mapped[Id] = column(ForeignKey("people.id"), index=True)
    token_hash: Mapped[Key] = column(unique=True)
    expires_at: Mapped[Moment]
    ended_at: Mapped[Moment | None] = column(default=None)


class ApiKey(CompanyRow, Base):
    """A key of a person or machine, for one company, known by the SHA-256 of its secret."""

    __tablename__ = "api_keys"

    id: Mapped[Id] = column(primary_key=True)
    owner_id: Mapped[Id] = column(ForeignKey("people.id"), index=True)
    name: Mapped[ShortText]
    scopes: Mapped[list[str]] = column(JSON)
    secret_hash: Mapped[Key] = column(unique=True)
    ending: Mapped[Key]
    expires_at: Mapped[Moment]
    revoked_at: Mapped[Moment | None] = column(default=None)


class Attempts(Base):
    """Failed attempts to sign in, by login or by address (`subject` is a hash of it), and until when none is taken."""

    __tablename__ = "attempts"

    subject: Mapped[Key] = column(primary_key=True)
    failures: Mapped[int]
    last_at: Mapped[Moment] = column(index=True)
    blocked_until: Mapped[Moment | None]

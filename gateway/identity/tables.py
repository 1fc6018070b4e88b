"""Companies, people, roles, sessions, keys and failed attempts. Passwords, tokens and keys are kept as hashes only."""

from sqlalchemy import JSON, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, MappedAsDataclass, mapped_column

from gateway.identity.base import Base
from shared.storage.rows import CompanyRow
from shared.storage.types import Currency, Id, Key, LongText, Moment, ShortText


class Company(MappedAsDataclass, Base, kw_only=True):
    """A company of the group."""

    __tablename__ = "companies"

    code: Mapped[str] = mapped_column(String(16), primary_key=True)
    name: Mapped[ShortText]
    currency: Mapped[Currency]
    time_zone: Mapped[Key]


class Person(MappedAsDataclass, Base, kw_only=True):
    """A person or machine of the installation; made inactive, never deleted. Only its login stands in records."""

    __tablename__ = "people"

    id: Mapped[Id] = mapped_column(primary_key=True)
    login: Mapped[Key] = mapped_column(unique=True)
    name: Mapped[ShortText]
    kind: Mapped[Key]
    locale: Mapped[Key]
    password_hash: Mapped[LongText | None]
    password_set_at: Mapped[Moment | None]
    rate_limit: Mapped[Key | None]
    active: Mapped[bool] = mapped_column(default=True)
    version: Mapped[int] = mapped_column(init=False, default=None)

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - SQLAlchemy's own attribute


class Grant(CompanyRow, Base, kw_only=True):
    """A role of a person in a company."""

    __tablename__ = "grants"
    __table_args__ = (UniqueConstraint("person_id", "company", "role"),)

    id: Mapped[Id] = mapped_column(primary_key=True)
    person_id: Mapped[Id] = mapped_column(ForeignKey("people.id"))
    role: Mapped[Key]


class Session(MappedAsDataclass, Base, kw_only=True):
    """A signed-in person, known by the SHA-256 of their token."""

    __tablename__ = "sessions"

    id: Mapped[Id] = mapped_column(primary_key=True)
    person_id: Mapped[Id] = mapped_column(ForeignKey("people.id"), index=True)
    token_hash: Mapped[Key] = mapped_column(unique=True)
    expires_at: Mapped[Moment]
    ended_at: Mapped[Moment | None] = mapped_column(default=None)


class ApiKey(CompanyRow, Base, kw_only=True):
    """A key of a person or machine, for one company, known by the SHA-256 of its secret."""

    __tablename__ = "api_keys"

    id: Mapped[Id] = mapped_column(primary_key=True)
    owner_id: Mapped[Id] = mapped_column(ForeignKey("people.id"), index=True)
    name: Mapped[ShortText]
    scopes: Mapped[list[str]] = mapped_column(JSON)
    secret_hash: Mapped[Key] = mapped_column(unique=True)
    ending: Mapped[Key]
    expires_at: Mapped[Moment]
    revoked_at: Mapped[Moment | None] = mapped_column(default=None)


class Attempts(MappedAsDataclass, Base, kw_only=True):
    """Failed attempts to sign in, by login or by address (`subject` is a hash of it), and until when none is taken."""

    __tablename__ = "attempts"

    subject: Mapped[Key] = mapped_column(primary_key=True)
    failures: Mapped[int]
    last_at: Mapped[Moment] = mapped_column(index=True)
    blocked_until: Mapped[Moment | None]

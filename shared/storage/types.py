"""Column types that hold the same exact value on PostgreSQL and on SQLite."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import cache, lru_cache
from typing import Annotated, Any

from sqlalchemy import BigInteger, Date, DateTime, Dialect, Integer, Numeric, String, Text, TypeDecorator, Uuid
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import DontWrapMixin
from sqlalchemy.types import JSON, TypeEngine

from shared.kernel.errors import TooLarge

Process = Callable[[Any], Any]
_LARGEST = 2**62
_NUMERIC = 1700
"""What PostgreSQL's driver calls the type of an exact number of any size (its OID)."""
_REMEMBERED = 16_384


class TooLargeToStore(TooLarge, DontWrapMixin):
    """A sum or product of what was given goes beyond what is stored exactly; SQLAlchemy lets it through as it is."""


class Exact(TypeDecorator[Decimal]):
    """A decimal of fixed scale: NUMERIC on PostgreSQL, an integer of the smallest step on SQLite.

    SQLite keeps NUMERIC as a float and turns an overflowing sum into one; integers below 2**62 leave room for sums.
    """

    impl = Numeric
    cache_ok = True

    def __init__(self, scale: int) -> None:
        super().__init__(precision=38, scale=scale)
        self.scale = scale

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """NUMERIC(38, scale), or BIGINT where the dialect has no exact decimal."""
        if dialect.name == "sqlite":
            return dialect.type_descriptor(sqlite.INTEGER())
        return dialect.type_descriptor(postgresql.NUMERIC(38, self.scale))

    def bind_processor(self, dialect: Dialect) -> Process | None:
        """What makes the stored form; raises ValueError or TooLargeToStore for what would not come back as it was."""
        return _steps_of(self.scale) if dialect.name == "sqlite" else _storable(self.scale)

    def result_processor(self, dialect: Dialect, coltype: object) -> Process | None:
        """What makes the decimal of what was stored; PostgreSQL's driver makes one of each NUMERIC by itself."""
        if dialect.name == "sqlite":
            return _decimal_of(self.scale)
        return None if coltype == _NUMERIC else _as_decimal

    @property
    def python_type(self) -> type[Decimal]:
        """Decimal."""
        return Decimal


@cache
def _steps_of(scale: int) -> Callable[[Decimal | None], int | None]:
    """Writes decimals of a scale for SQLite, in their smallest steps: one memory for all columns of that scale."""
    one = Decimal(10) ** scale

    @lru_cache(maxsize=_REMEMBERED)
    def steps(value: Decimal | None) -> int | None:
        if value is None:
            return None
        exact = value * one
        whole = int(exact)
        if exact != whole:
            raise ValueError(f"{value} has more than {scale} decimals")
        if abs(whole) >= _LARGEST:
            raise TooLargeToStore(f"{value} is too large to store exactly")
        return whole

    return steps


@cache
def _storable(scale: int) -> Callable[[Decimal | None], Decimal | None]:
    """Lets decimals of a scale through that SQLite could store too, so that both databases take the same ones."""
    steps = _steps_of(scale)

    def checked(value: Decimal | None) -> Decimal | None:
        steps(value)
        return value

    return checked


@cache
def _decimal_of(scale: int) -> Callable[[int | None], Decimal | None]:
    """Reads decimals of a scale from SQLite: one memory for all columns of that scale."""

    @lru_cache(maxsize=_REMEMBERED)
    def made(steps: int | None) -> Decimal | None:
        return None if steps is None else Decimal(steps).scaleb(-scale)

    return made


def _as_decimal(value: Any) -> Decimal | None:
    return None if value is None else Decimal(value)


class Instant(TypeDecorator[datetime]):
    """A moment in UTC, timezone-aware in Python on both databases."""

    impl = DateTime
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """TIMESTAMP WITH TIME ZONE where there is one."""
        return dialect.type_descriptor(DateTime(timezone=dialect.name != "sqlite"))

    def bind_processor(self, dialect: Dialect) -> Process | None:
        """What makes the stored form, in UTC; a naive moment is a mistake of the caller: ValueError."""
        return _moment_text if dialect.name == "sqlite" else _in_utc

    def result_processor(self, dialect: Dialect, coltype: object) -> Process | None:
        """What makes the moment of what was stored: in UTC, aware."""
        return _moment_of if dialect.name == "sqlite" else _in_utc

    @property
    def python_type(self) -> type[datetime]:
        """A moment."""
        return datetime


def _in_utc(value: datetime | None) -> datetime | None:
    if value is None or value.tzinfo is UTC:
        return value
    if value.tzinfo is None:
        raise ValueError("a stored moment needs its time zone")
    return value.astimezone(UTC)


@lru_cache(maxsize=_REMEMBERED)
def _moment_text(value: datetime | None) -> str | None:
    """As SQLAlchemy writes moments for SQLite: in order as texts, of one length."""
    moment = _in_utc(value)
    return None if moment is None else moment.replace(tzinfo=None).isoformat(" ", "microseconds")


@lru_cache(maxsize=_REMEMBERED)
def _moment_of(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text).replace(tzinfo=UTC)


class Day(TypeDecorator[date]):
    """A calendar day; SQLAlchemy's own Date, which on SQLite remembers the last ones."""

    impl = Date
    cache_ok = True

    def bind_processor(self, dialect: Dialect) -> Process | None:
        """What makes the text that SQLite stores; PostgreSQL has days."""
        return _day_text if dialect.name == "sqlite" else None

    def result_processor(self, dialect: Dialect, coltype: object) -> Process | None:
        """What makes the day of a text."""
        return _day_of if dialect.name == "sqlite" else None

    @property
    def python_type(self) -> type[date]:
        """A day."""
        return date


@lru_cache(maxsize=_REMEMBERED)
def _day_text(value: date | None) -> str | None:
    return None if value is None else date.isoformat(value)


@lru_cache(maxsize=_REMEMBERED)
def _day_of(text: str | None) -> date | None:
    return None if text is None else date.fromisoformat(text)


QUANTITY_SCALE, AMOUNT_SCALE, PRICE_SCALE, RATE_SCALE, EXCHANGE_SCALE = 6, 4, 6, 6, 10

IdText = Uuid(as_uuid=False).with_variant(String(36), "sqlite")
"""An id as text in Python: PostgreSQL's own type there, its canonical text on SQLite."""

Id = Annotated[str, IdText]
Key = Annotated[str, String(64)]
ShortText = Annotated[str, String(200)]
LongText = Annotated[str, Text]
Currency = Annotated[str, String(3)]
Quantity = Annotated[Decimal, Exact(QUANTITY_SCALE)]
Amount = Annotated[Decimal, Exact(AMOUNT_SCALE)]
Price = Annotated[Decimal, Exact(PRICE_SCALE)]
Rate = Annotated[Decimal, Exact(RATE_SCALE)]
ExchangeRate = Annotated[Decimal, Exact(EXCHANGE_SCALE)]
Whole = Annotated[int, Integer]
Position = BigInteger().with_variant(sqlite.INTEGER(), "sqlite")
Json = Annotated[dict[str, Any], JSON]
Moment = Annotated[datetime, Instant]

"""Column types that hold the same exact value on PostgreSQL and on SQLite."""

from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from functools import cache, lru_cache
from typing import Annotated, Any

from sqlalchemy import BigInteger, Date, DateTime, Dialect, Integer, Numeric, String, Text, TypeDecorator, Uuid
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import DontWrapMixin
from sqlalchemy.types import JSON, TypeEngine

from shared.kernel.errors import TooLarge

_LARGEST = 2**62
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

    def bind_processor(self, dialect: Dialect) -> Callable[[Any], Any] | None:
        """What makes the stored form; on SQLite, where equal numbers are stored alike, it remembers the last ones."""
        return _steps_of(self.scale) if dialect.name == "sqlite" else super().bind_processor(dialect)

    def process_bind_param(self, value: Decimal | None, dialect: Dialect) -> Any:
        """The stored form; raises ValueError or TooLargeToStore for a value that would not come back as it was."""
        if value is None:
            return None
        whole = _whole(value, self.scale)
        return whole if dialect.name == "sqlite" else value

    def process_result_value(self, value: Any, dialect: Dialect) -> Decimal | None:
        """The decimal that was stored."""
        return self.result_processor(dialect, None)(value)

    def result_processor(self, dialect: Dialect, coltype: object) -> Callable[[Any], Decimal | None]:
        """What makes the decimal of what was stored; on SQLite it remembers the last ones."""
        return _decimal_of(self.scale) if dialect.name == "sqlite" else _as_decimal

    @property
    def python_type(self) -> type[Decimal]:
        """Decimal."""
        return Decimal


def _whole(value: Decimal, scale: int) -> int:
    """A decimal in its smallest steps; raises ValueError or TooLargeToStore."""
    steps = value * Decimal(10) ** scale
    whole = int(steps)
    if steps != whole:
        raise ValueError(f"{value} has more than {scale} decimals")
    if abs(whole) >= _LARGEST:
        raise TooLargeToStore(f"{value} is too large to store exactly")
    return whole


@cache
def _steps_of(scale: int) -> Callable[[Decimal | None], int | None]:
    """Writes decimals of a scale for SQLite: one memory for all columns of that scale."""

    @lru_cache(maxsize=_REMEMBERED)
    def steps(value: Decimal | None) -> int | None:
        return None if value is None else _whole(value, scale)

    return steps


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

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """UTC; a naive moment is a mistake of the caller."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a stored moment needs its time zone")
        value = value.astimezone(UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """UTC, aware."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)

    @property
    def python_type(self) -> type[datetime]:
        """A moment."""
        return datetime


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
Day = Date

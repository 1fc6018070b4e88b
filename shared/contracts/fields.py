"""The types a contract's fields are made of: each a Python type for handlers and a marshmallow field for the wire.

A field's annotation says everything: `quantity: PositiveQuantity`, `value: Annotated[Amount, COST]`,
`lines: Annotated[list[OrderLine], Length(1, MAX_LINES)]`, `note: Text | None = None`.
"""

import re
import unicodedata
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Annotated, Any, Literal

from marshmallow import ValidationError, fields, validate

MAX_LINES = 1000
"""Lines in one document at the most; longer ones are split by the client."""

Visibility = Literal["cost", "personal"]


@dataclass(frozen=True)
class Visible:
    """Marks who may see a field: only principals with the scope `see:<to>`."""

    to: Visibility


COST = Visible("cost")
"""Purchase prices, stock value and margin: not for those who sell."""
PERSONAL = Visible("personal")
"""Data about a natural person."""


@dataclass(frozen=True)
class Secret:
    """Marks a password, token or key: written into no journal, and shown in no repeated answer."""


SECRET = Secret()


@dataclass(frozen=True)
class Length:
    """How many elements a list may have."""

    least: int
    most: int


@dataclass(frozen=True, eq=False)
class Wire:
    """How a value travels: the marshmallow field class and its fixed arguments."""

    field_class: type[fields.Field[Any]]
    options: Mapping[str, Any] = field(default_factory=dict)


class DecimalText(fields.Field[Decimal]):
    """An exact decimal as a JSON string: at most `scale` decimals, below `bound`, never a float.

    Written without trailing zeros beyond `shown` decimals, so that 12.5 of money reads "12.50".
    """

    default_error_messages = {  # noqa: RUF012 - marshmallow's own class attribute
        "not_text": 'must be a decimal number in a string, such as "12.50"',
        "not_decimal": "not a decimal number",
        "too_precise": "more than {scale} decimals",
        "too_large": "must be below {bound} in size",
        "not_positive": "must be greater than 0",
        "negative": "must not be negative",
    }
    _NUMBER = re.compile(r"-?[0-9]{1,20}(\.[0-9]{1,40})?")

    def __init__(
        self, *, scale: int, bound: int, shown: int = 0, sign: Literal["any", "positive", "natural"] = "any", **kw: Any
    ) -> None:
        super().__init__(**kw)
        self.scale, self.bound, self.shown, self.sign = scale, bound, shown, sign

    @property
    def pattern(self) -> str:
        """The regular expression that the JSON text matches, for schemas."""
        minus = "-?" if self.sign == "any" else ""
        whole = len(str(self.bound)) - 1
        fraction = rf"(\.[0-9]{{1,{self.scale}}})?" if self.scale else ""
        nonzero = "(?=.*[1-9])" if self.sign == "positive" else ""
        return rf"^{nonzero}{minus}[0-9]{{1,{whole}}}{fraction}$"

    def _serialize(self, value: Decimal | None, attr: str | None, obj: Any, **kwargs: Any) -> str | None:
        return None if value is None else decimal_text(value, self.shown)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Decimal:
        if not isinstance(value, str):
            raise self.make_error("not_text")
        if not self._NUMBER.fullmatch(value):
            raise self.make_error("not_decimal")
        number = Decimal(value)
        if -int(number.as_tuple().exponent) > self.scale:
            raise self.make_error("too_precise", scale=self.scale)
        if abs(number) >= self.bound:
            raise self.make_error("too_large", bound=self.bound)
        if self.sign == "positive" and number <= 0:
            raise self.make_error("not_positive")
        if self.sign == "natural" and number < 0:
            raise self.make_error("negative")
        return number


def decimal_text(value: Decimal, shown: int = 0) -> str:
    """`value` in plain notation with at least `shown` decimals and no further trailing zeros."""
    text = f"{value:f}"
    if "." not in text:
        return f"{text}.{'0' * shown}" if shown else text
    whole, _, fraction = text.partition(".")
    fraction = fraction.rstrip("0").ljust(shown, "0")
    if not fraction:
        return "0" if whole == "-0" else whole
    return f"{whole}.{fraction}"


class PlainText(fields.String):
    """Text without NUL and other control characters, stripped, of bounded length."""

    default_error_messages = {"control": "must not hold control characters"}  # noqa: RUF012 - marshmallow's own

    def __init__(self, *, most: int, least: int = 1, **kw: Any) -> None:
        super().__init__(validate=validate.Length(min=least, max=most), **kw)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:
        text = super()._deserialize(value, attr, data, **kwargs)
        if any(unicodedata.category(char) in ("Cc", "Cs") and char not in "\n\t" for char in text):
            raise self.make_error("control")
        return text


class IdText(fields.String):
    """A UUID in its canonical text."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:
        text = super()._deserialize(value, attr, data, **kwargs)
        try:
            canonical = str(uuid.UUID(text))
        except ValueError:
            raise ValidationError("not a UUID") from None
        if canonical != text.lower():
            raise ValidationError("not a UUID in its canonical form")
        return canonical


class Instant(fields.AwareDateTime):
    """A moment in UTC, ISO 8601 with its offset on the wire."""

    def __init__(self, **kw: Any) -> None:
        super().__init__(format="iso", **kw)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> datetime:
        if not isinstance(value, str):
            raise self.make_error("invalid", input=value, obj_type=self.OBJ_TYPE)
        moment: datetime = super()._deserialize(value, attr, data, **kwargs)
        try:
            return moment.astimezone(UTC)
        except OverflowError as error:
            raise self.make_error("invalid", input=value, obj_type=self.OBJ_TYPE) from error


class Day(fields.Date):
    """A calendar day, ISO 8601."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> date:
        if not isinstance(value, str) or len(value) != len("2026-01-31"):
            raise self.make_error("invalid", input=value, obj_type=self.OBJ_TYPE)
        day: date = super()._deserialize(value, attr, data, **kwargs)
        return day


class Flag(fields.Boolean):
    """True or false, and nothing that merely resembles them."""

    truthy = {True}  # noqa: RUF012 - marshmallow's own class attribute
    falsy = {False}  # noqa: RUF012 - marshmallow's own class attribute

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> bool:
        if not isinstance(value, bool):
            raise self.make_error("invalid", input=value)
        return value


Id = Annotated[str, Wire(IdText)]
Code = Annotated[
    str,
    Wire(
        fields.String,
        {
            "validate": validate.Regexp(
                r"^[A-Za-z0-9][A-Za-z0-9._:/ \-]{0,63}\Z", error="not a code of 1 to 64 characters"
            )
        },
    ),
]
Text = Annotated[str, Wire(PlainText, {"most": 200})]
LongText = Annotated[str, Wire(PlainText, {"most": 4000, "least": 0})]
RawText = Annotated[str, Wire(fields.String)]
"""Text of any length as it is; only for answers."""
Currency = Annotated[
    str, Wire(fields.String, {"validate": validate.Regexp(r"^[A-Z]{3}\Z", error="not an ISO 4217 code")})
]
Count = Annotated[int, Wire(fields.Integer, {"strict": True, "validate": validate.Range(min=0, max=1_000_000_000)})]
Days = Annotated[int, Wire(fields.Integer, {"strict": True, "validate": validate.Range(min=0, max=3650)})]
LineNo = Annotated[int, Wire(fields.Integer, {"strict": True, "validate": validate.Range(min=1, max=100_000)})]
Version = Annotated[int, Wire(fields.Integer, {"strict": True, "validate": validate.Range(min=1)})]

Quantity = Annotated[Decimal, Wire(DecimalText, {"scale": 6, "bound": 10**9})]
"""A quantity of one line; how much there is over many documents is a `TotalQuantity`."""
PositiveQuantity = Annotated[Decimal, Wire(DecimalText, {"scale": 6, "bound": 10**9, "sign": "positive"})]
NaturalQuantity = Annotated[Decimal, Wire(DecimalText, {"scale": 6, "bound": 10**9, "sign": "natural"})]
TotalQuantity = Annotated[Decimal, Wire(DecimalText, {"scale": 6, "bound": 10**12})]
PositiveTotalQuantity = Annotated[Decimal, Wire(DecimalText, {"scale": 6, "bound": 10**12, "sign": "positive"})]
NaturalTotalQuantity = Annotated[Decimal, Wire(DecimalText, {"scale": 6, "bound": 10**12, "sign": "natural"})]
Amount = Annotated[Decimal, Wire(DecimalText, {"scale": 4, "bound": 10**13, "shown": 2})]
"""An amount of one document; what stands or moved over many is a `TotalAmount`."""
PositiveAmount = Annotated[Decimal, Wire(DecimalText, {"scale": 4, "bound": 10**13, "shown": 2, "sign": "positive"})]
NaturalAmount = Annotated[Decimal, Wire(DecimalText, {"scale": 4, "bound": 10**13, "shown": 2, "sign": "natural"})]
TotalAmount = Annotated[Decimal, Wire(DecimalText, {"scale": 4, "bound": 10**14, "shown": 2})]
NaturalTotalAmount = Annotated[Decimal, Wire(DecimalText, {"scale": 4, "bound": 10**14, "shown": 2, "sign": "natural"})]
Price = Annotated[Decimal, Wire(DecimalText, {"scale": 6, "bound": 10**9, "shown": 2, "sign": "natural"})]
Rate = Annotated[Decimal, Wire(DecimalText, {"scale": 6, "bound": 100, "sign": "natural"})]
ExchangeRate = Annotated[Decimal, Wire(DecimalText, {"scale": 10, "bound": 10**8, "sign": "positive"})]

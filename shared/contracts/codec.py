"""The quick way through a schema, for what is well formed: several times as fast as marshmallow on long documents.

`decoder` and `encoder` are made from a marshmallow schema, field by field. A decoder takes only what the schema would
take, and gives what it would give; for anything else it raises Unusual and the schema has the last word, so that every
error message is marshmallow's. A field of a kind not known here goes through marshmallow itself.
"""

import re
from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import cache, lru_cache, partial
from typing import Any

from marshmallow import Schema, ValidationError, fields, missing, validate

from shared.contracts.fields import Day, DecimalText, Flag, IdText, Instant, PlainText, decimal_text
from shared.kernel.errors import TooLarge

Json = dict[str, Any]
Decode = Callable[[Any], Any]
Encode = Callable[[Any], Any]

_ID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_INSTANT = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{6})?\+[0-9]{2}:[0-9]{2}")
_PRINTABLE = re.compile(r"[^\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]*")
_DECIMAL = re.compile(r"-?[0-9]{1,15}(?:\.([0-9]{1,10}))?")

_new, _set = object.__new__, object.__setattr__
_REMEMBERED = 8192
"""How many numbers are remembered, for all fields together: the same quantities and prices come again and again."""


class Unusual(Exception):
    """Not something the quick way takes; the schema says whether it is an error."""


def decoder(schema: Schema, build: Callable[..., Any]) -> Decode:
    """Reads JSON data as `build` of the schema's fields; raises Unusual."""
    steps = [(name, _decode(spec), _default(spec)) for name, spec in schema.fields.items()]
    known = frozenset(schema.fields)
    strict, make = schema.unknown == "raise", _maker(build)

    def decode(data: Any) -> Any:
        if type(data) is not dict or (strict and not known.issuperset(data)):
            raise Unusual
        values = {}
        for name, step, default in steps:
            if name in data:
                values[name] = step(data[name])
            elif default is missing:
                raise Unusual
            else:
                values[name] = default() if callable(default) else default
        return make(values)

    return decode


def _maker(build: Callable[..., Any]) -> Callable[[Json], Any]:
    """What makes a message of all its fields: at once, without a call per field, where the class has no say in it."""
    if isinstance(build, type) and not hasattr(build, "__post_init__"):
        return partial(_filled, build)

    def make(values: Json) -> Any:
        try:
            return build(**values)
        except ValidationError:
            raise Unusual from None

    return make


def _filled(cls: type[Any], values: Json) -> Any:
    made = _new(cls)
    _set(made, "__dict__", values)
    return made


def encoder(schema: Schema) -> Encode:
    """Writes a message as JSON data, as the schema would; raises TooLarge, as no reader would take the number in.

    A message holds its fields and nothing else: what is written as it stands is taken over all at once.
    """
    steps = [(name, step) for name, spec in schema.fields.items() if (step := _encode(spec)) is not None]

    def encode(value: Any) -> Json:
        written: Json = value.__dict__.copy()
        for name, step in steps:
            each = written[name]
            if each is not None:
                written[name] = step(each)
        return written

    return encode


def _default(spec: fields.Field[Any]) -> Any:
    return missing if spec.required else spec.load_default


def _decode(spec: fields.Field[Any]) -> Decode:
    step = next((made(spec) for kind, made in _DECODERS if type(spec) is kind), None)
    if step is None or not _only_known_rules(spec):
        return lambda value: _by_schema(spec, value)
    if not spec.allow_none:
        return step
    return lambda value: None if value is None else step(value)


def _only_known_rules(spec: fields.Field[Any]) -> bool:
    kinds = (validate.Length, validate.Range, validate.Regexp, validate.OneOf)
    return all(type(rule) in kinds for rule in spec.validators) and not spec.load_only


def _by_schema(spec: fields.Field[Any], value: Any) -> Any:
    try:
        return spec.deserialize(value)
    except ValidationError:
        raise Unusual from None


def _checked(spec: fields.Field[Any], value: Any) -> Any:
    for rule in spec.validators:
        try:
            rule(value)
        except ValidationError:
            raise Unusual from None
    return value


def _decimal(spec: Any) -> Decode:
    scale, bound, sign = spec.scale, Decimal(spec.bound), spec.sign

    def step(value: Any) -> Decimal:
        if type(value) is not str:
            raise Unusual
        number, decimals = _number(value)
        if decimals > scale:
            raise Unusual
        if not -bound < number < bound or (sign != "any" and number < 0) or (sign == "positive" and not number):
            raise Unusual
        return number

    return step


@lru_cache(maxsize=_REMEMBERED)
def _number(text: str) -> tuple[Decimal, int]:
    """A decimal and how many decimals it is written with; raises Unusual."""
    found = _DECIMAL.fullmatch(text)
    if found is None:
        raise Unusual
    return Decimal(text), len(found[1] or "")


def _text(spec: Any) -> Decode:
    def step(value: Any) -> str:
        if type(value) is not str or not _PRINTABLE.fullmatch(value):
            raise Unusual
        return str(_checked(spec, value))

    return step


def _string(spec: Any) -> Decode:
    def step(value: Any) -> str:
        if type(value) is not str:
            raise Unusual
        return str(_checked(spec, value))

    return step


def _matching(pattern: re.Pattern[str], read: Callable[[str], Any]) -> Callable[[Any], Decode]:
    def step(value: Any) -> Any:
        if type(value) is not str or not pattern.fullmatch(value):
            raise Unusual
        try:
            return read(value)
        except (ValueError, OverflowError):
            raise Unusual from None

    return lambda _spec: step


def _of_type(kind: type[Any]) -> Callable[[Any], Decode]:
    def made(spec: Any) -> Decode:
        def step(value: Any) -> Any:
            if type(value) is not kind:
                raise Unusual
            return _checked(spec, value)

        return step

    return made


def _list(spec: Any) -> Decode:
    element = _decode(spec.inner)

    def step(value: Any) -> list[Any]:
        if type(value) is not list:
            raise Unusual
        _checked(spec, value)
        return [element(each) for each in value]

    return step


def _nested(spec: Any) -> Decode:
    return decoder(spec.schema, spec.metadata["message"])


_DECODERS: tuple[tuple[type[Any], Callable[[Any], Decode]], ...] = (
    (DecimalText, _decimal),
    (IdText, _matching(_ID, str)),
    (PlainText, _text),
    (fields.String, _string),
    (Day, _matching(_DAY, date.fromisoformat)),
    (Instant, _matching(_INSTANT, lambda text: datetime.fromisoformat(text).astimezone(UTC))),
    (Flag, _of_type(bool)),
    (fields.Integer, _of_type(int)),
    (fields.List, _list),
    (fields.Nested, _nested),
)


@cache
def _written(shown: int, bound: int) -> Encode:
    """Writes decimals below a bound, with at least `shown` decimals: one memory for all such fields."""

    @lru_cache(maxsize=_REMEMBERED)
    def text(value: Decimal) -> str:
        if not -bound < value < bound:
            raise TooLarge(f"{decimal_text(value)} is not below {bound} in size")
        return decimal_text(value, shown)

    # -0 is equal to 0, and written otherwise.
    return lambda value: text(value) if value else decimal_text(value, shown)


def _encode(spec: fields.Field[Any]) -> Encode | None:
    """How a field's values are written; None where as they are."""
    if type(spec) is DecimalText:
        return _written(spec.shown, spec.bound)
    if type(spec) in (Day, Instant):
        return _iso_text
    if type(spec) in _AS_THEY_ARE:
        return None
    if isinstance(spec, fields.List):
        return _all_written(_encode(spec.inner))
    if isinstance(spec, fields.Nested):
        return encoder(spec.schema)
    return lambda value: spec._serialize(value, None, None)  # noqa: SLF001 - what marshmallow's own dump calls


_AS_THEY_ARE = (IdText, PlainText, fields.String, Flag, fields.Integer, fields.Dict)


def _all_written(element: Encode | None) -> Encode:
    if element is None:
        return list
    return lambda value: [element(each) for each in value]


def _iso_text(value: date) -> str:
    return value.isoformat()

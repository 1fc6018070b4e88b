"""Examples of messages, made from their fields: the same each time, valid by the contract, fit to be read."""

import hashlib
import uuid
from typing import Any

from marshmallow import ValidationError, fields, validate

from shared.contracts.fields import DecimalText, IdText
from shared.contracts.message import Json, load, schema_class
from shared.contracts.operations import Event

_BORN = 0x019C_A6B1_DC00  # 2026-03-01 00:00 UTC in milliseconds, as UUIDv7 has it
_KNOWN: dict[str, Any] = {
    "number": "SO-202603-00042",
    "name": "华夏商贸",
    "code": "A-1001",
    "currency": "CNY",
    "country": "CN",
    "city": "上海",
    "street": "南京东路 1 号",
    "contact": "王丽",
    "phone": "+86 21 5555 0100",
    "time_zone": "Asia/Shanghai",
    "login": "wang.li",
    "owner": "wang.li",
    "role": "salesperson",
    "roles": ["salesperson"],
    "scopes": ["sales:read"],
    "scope": "sales:read",
    "rate_limit": "600/minute",
    "share": "1",
    "tax_rate": "0.13",
    "rate": "0.13",
    "exchange_rate": "1",
    "tax_code": "VAT13",
    "reason": "客户要求",
}
"""By field name, taken where the field accepts it."""


def example_of(cls: type[Any]) -> Json:
    """An example of a message, every optional field included, save one where the message takes either of two.

    Raises StopIteration for a message whose fields cannot stand together like that.
    """
    declared = schema_class(cls)._declared_fields  # noqa: SLF001 - marshmallow's own way to ask a class
    whole = {name: _example(name, spec) for name, spec in declared.items()}
    optional = [name for name, spec in declared.items() if spec.allow_none and not spec.required]
    fewer = ({other: value for other, value in whole.items() if other != name} for name in optional)
    return next(example for example in (whole, *fewer) if _loads(cls, example))


def _loads(cls: type[Any], example: Json) -> bool:
    try:
        load(cls, example)
    except ValidationError:
        return False
    return True


def event_example(event: Event[Any]) -> Json:
    """The event's own example, or one made from its payload."""
    return event.example or example_of(event.payload)


def _example(name: str, spec: fields.Field[Any]) -> Any:
    if name in _KNOWN and _accepts(spec, _KNOWN[name]):
        return _KNOWN[name]
    if isinstance(spec, fields.Nested):
        return example_of(spec.metadata["message"])
    if isinstance(spec, fields.List):
        least = max((rule.min or 1 for rule in spec.validators if isinstance(rule, validate.Length)), default=1)
        return [_example(name.removesuffix("s"), spec.inner)] * least
    return next(value for value in _candidates(name, spec) if _accepts(spec, value))


def _accepts(spec: fields.Field[Any], value: Any) -> bool:
    try:
        spec.deserialize(value)
    except ValidationError:
        return False
    return True


def _candidates(name: str, spec: fields.Field[Any]) -> list[Any]:
    """Values to try, from the special kind of field to the general."""
    for rule in spec.validators:
        if isinstance(rule, validate.OneOf):
            return list(rule.choices)
    for kind, values in _BY_KIND:
        if isinstance(spec, kind):
            return values
    return [_id(name)] if isinstance(spec, IdText) else _texts(name)


_BY_KIND: list[tuple[type[fields.Field[Any]], list[Any]]] = [
    (DecimalText, ["128.50", "12.5", "12", "1"]),
    (fields.AwareDateTime, ["2026-03-02T09:30:00+00:00"]),
    (fields.Date, ["2026-03-02"]),
    (fields.Boolean, [False]),
    (fields.Integer, [1, 10, 30]),
    (fields.Dict, [{}]),
]


def _id(name: str) -> str:
    """A UUIDv7 of a fixed moment, the same for the same field name."""
    noise = int.from_bytes(hashlib.sha256(name.encode()).digest()[:10])
    value = _BORN << 80 | 0x7 << 76 | (noise >> 62 & 0xFFF) << 64 | 0b10 << 62 | noise & (1 << 62) - 1
    return str(uuid.UUID(int=value))


def _texts(name: str) -> list[str]:
    words = name.replace("_", "-")
    return [words, words.upper(), "A-1001", "a1", "A1", "CNY", "sales:read", "600/minute", "abcdefgh", "1"]

"""Messages: dataclasses whose annotations make their marshmallow schema, so each shape is written once.

`strict` reads what clients send (unknown fields are errors); `lenient` reads what services send each other, where a
newer minor version may have added fields that this reader does not know.
"""

import dataclasses
import types
import typing
from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Any, Literal, TypeVar, dataclass_transform

from marshmallow import Schema, fields, post_load, validate

from shared.contracts.codec import Decode, Encode, Unusual, decoder, encoder
from shared.contracts.fields import Day, Flag, Instant, Length, PlainText, Secret, Visible, Wire

T = TypeVar("T")
Json = dict[str, Any]
Unknown = Literal["raise", "exclude"]


@dataclass_transform(frozen_default=True, kw_only_default=True)
def message(cls: type[T]) -> type[T]:
    """Make `cls` a frozen keyword-only dataclass that has a schema."""
    return dataclasses.dataclass(frozen=True, kw_only=True)(cls)


@message
class Nothing:
    """An empty request or answer."""


_CLASSES: dict[tuple[type[Any], Unknown], type[Schema]] = {}
_SCHEMAS: dict[tuple[type[Any], Unknown], Schema] = {}
_DECODERS: dict[tuple[type[Any], Unknown], Decode] = {}
_ENCODERS: dict[type[Any], Encode] = {}


def schema_class(cls: type[Any], unknown: Unknown = "raise") -> type[Schema]:
    """The marshmallow schema of a message class, named like it; what it holds treats unknown fields as it does."""
    if (cls, unknown) not in _CLASSES:
        _CLASSES[cls, unknown] = _made(cls, unknown)
    return _CLASSES[cls, unknown]


def _made(cls: type[Any], unknown: Unknown) -> type[Schema]:
    hints = typing.get_type_hints(cls, include_extras=True)
    made = {spec.name: _wire_field(hints[spec.name], spec, unknown) for spec in dataclasses.fields(cls)}

    def build(_schema: Schema, data: Json, **_: Any) -> Any:
        return cls(**data)

    meta = type("Meta", (), {"unknown": unknown})
    attributes: dict[str, Any] = {**made, "Meta": meta, "build": post_load(build), "__doc__": cls.__doc__}
    return type(cls.__name__, (Schema,), attributes)


def _schema(cls: type[Any], unknown: Unknown) -> Schema:
    if (cls, unknown) not in _SCHEMAS:
        _SCHEMAS[cls, unknown] = schema_class(cls, unknown)()
    return _SCHEMAS[cls, unknown]


def load(cls: type[T], data: Json, *, strict: bool = True) -> T:
    """`data` as a message; raises marshmallow's ValidationError with a path per fault."""
    unknown: Unknown = "raise" if strict else "exclude"
    decode = _DECODERS.get((cls, unknown))
    if decode is None:
        decode = _DECODERS[cls, unknown] = decoder(_schema(cls, unknown), cls)
    try:
        loaded: T = decode(data)
    except Unusual:
        loaded = _schema(cls, unknown).load(data)
    return loaded


def dump(value: object) -> Json:
    """A message as JSON-ready data; fields that are None stay, so that readers see the whole shape."""
    cls = type(value)
    encode = _ENCODERS.get(cls)
    if encode is None:
        encode = _ENCODERS[cls] = encoder(_schema(cls, "raise"))
    dumped: Json = encode(value)
    return dumped


def visible_fields(cls: type[Any]) -> dict[str, "str | dict[str, Any]"]:
    """The masked paths of a message: field name → who may see it, or the nested message's masked fields."""
    found: dict[str, str | dict[str, Any]] = {}
    for name, spec in _schema(cls, "raise").fields.items():
        if to := spec.metadata.get("visible"):
            found[name] = to
            continue
        inner = spec.inner if isinstance(spec, fields.List) else spec
        if isinstance(inner, fields.Nested) and (nested := visible_fields(inner.metadata["message"])):
            found[name] = nested
    return found


def without_secrets(cls: type[Any], data: Json) -> Json:
    """`data` of a message as it may be kept: its secret fields (of the message itself) are None."""
    secret = {name for name, spec in _schema(cls, "raise").fields.items() if spec.metadata.get("secret")}
    return {name: None if name in secret else value for name, value in data.items()} if secret else data


_PLAIN: dict[type[Any], type[fields.Field[Any]]] = {
    bool: Flag,
    date: Day,
    datetime: Instant,
}


def _wire_field(hint: Any, spec: dataclasses.Field[Any], unknown: Unknown) -> fields.Field[Any]:
    options: dict[str, Any] = {}
    if spec.default is not dataclasses.MISSING:
        options["load_default"] = spec.default
    elif spec.default_factory is not dataclasses.MISSING:
        options["load_default"] = spec.default_factory
    else:
        options["required"] = True
    return _field(hint, options, unknown)


def _field(hint: Any, options: dict[str, Any], unknown: Unknown) -> fields.Field[Any]:
    """The marshmallow field of one annotation."""
    hint, marks = _unwrap(hint)
    options = {"metadata": {}} | options
    inner, optional = _without_none(hint)
    if optional:
        options["allow_none"] = True
        inner, more = _unwrap(inner)
        marks = (*more, *marks)
    options["metadata"] |= _marked(marks)
    wire = next((mark for mark in reversed(marks) if isinstance(mark, Wire)), None)
    if wire:
        return wire.field_class(**_merged(wire.options, options))
    if typing.get_origin(inner) is list:
        length = next((mark for mark in marks if isinstance(mark, Length)), Length(0, 1000))
        element = _field(typing.get_args(inner)[0], {}, unknown)
        return fields.List(element, validate=validate.Length(min=length.least, max=length.most), **options)
    if typing.get_origin(inner) is Literal:
        return fields.String(validate=validate.OneOf(typing.get_args(inner)), **options)
    if dataclasses.is_dataclass(inner) and isinstance(inner, type):
        options["metadata"]["message"] = inner
        return fields.Nested(schema_class(inner, unknown), **options)
    if inner is str:
        return PlainText(most=200, least=0, **options)
    if inner is int:
        return fields.Integer(strict=True, **options)
    if typing.get_origin(inner) is dict:
        return fields.Dict(keys=fields.String(), **options)
    if inner is Decimal:
        raise TypeError("a decimal field needs its exact type: Amount, Quantity, Price, Rate or ExchangeRate")
    return _PLAIN[inner](**options)


def _marked(marks: typing.Iterable[Any]) -> Json:
    """What a field's marks say about who may see and keep it."""
    found: Json = {}
    for mark in marks:
        if isinstance(mark, Visible):
            found["visible"] = mark.to
        if isinstance(mark, Secret):
            found["secret"] = True
    return found


def _merged(fixed: typing.Mapping[str, Any], options: dict[str, Any]) -> dict[str, Any]:
    return {**fixed, **options}


def _unwrap(hint: Any) -> tuple[Any, tuple[Any, ...]]:
    if typing.get_origin(hint) is Annotated:
        inner, *marks = typing.get_args(hint)
        return inner, tuple(marks)
    return hint, ()


def _without_none(hint: Any) -> tuple[Any, bool]:
    if typing.get_origin(hint) in (types.UnionType, typing.Union):
        rest = [arg for arg in typing.get_args(hint) if arg is not type(None)]
        if len(rest) == 1 and len(rest) < len(typing.get_args(hint)):
            return rest[0], True
        raise TypeError(f"a field has one type, or that type or None: {hint}")
    return hint, False

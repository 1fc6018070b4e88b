"""JSON Schema (2020-12) of messages: what clients may send, what they are answered, what an event holds."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any, Literal

from marshmallow import fields, validate

from shared.contracts.fields import DecimalText, IdText, PlainText
from shared.contracts.message import Json, schema_class

Use = Literal["request", "answer", "event"]
Nested = Callable[[type[Any]], Json]
_NO_CONTROL = r"^[^\u0000-\u0008\u000b-\u001f\u007f-\u009f]*$"


class Shapes:
    """Gathers the schemas of messages while they are referred to.

    One class has up to three shapes: in a request nothing else may stand beside its fields; in an answer all fields
    stand, but for those the principal may not see; an event is read with fields added later. Where they differ, the
    shape first met takes the plain name.
    """

    def __init__(self, prefix: str) -> None:
        self.prefix = prefix
        self.schemas: dict[str, Json] = {}
        self._names: dict[tuple[type[Any], Use, tuple[str, ...]], str] = {}

    def ref(self, cls: type[Any], use: Use, without: Iterable[str] = ()) -> Json:
        """A reference to the shape of `cls`, leaving out the fields `without` (those of a path)."""
        key = (cls, use, tuple(sorted(without)))
        if key not in self._names:
            name = self._name(cls, use)
            self._names[key] = name
            self.schemas[name] = {}
            self.schemas[name] = self._object(cls, use, key[2])
        return {"$ref": f"{self.prefix}{self._names[key]}"}

    def _name(self, cls: type[Any], use: Use) -> str:
        """`sales.OrderView`: the contract's module and the class."""
        name = f"{cls.__module__.rpartition('.')[2]}.{cls.__name__}"
        while name in self.schemas:
            name = f"{name}.{use}" if not name.endswith(use) else f"{name}.below"
        return name

    def _object(self, cls: type[Any], use: Use, without: tuple[str, ...]) -> Json:
        specs = {name: spec for name, spec in declared(cls).items() if name not in without}
        schema: Json = {"type": "object", "description": described(cls)}
        schema["properties"] = {name: self.field(spec, use) for name, spec in specs.items()}
        if required := [name for name, spec in specs.items() if _is_required(spec, use)]:
            schema["required"] = required
        if use == "request":
            schema["additionalProperties"] = False
        return schema

    def field(self, spec: fields.Field[Any], use: Use) -> Json:
        """The schema of one field."""
        schema = field_schema(spec, lambda cls: self.ref(cls, use))
        if visible := spec.metadata.get("visible"):
            schema = {**schema, "x-visible-to": f"see:{visible}"}
        return schema


def declared(cls: type[Any]) -> Mapping[str, fields.Field[Any]]:
    """The marshmallow fields of a message class."""
    return schema_class(cls)._declared_fields  # noqa: SLF001 - marshmallow's own way to ask a class


def described(cls: type[Any]) -> str:
    """What a message is for, from its docstring."""
    return " ".join((cls.__doc__ or "").split())


def _is_required(spec: fields.Field[Any], use: Use) -> bool:
    return "visible" not in spec.metadata if use == "answer" else spec.required


def field_schema(spec: fields.Field[Any], nested: Nested) -> Json:
    """The schema of one field, None included where it may be."""
    schema = _plain(spec, nested)
    for rule in spec.validators:
        schema |= _rule(rule, isinstance(spec, fields.List))
    return _or_none(schema) if spec.allow_none else schema


def _plain(spec: fields.Field[Any], nested: Nested) -> Json:
    for kind, make in _KINDS.items():
        if isinstance(spec, kind):
            return make(spec, nested)
    raise TypeError(f"{type(spec).__name__} has no JSON Schema here")


_KINDS: dict[type[fields.Field[Any]], Callable[[Any, Nested], Json]] = {
    DecimalText: lambda spec, _: {"type": "string", "pattern": spec.pattern, "x-decimals": spec.scale},
    IdText: lambda _spec, _: {"type": "string", "format": "uuid"},
    PlainText: lambda _spec, _: {"type": "string", "pattern": _NO_CONTROL},
    fields.AwareDateTime: lambda _spec, _: {"type": "string", "format": "date-time"},
    fields.Date: lambda _spec, _: {"type": "string", "format": "date"},
    fields.Boolean: lambda _spec, _: {"type": "boolean"},
    fields.Integer: lambda _spec, _: {"type": "integer"},
    fields.Nested: lambda spec, nested: nested(spec.metadata["message"]),
    fields.List: lambda spec, nested: {"type": "array", "items": field_schema(spec.inner, nested)},
    fields.Dict: lambda _spec, _: {"type": "object"},
    fields.String: lambda _spec, _: {"type": "string"},
}
"""From the special to the general: the first kind that fits makes the schema."""


def _rule(rule: object, is_list: bool) -> Json:  # noqa: FBT001 - private, one caller
    match rule:
        case validate.Length():
            least, most = ("minItems", "maxItems") if is_list else ("minLength", "maxLength")
            return {name: value for name, value in ((least, rule.min), (most, rule.max)) if value is not None}
        case validate.Range():
            bounds = (("minimum", rule.min), ("maximum", rule.max))
            return {name: value for name, value in bounds if value is not None}
        case validate.Regexp():
            return {"pattern": str(rule.regex.pattern).replace(r"\Z", "$")}
        case validate.OneOf():
            return {"enum": list(rule.choices)}
    return {}


def _or_none(schema: Json) -> Json:
    if "$ref" in schema:
        return {"anyOf": [schema, {"type": "null"}]}
    if "enum" in schema:
        return {**schema, "type": [schema["type"], "null"], "enum": [*schema["enum"], None]}
    return {**schema, "type": [schema["type"], "null"]}

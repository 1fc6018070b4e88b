"""Columns of values as PostgreSQL reads arrays, so that one statement takes any number of rows.

A text for a column of a thousand values is one constant to parse, where the values one by one were a thousand
(https://www.postgresql.org/docs/15/arrays.html#ARRAYS-IO).
"""

from collections.abc import Callable, Sequence
from datetime import date, datetime
from decimal import Decimal
from operator import methodcaller
from typing import Any

_ISO: Callable[[Any], str] = methodcaller("isoformat")


def _quoted(value: str) -> str:
    if "\\" in value or '"' in value:
        value = value.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{value}"'


_WRITTEN: dict[type, Callable[[Any], str]] = {
    str: _quoted, int: str, Decimal: str, bool: lambda value: "t" if value else "f", date: _ISO, datetime: _ISO,
    type(None): lambda _: "NULL",
}  # fmt: skip


def array_text(values: Sequence[Any]) -> str:
    """`values`, as the driver would be given each, as one array; raises TypeError for one it cannot write."""
    try:
        return "{" + ",".join([_WRITTEN[type(value)](value) for value in values]) + "}"
    except KeyError:
        for kind in set(map(type, values)) - _WRITTEN.keys():
            _WRITTEN[kind] = _as_text(kind)
        return array_text(values)


def _as_text(kind: type) -> Callable[[Any], str]:
    """How values of a type are written that is a kind of text, such as an enumeration of texts."""
    if not issubclass(kind, str):
        raise TypeError(f"no array of PostgreSQL is made of {kind}")
    return lambda value: _quoted(str.__str__(value))

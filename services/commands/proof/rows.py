"""Rows as the proof reads them: of each list only the fields it needs, plainly typed.

A row is a `NamedTuple` whose field names are those of the list; `reader` makes the function that reads one.
"""

import sys
from collections.abc import Callable
from decimal import Decimal
from functools import lru_cache
from types import NoneType, UnionType
from typing import Any, TypeVar, get_args, get_origin, get_type_hints

Json = dict[str, Any]
Convert = Callable[[Any], Any]
R = TypeVar("R")
number = lru_cache(maxsize=200_000)(Decimal)
"""A decimal of its text; the same few quantities come again and again, and share their memory."""


class Masked(Exception):
    """A field came back empty that the proof needs: whoever asks may not see it."""


def reader(kind: type[R]) -> Callable[[Json], R]:
    """The function that reads a row of this kind from a list's JSON; raises Masked."""
    fields = [(name, *_converter(hint)) for name, hint in get_type_hints(kind).items()]

    def read(row: Json) -> R:
        values = []
        for name, convert, optional in fields:
            value = row[name]
            if value is not None:
                value = convert(value)
            elif not optional:
                raise Masked(f"{name} of {kind.__name__} is not shown; the proof needs the scope see:cost")
            values.append(value)
        return kind(*values)

    return read


def _converter(hint: Any) -> tuple[Convert, bool]:
    """How a field's value is read, and whether it may be empty."""
    if isinstance(hint, UnionType):
        return _of_kind(next(each for each in get_args(hint) if each is not NoneType)), True
    return _of_kind(hint), False


def _of_kind(kind: Any) -> Convert:
    if get_origin(kind) is list:
        read = reader(get_args(kind)[0])
        return lambda rows: [read(row) for row in rows]
    if kind is Decimal:
        return number
    return sys.intern if kind is str else _as_it_is


def _as_it_is(value: Any) -> Any:
    return value

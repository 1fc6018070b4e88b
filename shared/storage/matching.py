"""Selects of rows by the values of their columns, each form of them made once."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, bindparam, select

from shared.storage.prepared import Prepared
from shared.storage.rows import Kind

_SINGLE = frozenset({str, int, bool, date, Decimal})
"""Types of what is one value, as most are: told from collections at a glance."""


def matching(
    kind: Kind[Any], wanted: Mapping[str, object], by: tuple[str, ...], *, lock: bool
) -> tuple[Prepared, Mapping[str, object]]:
    """The statement that finds the rows with the `wanted` values, and what to run it with.

    None is matched by nothing being there; a collection, which must not be empty, by any value in it. Collections are
    filled up to a power of two with what they hold, so that few statements do for every length.
    """
    if _SINGLE.issuperset(map(type, wanted.values())):
        return _of_values(kind, tuple(wanted), by, lock), wanted
    form: list[tuple[str, int | None]] = []
    values: dict[str, object] = {}
    for name, value in wanted.items():
        if value is None:
            form.append((name, None))
        elif isinstance(value, Collection) and not isinstance(value, str):
            several = filled_up(list(value))
            form.append((name, len(several)))
            values.update((f"{name}_{place}", each) for place, each in enumerate(several))
        else:
            form.append((name, 0))
            values[name] = value
    return _statement(kind, tuple(form), by, lock), values


def filled_up(values: Sequence[Any]) -> list[Any]:
    """The values, the last of them again and again up to a power of two."""
    size = 1 << (len(values) - 1).bit_length()
    return [*values, *[values[-1]] * (size - len(values))]


@cache
def _of_values(kind: Kind[Any], names: tuple[str, ...], by: tuple[str, ...], lock: bool) -> Prepared:  # noqa: FBT001
    return _statement(kind, tuple((name, 0) for name in names), by, lock)


@cache
def _statement(kind: Kind[Any], form: tuple[tuple[str, int | None], ...], by: tuple[str, ...], lock: bool) -> Prepared:  # noqa: FBT001
    columns = kind.table.c
    statement = select(kind.table).where(*_conditions(kind, form)).order_by(*(columns[name] for name in by))
    return Prepared(statement.with_for_update() if lock else statement)


def _conditions(kind: Kind[Any], form: tuple[tuple[str, int | None], ...]) -> Iterator[ColumnElement[bool]]:
    """Per column: nothing (None), one value (0), or any of so many."""
    for name, many in form:
        column = kind.table.c[name]
        if many is None:
            yield column.is_(None)
        elif many == 0:
            yield column == bindparam(name)
        else:
            yield column.in_([bindparam(f"{name}_{place}", type_=column.type) for place in range(many)])

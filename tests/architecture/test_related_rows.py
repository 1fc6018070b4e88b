"""Rows that belong to another are found by an index, however many there are of them."""

from collections.abc import Iterator

import pytest
from sqlalchemy import PrimaryKeyConstraint, Table, UniqueConstraint

import services.commands.installation  # noqa: F401 - declares every table
from shared.storage.rows import Related, Row


def _kinds(row: type[Row] = Row) -> Iterator[type[Row]]:
    for each in row.__subclasses__():
        yield each
        yield from _kinds(each)


_RELATED = [
    pytest.param(each, id=f"{kind.__module__}.{kind.__name__}.{name}")
    for kind in _kinds()
    if kind.__module__.startswith("services.")
    for name, each in vars(kind).items()
    if isinstance(each, Related)
]


def _indexed(table: Table) -> Iterator[list[str]]:
    """The columns of each index, in their order."""
    for index in table.indexes:
        yield [column.name for column in index.columns]
    for constraint in table.constraints:
        if isinstance(constraint, PrimaryKeyConstraint | UniqueConstraint):
            yield [column.name for column in constraint.columns]


@pytest.mark.parametrize("related", _RELATED)
def test_related_rows_have_an_index(related: Related[Row]) -> None:
    begins = [
        columns[: columns.index(related.by) + 1] for columns in _indexed(related.row.__table__) if related.by in columns
    ]
    assert any({*begin} <= {*related.wanted("a company", "a key")} for begin in begins)


def test_there_are_such_rows() -> None:
    assert len(_RELATED) > 5

"""Rows under lock: read anew at the moment they are locked."""

from collections.abc import Sequence
from typing import TypeVar

from sqlalchemy import Select

from shared.runtime.work import UnitOfWork
from shared.storage.rows import CompanyRow

Row = TypeVar("Row", bound=CompanyRow)


def fresh(work: UnitOfWork, statement: Select[Row]) -> Sequence[Row]:
    """The rows as they are now, also those read before: for rows that another row's lock guards."""
    return work.all(statement.execution_options(populate_existing=True))


def locked(work: UnitOfWork, statement: Select[Row]) -> Sequence[Row]:
    """The rows as they are now, kept from changing by others until the end; lock in one order everywhere."""
    return fresh(work, statement.with_for_update())

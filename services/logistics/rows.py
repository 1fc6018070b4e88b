"""Rows under lock: read anew at the moment they are locked, and made first where they are missing."""

from collections.abc import Sequence
from typing import TypeVar

from sqlalchemy import Select
from sqlalchemy.dialects.postgresql import insert as postgres_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert

from shared.runtime.work import UnitOfWork
from shared.storage.rows import CompanyRow

Row = TypeVar("Row", bound=CompanyRow)


def fresh(work: UnitOfWork, statement: Select[Row]) -> Sequence[Row]:
    """The rows as they are now, also those read before: for rows that another row's lock guards."""
    return work.all(statement.execution_options(populate_existing=True))


def locked(work: UnitOfWork, statement: Select[Row]) -> Sequence[Row]:
    """The rows as they are now, kept from changing by others until the end; lock in one order everywhere."""
    return fresh(work, statement.with_for_update())


def made_and_locked(work: UnitOfWork, row: type[Row], key: dict[str, object], **new: object) -> Row:
    """The one row with this key, locked; made with `new` where it is missing, once though two miss it at a time."""
    insert = postgres_insert if work.session.get_bind().dialect.name == "postgresql" else sqlite_insert
    work.session.execute(insert(row).values(company=work.company, **key, **new).on_conflict_do_nothing())
    return work.get(row, lock=True, **key)

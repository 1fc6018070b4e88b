"""Rows that guard others: made where they are missing, and locked."""

from typing import TypeVar

from shared.runtime.work import UnitOfWork
from shared.storage.rows import CompanyRow

Row = TypeVar("Row", bound=CompanyRow)


def made_and_locked(work: UnitOfWork, row: type[Row], key: dict[str, object], **new: object) -> Row:
    """The one row with this key, locked; made with `new` where it is missing, once though two miss it at a time."""
    if (held := work.locked_before(row, **key)) is not None:
        return held
    work.insert_missing(row, [{**key, **new}])
    return work.get(row, lock=True, **key)

"""Rows under lock: read anew at the moment they are locked, and made first where they are missing."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any, TypeVar

from shared.runtime.work import UnitOfWork
from shared.storage.rows import CompanyRow

Row = TypeVar("Row", bound=CompanyRow)
Pair = tuple[str, str]


def locked_pairs(
    work: UnitOfWork,
    row: type[Row],
    pairs: Iterable[Pair],
    columns: tuple[Any, Any],
    new: Callable[[Pair], Mapping[str, object]],
) -> dict[Pair, Row]:
    """The rows with these pairs of values, locked in their order; where there is none yet, `new` says what it holds.

    One query as a rule. A missing row is made so that two transactions that miss it at once end with the same one.
    """
    wanted = sorted(set(pairs))
    first, second = columns
    values: dict[str, Any] = {first.key: {a for a, _ in wanted}, second.key: {b for _, b in wanted}}

    def lock() -> dict[Pair, Row]:
        found = work.rows(row, by=(first.key, second.key), lock=True, **values)
        by_pair = {(getattr(each, first.key), getattr(each, second.key)): each for each in found}
        return {pair: by_pair[pair] for pair in wanted if pair in by_pair}

    rows = lock()
    missing = [pair for pair in wanted if pair not in rows]
    if not missing:
        return rows
    work.insert_missing(row, [{first.key: pair[0], second.key: pair[1], **new(pair)} for pair in missing])
    return lock()

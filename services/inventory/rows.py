"""Rows under lock: read anew at the moment they are locked, and made first where they are missing."""

from collections.abc import Callable, Iterable, Mapping, Sequence
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

    One query as a rule, none where this transaction has them locked already. A missing row is made so that two
    transactions that miss it at once end with the same one.
    """
    wanted = sorted(set(pairs))
    first, second = columns[0].key, columns[1].key

    def lock(pairs: Sequence[Pair]) -> dict[Pair, Row]:
        values: dict[str, Any] = {first: {a for a, _ in pairs}, second: {b for _, b in pairs}}
        found: dict[Pair, Row] = {}
        for each in work.rows(row, by=(first, second), lock=True, **values):
            work.keep_locked(each, first, second)
            found[getattr(each, first), getattr(each, second)] = each
        return found

    held = {pair: work.locked_before(row, **{first: pair[0], second: pair[1]}) for pair in wanted}
    rows = {pair: each for pair, each in held.items() if each is not None}
    if free := [pair for pair in wanted if pair not in rows]:
        rows |= lock(free)
    if missing := [pair for pair in free if pair not in rows]:
        work.insert_missing(row, [{first: pair[0], second: pair[1], **new(pair)} for pair in missing])
        rows |= lock(missing)
    return {pair: rows[pair] for pair in wanted}

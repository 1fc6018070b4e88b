"""Notices the customers and items a day brings for the first time, as a company would open their cards."""

from collections.abc import Iterable
from statistics import median_low

from services.commands.trade.buckets import Bucket, Rule
from services.commands.trade.lines import TradeLine
from services.commands.trade.moves import AnyMove, NewItem, Party, StockAdjustment
from services.commands.trade.papers import Judged, Paper

_GOODS_RULES = {Rule.CREDIT_WITHOUT_ORIGINAL, Rule.STOCK_WRITTEN_OFF, Rule.STOCK_FOUND}
_GOODS_BUCKETS = {Bucket.SOLD, Bucket.RETURNED}


class Masters:
    """The customers and items met so far."""

    def __init__(self) -> None:
        self._parties: set[str] = set()
        self._items: set[str] = set()

    def forget(self) -> None:
        """Start anew, as a replay does whose first day is not the file's."""
        self._parties.clear()
        self._items.clear()

    def new_parties(self, moves: Iterable[AnyMove]) -> tuple[Party, ...]:
        """Parties met for the first time. A correction of stock involves none."""
        met = {move.party.key: move.party for move in reversed(list(moves)) if not isinstance(move, StockAdjustment)}
        new = tuple(party for key, party in sorted(met.items()) if key not in self._parties)
        self._parties |= met.keys()
        return new

    def new_items(self, papers: Iterable[Paper]) -> tuple[NewItem, ...]:
        """Items met for the first time, with what that day says of them."""
        met: dict[str, list[Judged]] = {}
        for judged in (judged for paper in papers for judged in paper.lines if _is_goods(judged)):
            if judged.line.item not in self._items:
                met.setdefault(judged.line.item, []).append(judged)
        self._items |= met.keys()
        return tuple(_item(code, lines) for code, lines in sorted(met.items()))


def _is_goods(judged: Judged) -> bool:
    return judged.verdict.rule in _GOODS_RULES or judged.verdict.bucket in _GOODS_BUCKETS


def _item(code: str, lines: list[Judged]) -> NewItem:
    prices = [judged.line.price for judged in lines if judged.line.price]
    demands = tuple(judged.line.quantity for judged in lines if judged.verdict.bucket is Bucket.SOLD)
    return NewItem(code, _name([judged.line for judged in lines]), median_low(prices) if prices else None, demands)


def _name(lines: list[TradeLine]) -> str:
    """A description as it is sold under; an unpriced line has a clerk's remark there, so the code serves instead."""
    return next((line.description for line in lines if line.price and line.description), lines[0].item)

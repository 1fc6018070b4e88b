"""Turns order lines into days of business moves, such that every row ends in exactly one bucket.

A cancellation is matched to earlier rows only, so the first days of a file plan alike whether or not it goes on.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby

from services.commands.trade.buckets import Bucket, Rule
from services.commands.trade.codes import MoneyKind, ServiceKind
from services.commands.trade.lines import TradeLine, in_date_order
from services.commands.trade.masters import Masters
from services.commands.trade.moves import (
    AnyMove,
    Day,
    GoodsLine,
    MoneyAdjustment,
    OrderRef,
    Sale,
    ServiceCharge,
    ServiceLine,
    StockAdjustment,
)
from services.commands.trade.papers import Judged, Paper, papers
from services.commands.trade.undo import Undoing

LINES_PER_ORDER = 1_000

_SOLD = (Rule.GOODS, Rule.FREE_TO_CUSTOMER, Rule.FREE_IN_ANONYMOUS_SALE)


@dataclass(frozen=True, slots=True)
class Window:
    """Which days of a file to live: from `start` (or its first), up to `until`, at most `days` calendar days."""

    start: date | None = None
    until: date | None = None
    days: int | None = None

    def last(self, first: date) -> date:
        """The last day within, for a file whose first day is `first`."""
        begin = self.start or first
        by_days = date.max if self.days is None else begin + timedelta(days=self.days - 1)
        return min(by_days, self.until or date.max)

    def begun(self, day: date) -> bool:
        return self.start is None or day >= self.start


def plan(lines: Iterable[TradeLine], window: Window | None = None) -> Iterator[Day]:
    """The days of `lines` within `window`, one at a time. What lies before it is read to know its sales.

    Raises BrokenRow where lines step back a day; run `lines.check` before the first effect.
    """
    window = window or Window()
    planner = _Planner()
    last = None
    for day, todays in groupby(in_date_order(lines), key=lambda line: line.at.date()):
        last = last or window.last(day)
        if day > last:
            return
        planned = planner.day(day, todays)
        if window.begun(day):
            yield planned
        else:
            planner.masters.forget()


class _Planner:
    """What must be known of earlier days to plan the next."""

    def __init__(self) -> None:
        self.masters = Masters()
        self._undoing = Undoing()
        self._parts: Counter[str] = Counter()

    def day(self, day: date, lines: Iterable[TradeLine]) -> Day:
        self._undoing.begin_day()
        todays = papers(lines)
        moves = tuple(move for paper in todays for move in self._moves(paper))
        verdicts = sorted((judged.verdict for paper in todays for judged in paper.lines), key=lambda one: one.row)
        return Day(day, self.masters.new_parties(moves), self.masters.new_items(todays), moves, tuple(verdicts))

    def _moves(self, paper: Paper) -> list[AnyMove]:
        sales = self._sales(paper)
        for sale in sales:
            self._undoing.remember(sale)
        riding = {line.row for sale in sales for line in sale.services}
        alone = [line for line in _services(paper) if line.row not in riding]
        return [
            *sales,
            *self._undoing.moves(paper),
            *([ServiceCharge(paper.invoice, paper.party, paper.at, tuple(alone))] if alone else []),
            *(_money_adjustment(paper, judged) for judged in paper.bookable(Bucket.ADJUSTMENT) if _is_money(judged)),
            *(_stock_adjustment(paper, judged) for judged in paper.under(Rule.STOCK_WRITTEN_OFF, Rule.STOCK_FOUND)),
        ]

    def _sales(self, paper: Paper) -> list[Sale]:
        goods = [_goods_line(judged.line) for judged in paper.under(*_SOLD)]
        services = tuple(line for line in _services(paper) if line.amount > 0)
        chunks = [tuple(goods[at : at + LINES_PER_ORDER]) for at in range(0, len(goods), LINES_PER_ORDER)]
        return [self._sale(paper, chunk, services if not nth else ()) for nth, chunk in enumerate(chunks)]

    def _sale(self, paper: Paper, goods: tuple[GoodsLine, ...], services: tuple[ServiceLine, ...]) -> Sale:
        self._parts[paper.invoice] += 1
        order = OrderRef(paper.invoice, self._parts[paper.invoice], paper.at)
        return Sale(paper.invoice, paper.party, paper.at, order, goods, services)


def _goods_line(line: TradeLine) -> GoodsLine:
    return GoodsLine(line.row, line.item, line.quantity, line.price)


def _services(paper: Paper) -> list[ServiceLine]:
    return [_service_line(judged) for judged in paper.bookable(Bucket.SERVICE)]


def _service_line(judged: Judged) -> ServiceLine:
    kind = ServiceKind(judged.verdict.rule.value)
    return ServiceLine(judged.line.row, kind, judged.line.description, judged.line.value)


def _is_money(judged: Judged) -> bool:
    return judged.verdict.rule in (Rule.DISCOUNT, Rule.MANUAL, Rule.BAD_DEBT)


def _money_adjustment(paper: Paper, judged: Judged) -> MoneyAdjustment:
    line, kind = judged.line, MoneyKind(judged.verdict.rule.value)
    return MoneyAdjustment(paper.invoice, paper.party, paper.at, line.row, kind, line.description, line.value)


def _stock_adjustment(paper: Paper, judged: Judged) -> StockAdjustment:
    line = judged.line
    return StockAdjustment(paper.invoice, paper.party, paper.at, line.row, line.item, line.quantity, line.description)

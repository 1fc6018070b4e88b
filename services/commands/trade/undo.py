"""Turns the goods lines of a cancellation into cancellations, returns and credits without an original."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from services.commands.trade.buckets import Note, Rule
from services.commands.trade.lines import TradeLine
from services.commands.trade.moves import AnyMove, Cancellation, CreditOnly, GoodsLine, OrderRef, Portion, Return, Sale
from services.commands.trade.originals import Originals, Taken
from services.commands.trade.papers import Judged, Paper


@dataclass(slots=True)
class OpenOrder:
    """What of an order placed today could still be cancelled."""

    rows: set[int]
    has_services: bool


class Undoing:
    """Matches cancellations to sales. It lives as long as the file; orders stay cancellable for their own day."""

    def __init__(self) -> None:
        self._originals = Originals()
        self._today: dict[OrderRef, OpenOrder] = {}

    def begin_day(self) -> None:
        """What was sold until yesterday has shipped: it can come back but not be cancelled."""
        self._today.clear()

    def remember(self, sale: Sale) -> None:
        """A sale that later lines may undo."""
        self._originals.remember(sale)
        self._today[sale.order] = OpenOrder({line.row for line in sale.goods}, bool(sale.services))

    def moves(self, paper: Paper) -> list[AnyMove]:
        """The moves of a paper's cancelled goods; settles their verdicts' rules."""
        cancelled: dict[OrderRef, list[Portion]] = defaultdict(list)
        returned: dict[OrderRef, list[Portion]] = defaultdict(list)
        unmatched: list[GoodsLine] = []
        for judged in paper.under(Rule.RETURNED):
            taken = self._take(paper, judged.line)
            for one in taken:
                home = cancelled if self._cancels(one, judged.line) else returned
                home[one.sold.order].append(_portion(one, judged.line))
            missing = -judged.line.quantity - sum((one.quantity for one in taken), Decimal(0))
            if missing:
                unmatched.append(GoodsLine(judged.line.row, judged.line.item, missing, judged.line.price))
            self._settle(judged, taken, missing)
        return [*self._cancellations(paper, cancelled), *_returns(paper, returned), *_credits(paper, unmatched)]

    def _take(self, paper: Paper, line: TradeLine) -> list[Taken]:
        # Anyone may be a walk-in: only the same price makes it likely that the sale is the one meant.
        strict = paper.party.walk_in
        return self._originals.take(paper.party.key, line.item, -line.quantity, line.price, same_price=strict)

    def _cancels(self, taken: Taken, line: TradeLine) -> bool:
        return taken.whole and taken.sold.order in self._today and taken.sold.price == line.price

    def _settle(self, judged: Judged, taken: Sequence[Taken], missing: Decimal) -> None:
        rule = self._rule(judged.line, taken, missing)
        notes = judged.verdict.notes + ((Note.SEVERAL_ORIGINALS,) if len(taken) > 1 else ())
        judged.verdict = replace(judged.verdict, rule=rule, notes=notes)

    def _rule(self, line: TradeLine, taken: Sequence[Taken], missing: Decimal) -> Rule:
        if missing:
            return Rule.RETURNED_IN_PART if taken else Rule.CREDIT_WITHOUT_ORIGINAL
        if all(self._cancels(one, line) for one in taken):
            return Rule.CANCELLED_SAME_DAY
        if any(one.sold.price != line.price for one in taken):
            return Rule.RETURNED_AT_OTHER_PRICE
        return Rule.RETURNED

    def _cancellations(self, paper: Paper, portions: dict[OrderRef, list[Portion]]) -> Iterable[Cancellation]:
        for order, undone in portions.items():
            today = self._today[order]
            today.rows -= {portion.sold_row for portion in undone}
            whole = not today.rows and not today.has_services
            yield Cancellation(paper.invoice, paper.party, paper.at, order, tuple(undone), whole)


def _returns(paper: Paper, portions: dict[OrderRef, list[Portion]]) -> Iterable[Return]:
    for order, back in portions.items():
        yield Return(paper.invoice, paper.party, paper.at, order, tuple(back))


def _credits(paper: Paper, goods: list[GoodsLine]) -> Iterable[CreditOnly]:
    if goods:
        yield CreditOnly(paper.invoice, paper.party, paper.at, tuple(goods))


def _portion(taken: Taken, line: TradeLine) -> Portion:
    return Portion(line.row, taken.sold.row, line.item, taken.quantity, taken.sold.price, line.price)

"""How much of an item is kept: by what supply invents at first, and by what sells as the days go by.

The planner raises and lowers minimum and maximum with the demand seen so far; nobody looks ahead in the file. The
minimum is the textbook reorder point: what sells until a purchase has come in, and a reserve in proportion to how much
that varies (Silver, Pyke and Thomas, Inventory and Production Management in Supply Chains, chapter 6).
"""

from collections import Counter, defaultdict, deque
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from decimal import ROUND_CEILING, Decimal

from services.commands.living.office import Office, chunks
from services.commands.trade.moves import Cancellation, Day, NewItem, Sale
from services.commands.trade.supply import ItemSupply
from shared.contracts import inventory

_RESERVE_DAYS, _CYCLE_DAYS = 6, 28
_DEVIATIONS = Decimal("2.5")
_RECENTLY = timedelta(days=28)
_OPENING_DAYS, _CAREFUL_DAYS = Decimal(2), 3
_WORTH, _LEAST = Decimal(150), Decimal(24)
_NOTABLE = Decimal("0.2")


@dataclass(frozen=True)
class Pace:
    """How an item sells: pieces a day, and the standard deviation of a day's."""

    daily: Decimal
    deviation: Decimal = Decimal(0)


@dataclass
class Demand:
    """What was asked for of an item on each day so far."""

    since: date
    total: Decimal = Decimal(0)
    squares: Decimal = Decimal(0)
    recent: deque[tuple[date, Decimal]] = field(default_factory=deque)

    def add(self, day: date, quantity: Decimal) -> None:
        """Take in what was asked for on a day later than all before."""
        self.total += quantity
        self.squares += quantity * quantity
        self.recent.append((day, quantity))
        while self.recent[0][0] <= day - _RECENTLY:
            self.recent.popleft()

    def pace(self, today: date) -> Pace:
        """By all days so far or by the last four weeks, whichever is faster, so that no season is missed.

        Some days are added to the days so far, so that the first one is not taken for the usual.
        """
        days = (today - self.since).days + _CAREFUL_DAYS
        mean = self.total / days
        lately = sum((quantity for _, quantity in self.recent), Decimal(0)) / min(days, _RECENTLY.days)
        daily = max(mean, lately)
        variance = max(Decimal(0), self.squares / days - mean * mean)
        return Pace(daily, (variance * daily / mean).sqrt() if mean else Decimal(0))


@dataclass
class Stocking:
    """The limits in force, and what they follow: each item's demand since its first day."""

    demand: dict[str, Demand] = field(default_factory=dict)

    def follow(self, office: Office, day: Day) -> None:
        """Take a day's demand in, and set the limits anew where it moved them by more than a fifth."""
        sold = _lasting_demand(day, office)
        for item, quantity in sold.items():
            self.demand.setdefault(item, Demand(day.date)).add(day.date, quantity)
        moved = [stocked(office.known.supplies[item], self.demand[item].pace(day.date)) for item in sorted(sold)]
        set_limits(office, [each for each in moved if _is_notable(office.known.supplies[each.item], each)], "moved")


def opening(given: ItemSupply, item: NewItem) -> ItemSupply:
    """The item with limits by its first day's demand, which is more than that of most days."""
    return stocked(given, Pace(sum(item.demands, Decimal(0)) / _OPENING_DAYS))


def stocked(given: ItemSupply, pace: Pace) -> ItemSupply:
    """Minimum: what sells until a purchase has come in, and a reserve. Maximum: four weeks more. In whole packs."""
    reserve = _DEVIATIONS * pace.deviation * Decimal(given.lead_days + 1).sqrt()
    point = pace.daily * (given.lead_days + _RESERVE_DAYS) + reserve
    minimum = max(given.order_minimum, _packs(point, given.pack))
    cycle = max(given.order_minimum, _packs(pace.daily * _CYCLE_DAYS, given.pack))
    return replace(given, minimum=minimum, maximum=minimum + cycle)


def lasting_items(day: Day) -> list[NewItem]:
    """The day's new items with the demands that last: nobody stocks up for a slip of the pen, or for one huge order."""
    undone: dict[str, Counter[Decimal]] = defaultdict(Counter)
    for portion in (each for move in day.moves if isinstance(move, Cancellation) for each in move.portions):
        undone[portion.item][portion.quantity] += 1
    return [_lasting(item, Counter(item.demands) - undone[item.code]) for item in day.new_items]


def set_limits(office: Office, supplies: Iterable[ItemSupply], why: str) -> None:
    """Tell the warehouse the limits of these items, and remember them."""
    for nth, some in enumerate(chunks(supplies)):
        lines = [
            {
                "item_id": office.known.items[each.item],
                "minimum": Decimal(each.minimum),
                "maximum": Decimal(each.maximum),
            }
            for each in some
        ]
        office.staff.keeper.do(
            inventory.set_stock_limits,
            warehouse_id=office.known.warehouse,
            lines=lines,
            key=office.key("limits", why, office.today, nth),
        )
        office.known.supplies |= {each.item: each for each in some}


def _lasting(item: NewItem, demands: Counter[Decimal]) -> NewItem:
    most = _most(item.price)
    return replace(item, demands=tuple(min(quantity, most) for quantity in demands.elements()))


def _lasting_demand(day: Day, office: Office) -> dict[str, Decimal]:
    """What was asked for of each item and not cancelled again, of each line no more than is usual."""
    undone = {each.sold_row for move in day.moves if isinstance(move, Cancellation) for each in move.portions}
    asked: dict[str, Decimal] = defaultdict(Decimal)
    for line in (line for move in day.moves if isinstance(move, Sale) for line in move.goods):
        if line.row not in undone and line.item in office.known.supplies:
            asked[line.item] += min(line.quantity, _most(line.price))
    return asked


def _most(price: Decimal | None) -> Decimal:
    """The most of an item that one line is taken to say about the next ones: goods of 150 pounds, or two dozen."""
    return max(_LEAST, (_WORTH / price).to_integral_value(ROUND_CEILING)) if price else _LEAST


def _is_notable(before: ItemSupply, after: ItemSupply) -> bool:
    return abs(after.maximum - before.maximum) > _NOTABLE * before.maximum


def _packs(quantity: Decimal, pack: int) -> int:
    return int((quantity / pack).to_integral_value(ROUND_CEILING)) * pack

"""What became of each row of the file, and what was booked of it, to be held against each other at the end."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from decimal import Decimal

from services.commands.trade.buckets import CURRENCY, Counts, Rule, Verdict
from shared.kernel.money import ZERO, round_money


def booked(amount: Decimal) -> Decimal:
    """An amount of the file as the books have it: to the cent."""
    return round_money(amount, CURRENCY)


@dataclass
class Outcomes:
    """The verdicts of rows whose moves are not done yet, and the counts of those that are."""

    counts: Counts = field(default_factory=Counts)
    _open: dict[int, Verdict] = field(default_factory=dict)
    _waiting: Counter[int] = field(default_factory=Counter)

    def begin(self, verdicts: Iterable[Verdict]) -> None:
        """The rows of a day, as they were planned to end."""
        self._open |= {verdict.row: verdict for verdict in verdicts}

    def refuse(self, rows: Iterable[int], reason: str) -> None:
        """The company said no to what these rows asked for."""
        for row in rows:
            self._open[row] = self._open[row].refuse(reason)

    def credited_only(self, row: int, *, in_part: bool) -> None:
        """The sale a row undoes (or, `in_part`, one of several) is not in the books: money goes back, no goods do."""
        rule = Rule.RETURNED_IN_PART if in_part else Rule.CREDIT_WITHOUT_ORIGINAL
        self._open[row] = replace(self._open[row], rule=rule)

    def hold(self, row: int) -> None:
        """A move of this row has to wait for another day; each hold takes a `release`."""
        self._waiting[row] += 1

    def release(self, row: int) -> None:
        """What was waited for is done."""
        self._waiting[row] -= 1
        if not self._waiting[row]:
            del self._waiting[row]

    def close_day(self) -> None:
        """Count every row that waits for nothing."""
        done = [row for row in self._open if row not in self._waiting]
        self.counts.add(self._open.pop(row) for row in done)


@dataclass
class Booked:
    """Amounts the replay had booked, in pounds, signed as the customer sees them; and what it counted on the way."""

    orders: int = 0
    lines: int = 0
    short_lines: int = 0
    cancelled_lines: int = 0
    held: int = 0
    sold: Decimal = ZERO
    services: Decimal = ZERO
    cancelled: Decimal = ZERO
    returned: Decimal = ZERO
    adjusted: dict[str, Decimal] = field(default_factory=dict)
    cash_in: Decimal = ZERO
    cash_out: Decimal = ZERO
    opened_stock: Decimal = ZERO
    purchase_orders: int = 0
    second_approvals: int = 0
    purchased: Decimal = ZERO
    exceptions: int = 0

    @property
    def total(self) -> Decimal:
        """What all rows together came to in the books."""
        return self.sold + self.services + self.cancelled + self.returned + sum(self.adjusted.values(), ZERO)

    def adjust(self, kind: str, amount: Decimal) -> None:
        """Note a charge (above zero) or credit without goods."""
        self.adjusted[kind] = self.adjusted.get(kind, ZERO) + amount

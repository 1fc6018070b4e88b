"""Customers' returns: authorised by sales, received and inspected by the warehouse, credited by finance.

Goods that have not left yet cannot come back: such a return waits until they have.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from services.commands.client import Json, Refused
from services.commands.living.adjusting import adjust
from services.commands.living.known import PlacedOrder
from services.commands.living.office import Office
from services.commands.living.outcome import booked
from services.commands.trade.moves import Portion, Return
from shared.contracts import inventory, sales

_NOT_YET = "not_returnable"


@dataclass
class Returns:
    """The returns of a company; remembers those that wait for goods to leave first."""

    office: Office
    first_day: date

    def __post_init__(self) -> None:
        self._waiting: list[Return] = []

    def take_back(self, moves: Sequence[Return], left: set[str]) -> None:
        """Take back what comes today, and what waited for one of the orders that `left` today."""
        ours = [move for move in moves if move.order.at.date() >= self.first_day]
        for move in (move for move in moves if move.order.at.date() < self.first_day):
            self._credit_instead(move, {portion.row for one in ours for portion in one.portions})
        todays = [*self._due(left), *(move for move in ours if self._is_placed(move))]
        authorised = [id_ for move in todays for id_ in self._authorise(move)]
        if not authorised:
            return
        self.office.wait()
        for id_ in authorised:
            _receive(self.office, id_)
        self.office.wait()

    def give_up(self) -> None:
        """At the end: what still waits has nothing that could come back, and is refused."""
        for move in self._waiting:
            for portion in move.portions:
                self._release(portion)
            self.office.outcomes.refuse(move.rows, "goods_not_handed_over")
        self._waiting.clear()

    def _due(self, left: set[str]) -> list[Return]:
        orders = self.office.known.orders
        due = [move for move in self._waiting if orders[move.order.key].id in left]
        self._waiting = [move for move in self._waiting if move not in due]
        for portion in (portion for move in due for portion in move.portions):
            self._release(portion)
        return due

    def _is_placed(self, move: Return) -> bool:
        if move.order.key not in self.office.known.orders:
            self.office.outcomes.refuse(move.rows, "order_not_placed")
            return False
        return True

    def _credit_instead(self, move: Return, also_returned: set[int]) -> None:
        """A sale before the first day is not in the books: it is credited, and no goods move."""
        amounts: dict[int, Decimal] = defaultdict(Decimal)
        for portion in move.portions:
            amounts[portion.row] -= booked(portion.quantity * portion.credited)
            self.office.outcomes.credited_only(portion.row, in_part=portion.row in also_returned)
        adjust(self.office, move, amounts, "goods_credit", f"before-first-day-{move.order.key}")

    def _authorise(self, move: Return) -> list[str]:
        """The return's id, or none where nothing can come back yet."""
        try:
            return [self._ask(move)]
        except Refused as no:
            if no.code != _NOT_YET:
                self.office.outcomes.refuse(move.rows, no.code)
                return []
        now, later = self._divided(move)
        self._wait_for(later)
        return [self._ask(now)] if now.portions else []

    def _ask(self, move: Return) -> str:
        order = self.office.known.orders[move.order.key]
        view = self.office.staff.salesperson.do(
            sales.authorise_return,
            order_id=order.id,
            reason=f"Returned by {move.invoice}",
            lines=[{"order_line": line, "quantity": quantity} for line, quantity in _lines(order, move.portions)],
            key=self.office.key("return", move.invoice, order.id, *sorted(portion.row for portion in move.portions)),
        )
        self._book(move)
        return str(view["id"])

    def _book(self, move: Return) -> None:
        """Note the credit, and give the rest of it where the file credits another price."""
        differences: dict[int, Decimal] = defaultdict(Decimal)
        for portion in move.portions:
            value = booked(portion.quantity * portion.price)
            self.office.booked.returned -= value
            difference = booked(portion.quantity * portion.credited) - value
            if difference:
                differences[portion.row] -= difference
        if differences:
            adjust(self.office, move, differences, "goods_credit", f"difference-{move.order.key}")

    def _divided(self, move: Return) -> tuple[Return, Return]:
        """The portions of which the goods have left, and the others."""
        order = self.office.known.orders[move.order.key]
        rows = self.office.staff.salesperson.rows(sales.list_order_lines, order_id=order.id)
        left = {row["line"]: Decimal(row["handed_over"]) - Decimal(row["returned"]) for row in rows}
        now: list[Portion] = []
        later: list[Portion] = []
        for portion in move.portions:
            line = order.line(portion.sold_row)
            fits = left[line] >= portion.quantity
            (now if fits else later).append(portion)
            left[line] -= portion.quantity if fits else 0
        return replace(move, portions=tuple(now)), replace(move, portions=tuple(later))

    def _wait_for(self, move: Return) -> None:
        self._waiting.append(move)
        for portion in move.portions:
            self.office.outcomes.hold(portion.row)

    def _release(self, portion: Portion) -> None:
        self.office.outcomes.release(portion.row)


def _lines(order: PlacedOrder, portions: Iterable[Portion]) -> list[tuple[int, Decimal]]:
    """Quantities by order line: several rows may bring back parts of the same one."""
    quantities: dict[int, Decimal] = defaultdict(Decimal)
    for portion in portions:
        quantities[order.line(portion.sold_row)] += portion.quantity
    return sorted(quantities.items())


def _receive(office: Office, return_id: str) -> None:
    """The goods are back, and good: they go on the shelf again."""
    keeper = office.staff.keeper
    fields: Json = {"return_id": return_id}
    keeper.do(inventory.receive_return, received_on=office.today, key=office.key("back", return_id), **fields)
    keeper.do(inventory.inspect_return, inspected_on=office.today, key=office.key("inspect", return_id), **fields)

"""A day in the company, from the morning's deliveries to the evening's purchase orders.

Between two kinds of work the company comes to rest, so that the same file and seed come to the same figures, but for
one thing: on the distributed runtime it is open which of two orders of a day gets the last of an item.
"""

from collections.abc import Sequence
from datetime import date

from services.commands.living.adjusting import charge_services, correct_money, credit_goods
from services.commands.living.buying import reorder
from services.commands.living.founding import found
from services.commands.living.keeping import adjust_stock, confirm_deliveries, hand_over, receive_due
from services.commands.living.masters import open_cards
from services.commands.living.office import Office
from services.commands.living.paying import collect, pay_suppliers, record_invoices
from services.commands.living.returning import Returns
from services.commands.living.selling import cancel, count_short, release_holds, sell
from services.commands.living.stocking import Stocking, lasting_items
from services.commands.trade.moves import (
    AnyMove,
    Cancellation,
    CreditOnly,
    Day,
    MoneyAdjustment,
    Return,
    Sale,
    ServiceCharge,
    StockAdjustment,
)


class Life:
    """The company, day after day."""

    def __init__(self, office: Office, first_day: date) -> None:
        self.office, self.first_day = office, first_day
        self._returns = Returns(office, first_day)
        self._stocking = Stocking()

    def live(self, day: Day) -> None:
        """Live one day: all its moves, and what falls due on it."""
        office = self.office
        office.diary.day = day.date
        office.outcomes.begin(day.verdicts)
        self._morning(day)
        self._trade(day.moves)
        self._evening(day)
        office.outcomes.close_day()

    def end(self) -> None:
        """Come to rest for good, and count the rows that waited in vain."""
        self.office.wait()
        self._returns.give_up()
        self.office.outcomes.close_day()

    def _morning(self, day: Day) -> None:
        """What is due arrives, who and what is new gets a card, suppliers are paid."""
        office = self.office
        if opening := day.date == self.first_day:
            found(office)
        confirm_deliveries(office)
        receive_due(office)
        open_cards(office, day.new_parties, lasting_items(day), opening=opening)
        office.wait()
        record_invoices(office)
        pay_suppliers(office)

    def _trade(self, moves: Sequence[AnyMove]) -> None:
        """Orders and cancellations in the order of their time, then everything that is ready leaves."""
        for move in moves:
            if isinstance(move, Sale):
                sell(self.office, move)
            elif isinstance(move, Cancellation):
                cancel(self.office, move)
        self.office.wait()
        release_holds(self.office)
        count_short(self.office, [move for move in moves if isinstance(move, Sale)])

    def _evening(self, day: Day) -> None:
        """Goods leave and come back, accounts and stock are corrected, customers pay, what runs low is ordered."""
        office, moves = self.office, day.moves
        left = hand_over(office)
        office.wait()
        self._returns.take_back([move for move in moves if isinstance(move, Return)], left)
        for move in moves:
            self._correct(move)
        collect(office)
        self._stocking.follow(office, day)
        office.wait()
        reorder(office)

    def _correct(self, move: AnyMove) -> None:
        match move:
            case CreditOnly():
                credit_goods(self.office, move)
            case ServiceCharge():
                charge_services(self.office, move)
            case MoneyAdjustment():
                correct_money(self.office, move)
            case StockAdjustment():
                adjust_stock(self.office, move)
            case _:
                pass

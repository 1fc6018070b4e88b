"""Reading what finance decides by, taking turns at the books, and holding commands against closed periods."""

from datetime import date
from decimal import Decimal

from services.finance.settings.tables import Settings
from shared.kernel.errors import InvalidInput
from shared.runtime.foresight import Foreseen
from shared.runtime.work import UnitOfWork

BOOKS = Foreseen(Settings, lambda _: ((),), columns=(), rank=-1)
"""Whoever writes in the books takes them before anything else."""


def settings_of(work: UnitOfWork) -> Settings:
    """The company's settings; those nobody has changed yet are the defaults."""
    found = work.look_up(Settings, ("company",), [work.company])
    return found[0] if found else Settings(code=work.company)


def take_books(work: UnitOfWork) -> Settings:
    """Wait for the company's books: whoever writes in them takes this row's lock before any other.

    Entries are numbered without gaps, so that one transaction at a time can write them anyway; with the lock first,
    batches of events never wait for each other in a circle, and no period is closed under a posting's feet.
    """
    found = work.find(Settings, lock=True)
    if found is None:
        work.insert_missing(Settings, [_DEFAULTS | {"code": work.company}])
        found = work.get(Settings, lock=True)
    return found


def open_day(work: UnitOfWork, on: date | None, pointer: str = "/on") -> date:
    """A command's own day, today by default, with the books in hand. Raises InvalidInput `period_closed`."""
    day = on or work.business_date
    closed = take_books(work).closed_upto
    if closed and day <= closed:
        raise InvalidInput.at(pointer, "period_closed", f"the books are closed up to {closed}")
    return day


_DEFAULTS: dict[str, object] = {
    "version": 1,
    "default_credit_limit": None,
    "price_tolerance": Decimal(0),
    "quantity_tolerance": Decimal(0),
    "closed_upto": None,
}

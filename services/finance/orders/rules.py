"""What of an order line is still open, from the quantities that facts have added up to."""

from decimal import Decimal

from shared.kernel.money import ZERO
from shared.kernel.tax import part_of


def still_open(gross: Decimal, quantity: Decimal, done: Decimal, currency: str) -> Decimal:
    """What of a line's `gross` is left once `done` of `quantity` is invoiced or cancelled; zero when all of it is.

    By cumulative share, so that it is the same in whatever order and parts that happened.
    """
    return gross - part_of(gross, quantity, ZERO, min(done, quantity), currency)

"""Accounting periods: calendar months, named 2026-03."""

import re
from datetime import date, timedelta

from shared.kernel.errors import InvalidInput

_NAME = re.compile(r"(\d{4})-(0[1-9]|1[0-2])")


def span_of(period: str) -> tuple[date, date]:
    """The first and last day of a period. Raises InvalidInput `invalid_period`."""
    found = _NAME.fullmatch(period)
    if found is None or found[1] == "0000":
        raise InvalidInput.at("/period", "invalid_period", "a period is a month such as 2026-03")
    first = date(int(found[1]), int(found[2]), 1)
    return first, first_of_next(first) - timedelta(days=1)


def first_of_next(day: date) -> date:
    """The first day of the month after the one `day` is in. Raises InvalidInput at the end of the calendar."""
    if (day.year, day.month) == (date.max.year, date.max.month):
        raise InvalidInput.at("/period", "invalid_period", "the calendar ends here")
    return date(day.year + day.month // 12, day.month % 12 + 1, 1)


def first_open(closed_upto: date) -> date:
    """The first day after what is closed."""
    return closed_upto + timedelta(days=1)

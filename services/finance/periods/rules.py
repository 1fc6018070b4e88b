"""Accounting periods: calendar months, named 2026-03."""

import re
from datetime import date, timedelta

from shared.kernel.errors import InvalidInput

_NAME = re.compile(r"((?:19|20|21)[0-9]{2})-(0[1-9]|1[0-2])")


def span_of(period: str) -> tuple[date, date]:
    """The first and last day of a period, of the years 1900 to 2199. Raises InvalidInput `invalid_period`."""
    found = _NAME.fullmatch(period)
    if found is None:
        raise InvalidInput.at("/period", "invalid_period", "a period is a month such as 2026-03")
    first = date(int(found[1]), int(found[2]), 1)
    return first, first_of_next(first) - timedelta(days=1)


def first_of_next(day: date) -> date:
    """The first day of the month after the one `day` is in."""
    return date(day.year + day.month // 12, day.month % 12 + 1, 1)


def first_open(closed_upto: date) -> date:
    """The first day after what is closed."""
    return closed_upto + timedelta(days=1)

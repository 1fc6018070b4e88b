"""Two clocks: wall time for security, retry and telemetry; the business date for documents and terms."""

from datetime import UTC, date, datetime, timedelta
from typing import Protocol
from zoneinfo import ZoneInfo


class Clock(Protocol):
    """Tells wall time."""

    def now(self) -> datetime:
        """This moment, in UTC."""
        ...


class SystemClock:
    """The machine's clock."""

    def now(self) -> datetime:
        """This moment, in UTC."""
        return datetime.now(UTC)


class SetClock:
    """A clock that stands where it was put, for tests and simulation."""

    def __init__(self, at: datetime) -> None:
        self._at = at

    def now(self) -> datetime:
        """The moment it was put at."""
        return self._at

    def advance(self, by: timedelta) -> None:
        """Move it on."""
        self._at += by


def days_after(day: date, days: int) -> date:
    """The day so many days later; the last there is, where the calendar ends before."""
    return date.fromordinal(min(day.toordinal() + days, date.max.toordinal()))


def business_today(now: datetime, zone: str) -> date:
    """The calendar day it is in the company's time zone."""
    return now.astimezone(ZoneInfo(zone)).date()

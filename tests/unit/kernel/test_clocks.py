"""Business days: counting on from one, and which one it is somewhere."""

from datetime import UTC, date, datetime

from shared.kernel.clocks import business_today, days_after


def test_days_are_counted_on_to_the_calendars_end_and_no_further():
    assert days_after(date(2026, 2, 27), 3) == date(2026, 3, 2)
    assert days_after(date(9999, 12, 30), 3650) == date.max


def test_the_business_day_is_that_of_the_companys_zone():
    late = datetime(2026, 3, 1, 17, 0, tzinfo=UTC)
    assert business_today(late, "Asia/Shanghai") == date(2026, 3, 2)
    assert business_today(late, "Europe/London") == date(2026, 3, 1)

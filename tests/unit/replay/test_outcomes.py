"""Every row is counted once, in the bucket it ended in."""

from datetime import date
from decimal import Decimal

from services.commands.living.figures import Figures
from services.commands.living.outcome import Booked, Outcomes
from services.commands.living.report import agreements, lines
from services.commands.trade.buckets import Bucket, Rule, Tally, Verdict

FIGURES = Figures(
    first=date(2024, 3, 4),
    last=date(2024, 6, 1),
    revenue=Decimal(100),
    cost=Decimal(60),
    cash=Decimal(30),
    receivables=Decimal(65),
    payables=Decimal(20),
    stock=Decimal(40),
    average_stock=Decimal(30),
    open_orders=Decimal(5),
    balances={"6001": Decimal(95)},
)


def verdict(row: int, value: str = "10") -> Verdict:
    return Verdict(row, Rule.GOODS, Decimal(value))


def test_a_row_counts_when_its_day_is_closed_and_once() -> None:
    outcomes = Outcomes()
    outcomes.begin([verdict(1), verdict(2, "0.005")])
    outcomes.close_day()
    outcomes.close_day()
    assert (outcomes.counts.total.lines, outcomes.counts.total.value) == (2, Decimal("10.005"))


def test_a_refused_row_keeps_its_value_and_changes_its_bucket() -> None:
    outcomes = Outcomes()
    outcomes.begin([verdict(1), verdict(2)])
    outcomes.refuse([2], "insufficient_stock")
    outcomes.close_day()
    assert outcomes.counts.bucket(Bucket.SOLD).value == Decimal(10)
    assert outcomes.counts.bucket(Bucket.REFUSED).value == Decimal(10)
    assert outcomes.counts.total.value == Decimal(20)


def test_a_row_held_twice_waits_for_both() -> None:
    outcomes = Outcomes()
    outcomes.begin([verdict(1)])
    outcomes.hold(1)
    outcomes.hold(1)
    outcomes.release(1)
    outcomes.close_day()
    assert outcomes.counts.total.lines == 0
    outcomes.release(1)
    outcomes.close_day()
    assert outcomes.counts.total.lines == 1


def agreed_with(booked: Booked, slice_lines: int = 1) -> dict[str, bool]:
    outcomes = Outcomes()
    outcomes.begin([verdict(1, "100")])
    outcomes.close_day()
    file = Tally(slice_lines, Decimal(100), Decimal(100))
    return {each.what: each.holds for each in agreements(file, outcomes.counts, booked, FIGURES)}


def test_file_buckets_bookings_and_ledger_are_held_against_each_other() -> None:
    assert all(agreed_with(Booked(sold=Decimal(100), cash_in=Decimal(30))).values())


def test_a_penny_too_few_is_seen() -> None:
    agreed = agreed_with(Booked(sold=Decimal("99.99"), cash_in=Decimal(30)))
    assert not agreed["booked of what was not refused"]
    assert not agreed["sales revenue (6001)"]


def test_a_lost_line_is_seen() -> None:
    assert not agreed_with(Booked(sold=Decimal(100), cash_in=Decimal(30)), 2)["lines of the file in buckets"]


def test_turns_are_those_of_a_year() -> None:
    assert FIGURES.turns is not None
    assert round(FIGURES.turns, 2) == Decimal("8.11")
    assert FIGURES.margin == Decimal("0.4")


def test_the_report_names_every_bucket() -> None:
    text = "\n".join(lines(Outcomes().counts, Booked(), FIGURES, []))
    assert all(bucket.value in text for bucket in Bucket)

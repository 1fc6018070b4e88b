"""An invented file has every odd kind of line, the same for a seed, and plans like a real one."""

from collections import Counter
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.commands.trade.buckets import Counts, Note, Rule
from services.commands.trade.generate import generate, write
from services.commands.trade.lines import COLUMNS, check, parse, read
from services.commands.trade.moves import Cancellation, CreditOnly, Return, Sale, StockAdjustment
from services.commands.trade.plan import LINES_PER_ORDER, plan
from tests.unit.trade.sheet import total, verdicts

seeds = st.integers(0, 10**6)


@settings(max_examples=15, deadline=None)
@given(st.integers(1, 9), seeds)
def test_every_invented_line_ends_once_and_sums_exactly(days: int, seed: int):
    lines = list(parse([COLUMNS, *generate(days, seed)]))
    counts = Counts()
    counts.add(verdicts(plan(lines)))
    assert counts.total.lines == len(lines)
    assert counts.total.value == total(lines)
    assert not counts.rules[Rule.REFUSED].lines


@settings(max_examples=25, deadline=None)
@given(seeds)
def test_three_days_have_every_rule_and_every_note(seed: int):
    found = verdicts(plan(parse([COLUMNS, *generate(3, seed)])))
    assert {one.rule for one in found} == set(Rule) - {Rule.REFUSED}
    assert {note for one in found for note in one.notes} == set(Note)


@settings(max_examples=10, deadline=None)
@given(seeds)
def test_three_days_have_every_kind_of_move(seed: int):
    moves = [move for day in plan(parse([COLUMNS, *generate(3, seed)])) for move in day.moves]
    cancelled = {move.whole for move in moves if isinstance(move, Cancellation)}
    returned = {move.same_day for move in moves if isinstance(move, Return)}
    assert cancelled == returned == {True, False}
    assert any(isinstance(move, CreditOnly) for move in moves)
    assert any(isinstance(move, Return) and move.party.walk_in for move in moves)
    assert {move.quantity > 0 for move in moves if isinstance(move, StockAdjustment)} == {True, False}
    assert max(line.quantity for move in moves if isinstance(move, Sale) for line in move.goods) > 40_000


def test_an_invoice_longer_than_an_order_comes_on_the_fifth_day():
    longest = {days: max(Counter(row[0] for row in generate(days, 1)).values()) for days in (4, 5)}
    assert longest[4] <= 30
    assert longest[5] > LINES_PER_ORDER


def test_no_saturday_but_sundays():
    weekdays = {date.fromisoformat(row[4][:10]).weekday() for row in generate(7, 3)}
    assert weekdays == {0, 1, 2, 3, 4, 6}


def test_about_forty_invoices_a_day():
    invoices = {(row[4][:10], row[0]) for row in generate(7, 5)}
    assert all(30 <= number <= 50 for number in Counter(day for day, _ in invoices).values())


@settings(max_examples=5, deadline=None)
@given(seeds)
def test_a_seed_says_it_all_and_a_longer_run_begins_alike(seed: int):
    rows = list(generate(7, seed))
    assert rows == list(generate(7, seed))
    shorter = list(generate(4, seed))
    assert rows[: len(shorter)] == shorter
    assert rows != list(generate(7, seed + 1))


@pytest.mark.parametrize("name", ["trade.csv", "trade.csv.gz"])
def test_a_written_file_reads_back_and_is_the_same_to_the_byte(tmp_path: Path, name: str):
    one, two = tmp_path / name, tmp_path / f"again-{name}"
    assert write(one, 3, 7) == write(two, 3, 7) == check(one)
    assert one.read_bytes() == two.read_bytes()
    assert list(read(one)) == list(parse([COLUMNS, *generate(3, 7)]))

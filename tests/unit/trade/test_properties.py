"""What holds for any file: one bucket a row, exact sums, nothing undone twice, a slice planned like the whole."""

from collections import defaultdict
from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st

from services.commands.trade.buckets import Bucket, Counts, Note
from services.commands.trade.lines import COLUMNS, TradeLine, parse
from services.commands.trade.moves import Cancellation, CreditOnly, Day, Return, Sale
from services.commands.trade.plan import LINES_PER_ORDER, Window, plan
from tests.unit.trade.sheet import row, total, verdicts

_CODES = ["22423", "85123A", "85123a", "POST", "M", "D", "B", "gift_0001_10", "PADS"]
_PRICES = ["0.0", "0.001", "1.25", "2.50", "-1.25", "0.1234567"]


@st.composite
def files(draw: st.DrawFn) -> list[TradeLine]:
    """Lines of few items, customers and invoices over few days, so that they meet in every way."""
    rows = draw(
        st.lists(
            st.builds(
                lambda prefix, number, code, quantity, price, day, customer: row(
                    f"{prefix}{number}",
                    code,
                    quantity,
                    price,
                    at=f"2011-03-0{day[0]} 10:0{day[1]}:00",
                    customer=customer,
                ),
                st.sampled_from(["", "", "", "C", "C", "A", "X"]),
                st.integers(1, 6),
                st.sampled_from(_CODES),
                st.integers(-6, 9),
                st.sampled_from(_PRICES),
                st.tuples(st.integers(1, 4), st.integers(0, 3)),
                st.sampled_from(["", "1", "2"]),
            ),
            max_size=40,
        )
    )
    return list(parse([COLUMNS, *sorted(rows, key=lambda one: one[4])]))


def _portions(planned: list[Day]) -> dict[tuple[str, int], Decimal]:
    """Quantities taken back, per side: by the row that gives back and by the row once sold."""
    back: dict[tuple[str, int], Decimal] = defaultdict(Decimal)
    for move in (move for day in planned for move in day.moves):
        if isinstance(move, Return | Cancellation):
            for portion in move.portions:
                back["back", portion.row] += portion.quantity
                back["sold", portion.sold_row] += portion.quantity
        if isinstance(move, CreditOnly):
            for line in move.goods:
                back["back", line.row] += line.quantity
    return back


@settings(deadline=None)
@given(files())
def test_every_row_ends_once_and_the_buckets_sum_to_the_file(file: list[TradeLine]):
    planned = list(plan(file))
    counts = Counts()
    counts.add(verdicts(planned))
    assert [verdict.row for verdict in verdicts(planned)] == [line.row for line in file]
    assert counts.total.lines == len(file)
    assert sum((counts.bucket(bucket).value for bucket in Bucket), Decimal(0)) == total(file)


@settings(deadline=None)
@given(files())
def test_every_row_is_in_a_move_unless_refused_or_nothing_to_book(file: list[TradeLine]):
    planned = list(plan(file))
    moved = {one for day in planned for move in day.moves for one in move.rows}
    idle = {one.row for one in verdicts(planned) if one.reason or Note.NOTHING_TO_BOOK in one.notes}
    assert moved | idle == {line.row for line in file}
    assert not moved & idle


@settings(deadline=None)
@given(files())
def test_what_comes_back_is_what_the_row_says_and_never_more_than_was_sold(file: list[TradeLine]):
    planned, quantity = list(plan(file)), {line.row: line.quantity for line in file}
    for (side, number), taken in _portions(planned).items():
        assert taken == -quantity[number] if side == "back" else taken <= quantity[number]


@settings(deadline=None)
@given(files())
def test_a_day_s_moves_are_in_the_order_of_their_time(file: list[TradeLine]):
    for day in plan(file):
        times = [move.at for move in day.moves]
        assert times == sorted(times)
        assert all(at.date() == day.date for at in times)


@settings(deadline=None)
@given(files())
def test_orders_keep_to_what_the_sales_service_takes(file: list[TradeLine]):
    sales = [move for day in plan(file) for move in day.moves if isinstance(move, Sale)]
    assert all(0 < len(sale.goods) <= LINES_PER_ORDER for sale in sales)
    assert all(line.quantity > 0 and line.price >= 0 for sale in sales for line in sale.goods)
    assert len({sale.order.key for sale in sales}) == len(sales)


@settings(deadline=None)
@given(files(), st.integers(1, 4))
def test_the_first_days_plan_like_the_whole(file: list[TradeLine], days: int):
    whole = list(plan(file))
    first = list(plan(file, Window(days=days)))
    assert first == whole[: len(first)]
    assert all((day.date - whole[0].date).days >= days for day in whole[len(first) :])


@settings(deadline=None)
@given(files(), st.integers(1, 4))
def test_a_later_start_judges_alike_and_brings_masters_anew(file: list[TradeLine], start: int):
    whole = list(plan(file))
    begin = whole[0].date.replace(day=start) if whole else None
    late = list(plan(file, Window(start=begin)))
    rest = [day for day in whole if begin is None or day.date >= begin]
    assert [(day.moves, day.verdicts) for day in late] == [(day.moves, day.verdicts) for day in rest]
    parties = [party.key for day in late for party in day.new_parties]
    assert len(set(parties)) == len(parties)
    sold = {line.item for day in late for move in day.moves if isinstance(move, Sale) for line in move.goods}
    assert sold <= {item.code for day in late for item in day.new_items}

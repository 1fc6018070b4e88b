"""Figure: whole lives with many orders stored, against the same company with none."""

import time
from collections.abc import Iterator
from datetime import UTC, datetime
from statistics import median

from shared.kernel.ids import RandomIds
from tests.benchmarks.bench import Bench
from tests.benchmarks.figures import Figure, Target
from tests.benchmarks.filling import fill
from tests.benchmarks.stack import INVOICED, Stack, running_stack
from tests.benchmarks.whole_lives import lives_round

NAME = "stored"
_MOST_OF_IT = Target(0.8, "ratio")


def figures(bench: Bench) -> Iterator[Figure]:
    """Measure, fill, and measure again, in a company of its own."""
    seconds, rounds = bench.given.seconds, bench.given.rounds
    with running_stack(bench.servers) as stack:
        since = RandomIds().new(datetime.now(UTC))
        empty = [lives_round(bench, stack, seconds) for _ in range(rounds)]
        lived = stack.reached(INVOICED)
        began = time.monotonic()
        fill(stack, lived, bench.given.stored, since)
        filling = time.monotonic() - began
        stored = _stored(stack)
        full = [lives_round(bench, stack, seconds) for _ in range(rounds)]
    rates = [median(each.rate for each in some) for some in (empty, full)]
    tps = [median(each.tps for each in some) for some in (empty, full)]
    yield Figure("whole lives, none stored", rates[0], "lives/s", note=f"yardstick {tps[0]:,.0f}/s")
    note = f"ratio to none stored; yardstick {tps[1]:,.0f}/s; filled in {filling:,.0f} s"
    name = f"whole lives, {stored:,} stored"
    yield Figure(name, rates[1], "lives/s", rates[1] / rates[0], _MOST_OF_IT, note)


def _stored(stack: Stack) -> int:
    """How many orders there are, counted."""
    with stack.database("sales").cursor() as cursor:
        cursor.execute("SELECT count(*) FROM orders")
        (count,) = cursor.fetchone() or (0,)
        return int(count)

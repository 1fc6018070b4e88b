"""Figure: orders that all want one item against orders spread over many, from placing to the shipment's plan."""

import time
from collections.abc import Iterator
from statistics import median

from tests.benchmarks.accepted import CLIENTS
from tests.benchmarks.bench import Bench
from tests.benchmarks.clients import Clients, come_to_rest
from tests.benchmarks.figures import Figure, Target
from tests.benchmarks.stack import SHIPMENT_PLANNED

NAME = "hot"
ORDERS = 600
_FIFTH = Target(0.2, "ratio")


def figures(bench: Bench) -> Iterator[Figure]:
    """Measure both in turn."""
    rates = [(_rate(bench, hot=False), _rate(bench, hot=True)) for _ in range(bench.given.rounds)]
    spread, hot = median(rate for rate, _ in rates), median(rate for _, rate in rates)
    yield Figure("spread items", spread, "orders/s", note=f"{ORDERS} orders placed, until all of it is at rest")
    ratio = median(hot / spread for spread, hot in rates)
    yield Figure("one hot item", hot, "orders/s", ratio, _FIFTH, "ratio to spread items")


def _rate(bench: Bench, *, hot: bool) -> float:
    with Clients(bench.stack, CLIENTS, bench.seed(), orders=ORDERS, hot=hot) as clients:
        began = time.monotonic()
        clients.allow()
        clients.results()
    come_to_rest(bench.stack, SHIPMENT_PLANNED)
    return ORDERS / (time.monotonic() - began)

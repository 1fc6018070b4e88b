"""Figure: orders accepted through the gateway by 16 clients, in a burst and as fast as every consumer keeps up."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from statistics import median

from tests.benchmarks.bench import Bench
from tests.benchmarks.clients import Clients, Placed, come_to_rest, keep_up, percentile
from tests.benchmarks.figures import Figure, Target
from tests.benchmarks.stack import SHIPMENT_PLANNED

NAME = "accepted"
CLIENTS = 16
BURST_SECONDS = 30.0
WINDOW = 64
_BURST, _SUSTAINED = Target(0.05, "ratio"), Target(0.02, "ratio")
_SLOWEST = Target(150, most=True)


@dataclass(frozen=True)
class Round:
    """Orders placed in so many seconds, and the yardstick's rate around them."""

    placed: Sequence[Placed]
    seconds: float
    tps: float

    @property
    def rate(self) -> float:
        """Orders per second."""
        return len(self.placed) / self.seconds


def figures(bench: Bench) -> Iterator[Figure]:
    """Measure."""
    yield from _burst(bench)
    yield from _sustained(bench)


def _burst(bench: Bench) -> Iterator[Figure]:
    with bench.beside_yardstick() as tps:
        with Clients(bench.stack, CLIENTS, bench.seed(), seconds=BURST_SECONDS) as clients:
            clients.allow()
            placed, lost = clients.results(), clients.unanswered
        drain = come_to_rest(bench.stack, SHIPMENT_PLANNED)
    found = Round(placed, BURST_SECONDS, tps[0])
    note = f"{len(placed)} orders by {CLIENTS} clients in {BURST_SECONDS:g} s, {lost} timed out"
    yield Figure("accepted in a burst", found.rate, "orders/s", found.rate / found.tps, _BURST, note)
    yield from _waits("accepted in a burst", found.placed)
    yield Figure("drained after the burst", drain, "s", note=f"{len(placed) / (BURST_SECONDS + drain):.0f} orders/s")


def sustained_round(bench: Bench, seconds: float) -> Round:
    """Place orders as fast as shipments for them are planned."""
    with bench.beside_yardstick() as tps:
        with Clients(bench.stack, CLIENTS, bench.seed()) as clients:
            keep_up(bench.stack, clients, SHIPMENT_PLANNED, WINDOW, seconds)
            placed = clients.stop()
        come_to_rest(bench.stack, SHIPMENT_PLANNED)
    return Round(placed, seconds, tps[0])


def _sustained(bench: Bench) -> Iterator[Figure]:
    rounds = [sustained_round(bench, bench.given.seconds) for _ in range(bench.given.rounds)]
    rate, ratio = median(each.rate for each in rounds), median(each.rate / each.tps for each in rounds)
    note = f"every consumer keeps up, at most {WINDOW} orders behind"
    yield Figure("accepted, sustained", rate, "orders/s", ratio, _SUSTAINED, note)
    yield from _waits("accepted, sustained", [placed for each in rounds for placed in each.placed])


def _waits(name: str, placed: Sequence[Placed]) -> Iterator[Figure]:
    waits = [each.seconds * 1000 for each in placed]
    yield Figure(f"{name}, p50", percentile(waits, 0.5), "ms")
    yield Figure(f"{name}, p99", percentile(waits, 0.99), "ms", None, _SLOWEST)

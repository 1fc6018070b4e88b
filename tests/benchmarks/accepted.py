"""Figure: orders accepted through the gateway by 16 clients: in a burst, as they come, and as fast as all keep up."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from statistics import median

from tests.benchmarks.bench import Bench
from tests.benchmarks.clients import Clients, Placed, come_to_rest, keep_up, percentile
from tests.benchmarks.figures import Figure, Target
from tests.benchmarks.stack import PLACED, SHIPMENT_PLANNED

NAME = "accepted"
CLIENTS = 16
BURST_SECONDS = 30.0
WINDOW = 128
_BURST, _SUSTAINED = Target(0.05, "ratio"), Target(0.02, "ratio")
_SLOWEST = Target(150, most=True)
_PACE = 0.021
"""Of the yardstick's rate just before: what is asked for and a little, as its next round may be quicker."""


@dataclass(frozen=True)
class Round:
    """Orders placed in so many seconds, the yardstick's rate around them, and every process's seconds per order.

    `behind`: of how many orders no shipment was planned yet when the last was accepted; `lost`: how many timed out.
    """

    placed: Sequence[Placed]
    seconds: float
    tps: float
    cpu: Mapping[str, float]
    behind: int = 0
    lost: int = 0

    @property
    def rate(self) -> float:
        """Orders per second."""
        return len(self.placed) / self.seconds


def figures(bench: Bench) -> Iterator[Figure]:
    """Measure."""
    yield from _burst(bench)
    yield from _paced(bench)
    yield from _sustained(bench)


def _burst(bench: Bench) -> Iterator[Figure]:
    with bench.beside_yardstick() as tps:
        with Clients(bench.stack, CLIENTS, bench.seed(), seconds=BURST_SECONDS) as clients:
            before = bench.stack.cpu()
            clients.allow()
            placed, lost = clients.results(), clients.unanswered
            cpu = _each(bench.stack.cpu(), before, len(placed))
        drain = come_to_rest(bench.stack, SHIPMENT_PLANNED)
    found = Round(placed, BURST_SECONDS, tps[0], cpu)
    note = f"{len(placed)} orders by {CLIENTS} clients in {BURST_SECONDS:g} s, {lost} timed out"
    yield Figure("accepted in a burst", found.rate, "orders/s", found.rate / found.tps, _BURST, note)
    yield from _waits("accepted in a burst", found.placed)
    yield from _spent("an order in a burst", [found])
    yield Figure("drained after the burst", drain, "s", note=f"{len(placed) / (BURST_SECONDS + drain):.0f} orders/s")


def _paced(bench: Bench) -> Iterator[Figure]:
    """Orders come evenly, by the clock and not by the answers: how long they wait says how long Huotong takes."""
    rounds = [_paced_round(bench, bench.given.seconds) for _ in range(bench.given.rounds)]
    rate, ratio = median(each.rate for each in rounds), median(each.rate / each.tps for each in rounds)
    lost = sum(each.lost for each in rounds)
    yield Figure(
        "accepted as they come", rate, "orders/s", ratio, _SUSTAINED, f"evenly, by the clock; {lost} timed out"
    )
    yield from _waits("accepted as they come", [placed for each in rounds for placed in each.placed])
    yield Figure("behind as they come", max(each.behind for each in rounds), "orders", None, Target(WINDOW, most=True))
    yield from _spent("an order as they come", rounds)


def _paced_round(bench: Bench, seconds: float) -> Round:
    with bench.beside_yardstick() as tps:
        before, rate = bench.stack.cpu(), _PACE * bench.tps[-1]
        with Clients(bench.stack, CLIENTS, bench.seed(), seconds=seconds, rate=rate) as clients:
            clients.allow()
            placed, lost = clients.results(), clients.unanswered
        behind = bench.stack.reached(PLACED) - bench.stack.reached(SHIPMENT_PLANNED)
        come_to_rest(bench.stack, SHIPMENT_PLANNED)
        cpu = _each(bench.stack.cpu(), before, len(placed))
    return Round(placed, seconds, tps[0], cpu, behind, lost)


def sustained_round(bench: Bench, seconds: float) -> Round:
    """Place orders as fast as shipments for them are planned."""
    with bench.beside_yardstick() as tps:
        before = bench.stack.cpu()
        with Clients(bench.stack, CLIENTS, bench.seed()) as clients:
            keep_up(bench.stack, clients, SHIPMENT_PLANNED, WINDOW, seconds, evenly=True)
            placed = clients.stop()
        come_to_rest(bench.stack, SHIPMENT_PLANNED)
        cpu = _each(bench.stack.cpu(), before, len(placed))
    return Round(placed, seconds, tps[0], cpu)


def _sustained(bench: Bench) -> Iterator[Figure]:
    rounds = [sustained_round(bench, bench.given.seconds) for _ in range(bench.given.rounds)]
    rate, ratio = median(each.rate for each in rounds), median(each.rate / each.tps for each in rounds)
    note = f"every consumer keeps up, at most {WINDOW} orders behind, let on evenly"
    yield Figure("accepted, sustained", rate, "orders/s", ratio, _SUSTAINED, note)
    yield from _waits("accepted, sustained", [placed for each in rounds for placed in each.placed])
    yield from _spent("an order, sustained", rounds)


def _each(after: Mapping[str, float], before: Mapping[str, float], orders: int) -> Mapping[str, float]:
    return {name: (after[name] - before[name]) / max(1, orders) for name in after}


def _spent(what: str, rounds: Sequence[Round]) -> Iterator[Figure]:
    for name in rounds[0].cpu:
        yield Figure(f"CPU of {what}: {name}", median(each.cpu[name] for each in rounds) * 1000, "ms")


def _waits(name: str, placed: Sequence[Placed]) -> Iterator[Figure]:
    waits = [each.seconds * 1000 for each in placed]
    yield Figure(f"{name}, p50", percentile(waits, 0.5), "ms")
    yield Figure(f"{name}, p99", percentile(waits, 0.99), "ms", None, _SLOWEST)

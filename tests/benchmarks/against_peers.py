"""Figure: the same sale by Tryton 7.0 and by Huotong in turn: order of three lines, shipment, posted invoice."""

import os
import random
import threading
import time
from collections.abc import Iterator
from statistics import median

from tests.benchmarks.bench import Bench
from tests.benchmarks.callers import Unexpected
from tests.benchmarks.figures import Figure, Target
from tests.benchmarks.tryton import Tryton, running_tryton
from tests.benchmarks.whole_lives import lives_round

NAME = "peers"
CLIENTS_PER_CORE = 2
_TIMES = Target(3, "ratio")


def figures(bench: Bench) -> Iterator[Figure]:
    """Measure both in turn; each has the machine to itself meanwhile."""
    seconds, ratios, tryton_rates, rates = bench.given.seconds, [], [], []
    stack = bench.stack
    with running_tryton(bench.servers) as tryton:
        for _ in range(bench.given.rounds):
            tryton_rates.append(_sales_per_second(tryton, seconds, bench.seed()))
            rates.append(lives_round(bench, stack, seconds).rate)
            ratios.append(rates[-1] / tryton_rates[-1])
    note = f"{os.cpu_count()} workers, by JSON-RPC, quote to posted invoice"
    yield Figure("Tryton 7.0, whole sales", median(tryton_rates), "sales/s", note=note)
    yield Figure("Huotong, whole lives", median(rates), "lives/s", median(ratios), _TIMES, "ratio to Tryton 7.0")


def _sales_per_second(tryton: Tryton, seconds: float, seed: int) -> float:
    """By several clients, each selling one after the other; what was begun in time counts with its own time."""
    counted, failed = [0], list[BaseException]()
    guard, started = threading.Lock(), threading.Barrier(CLIENTS_PER_CORE * (os.cpu_count() or 1) + 1)

    def sell(number: int) -> None:
        try:
            client, rng = tryton.client(), random.Random(seed + number)
            client.sell(rng)
            started.wait()
            until = time.monotonic() + seconds
            while time.monotonic() < until:
                client.sell(rng)
                with guard:
                    counted[0] += 1
        except BaseException as error:  # noqa: BLE001 - raised again below
            failed.append(error)
            started.abort()

    threads = [threading.Thread(target=sell, args=(n,)) for n in range(started.parties - 1)]
    for thread in threads:
        thread.start()
    before = time.monotonic()
    try:
        started.wait()
        before = time.monotonic()
    except threading.BrokenBarrierError as error:
        raise Unexpected(f"a client of Tryton failed: {failed}") from error
    for thread in threads:
        thread.join()
    if failed:
        raise failed[0]
    return counted[0] / (time.monotonic() - before)

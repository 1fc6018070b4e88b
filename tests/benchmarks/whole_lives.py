"""Figure: whole lives of orders on RabbitMQ and PostgreSQL, sustained, and what each costs every process."""

import queue
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from statistics import median

from shared.contracts import inventory
from tests.benchmarks.bench import Bench
from tests.benchmarks.clients import Clients, come_to_rest, keep_up
from tests.benchmarks.figures import Figure, Target
from tests.benchmarks.stack import INVOICED, Stack, until

NAME = "lives"
CLIENTS, KEEPERS = 8, 4
WINDOW = 64
_WARM_SECONDS = 5.0
_LIST_SECONDS = 0.2
_LIVES = Target(0.004, "ratio")


@dataclass(frozen=True)
class Round:
    """Lives per second, the yardstick around them, and per life: processor seconds by process, and database work."""

    rate: float
    tps: float
    cpu: Mapping[str, float]
    work: Mapping[str, float]


class Keepers:
    """The warehouse: one person lists what is to pick, others hand it over as it comes."""

    def __init__(self, stack: Stack) -> None:
        self._stack = stack
        self._picks: queue.Queue[str | None] = queue.Queue()
        self._stopping = threading.Event()
        self._failed: list[BaseException] = []
        work = [self._list, *[self._hand_over] * KEEPERS]
        self._threads = [threading.Thread(target=self._kept, args=(each,), daemon=True) for each in work]

    def start(self) -> None:
        """Begin to work."""
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        """Hand over what is listed, and go home; raises what anyone failed with."""
        self._stopping.set()
        for thread in self._threads:
            thread.join()
        if self._failed:
            raise self._failed[0]

    def _kept(self, work: object) -> None:
        assert callable(work)
        try:
            work()
        except BaseException as error:  # noqa: BLE001 - raised again by `stop`
            self._failed.append(error)

    def _list(self) -> None:
        caller, seen = self._stack.caller(), set[str]()
        while not self._stopping.wait(_LIST_SECONDS):
            found = caller.do(inventory.list_picks, status="open", limit=2 * WINDOW)["data"]
            for pick in found:
                if pick["id"] not in seen:
                    seen.add(pick["id"])
                    self._picks.put(pick["id"])
        for _ in range(KEEPERS):
            self._picks.put(None)

    def _hand_over(self) -> None:
        caller = self._stack.caller()
        while (pick := self._picks.get()) is not None:
            caller.do(inventory.hand_over, id=pick)


@contextmanager
def keeping(stack: Stack) -> Iterator[None]:
    """Keepers at work; at the end everything has left and is invoiced."""
    keepers = Keepers(stack)
    keepers.start()
    try:
        yield
        come_to_rest(stack, INVOICED)
    finally:
        keepers.stop()


def figures(bench: Bench) -> Iterator[Figure]:
    """Measure."""
    rounds = [lives_round(bench, bench.stack, bench.given.seconds) for _ in range(bench.given.rounds)]
    rate, ratio = median(each.rate for each in rounds), median(each.rate / each.tps for each in rounds)
    note = f"placed to invoiced, sustained, at most {WINDOW} under way"
    yield Figure("whole lives", rate, "lives/s", ratio, _LIVES, note)
    for name in rounds[0].cpu:
        yield Figure(f"CPU per life: {name}", median(each.cpu[name] for each in rounds) * 1000, "ms")
    for name in rounds[0].work:
        yield Figure(f"{name} per life", median(each.work[name] for each in rounds), "")
    total = median(sum(each.cpu.values()) for each in rounds)
    yield Figure("CPU per life: all", total * 1000, "ms", note=f"two cores could do {2 / total:.0f} lives/s")


def lives_round(bench: Bench, stack: Stack, seconds: float) -> Round:
    """Orders live as fast as they are invoiced; what comes in the first seconds does not count.

    What earlier figures left to pick leaves first.
    """
    with keeping(stack):
        pass
    with bench.beside_yardstick() as tps, keeping(stack), Clients(stack, CLIENTS, bench.seed()) as clients:
        rate, cpu, work = _counted(stack, clients, seconds)
        clients.stop()
    return Round(rate, tps[0], cpu, work)


def _counted(stack: Stack, clients: Clients, seconds: float) -> tuple[float, Mapping[str, float], Mapping[str, float]]:
    """Lives per second and what each cost, from the warm-up's end on."""
    pace = threading.Thread(target=keep_up, args=(stack, clients, INVOICED, WINDOW, _WARM_SECONDS + seconds))
    pace.start()
    time.sleep(_WARM_SECONDS)
    count, cpu, work, began = stack.reached(INVOICED), stack.cpu(), stack.database_work(), time.monotonic()
    until(lambda: time.monotonic() - began >= seconds, "the end of a round")
    lives = max(1, stack.reached(INVOICED) - count)
    cpu, work = _each(stack.cpu(), cpu, lives), _each(stack.database_work(), work, lives)
    took = time.monotonic() - began
    pace.join()
    return lives / took, cpu, work


def _each(after: Mapping[str, float], before: Mapping[str, float], lives: int) -> Mapping[str, float]:
    return {name: (after[name] - before[name]) / lives for name in after}

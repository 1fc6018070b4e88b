"""Figure: whole lives on the embedded runtime on one core, what each costs in CPU, and in function calls.

Lives go through the gateway's WSGI application: everything but sockets. In one thread, as `huotong replay` lives them,
and with a thread per service, as `huotong run-embedded` serves them. The calls are those of one thread with a set clock
and seeded ids: they repeat to the call, and tell of a change what a noisy machine hides.
"""

import argparse
import os
import random
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from shared.runtime.garbage import rarely_collecting
from tests.benchmarks import small_yardstick
from tests.benchmarks.bench import Bench
from tests.benchmarks.embedded_company import (
    EmbeddedCompany,
    repeatable_company,
    stepping_company,
    threaded_company,
)
from tests.benchmarks.figures import Figure, Target
from tests.benchmarks.lives import live, require_invoiced
from tests.benchmarks.market import opened
from tests.benchmarks.profiling import Profile, profiled

NAME = "embedded"
CompanyIn = Callable[[Path], AbstractContextManager[EmbeddedCompany]]
LIVES_PER_SECOND = Target(80)
WARM = 20
PROFILE = "embedded-profile.txt"
_SQLITE = {
    "SQL statements": "<method 'execute' of 'sqlite3.Cursor' objects>",
    "SQL statements for many rows": "<method 'executemany' of 'sqlite3.Cursor' objects>",
    "commits": "<method 'commit' of 'sqlite3.Connection' objects>",
}


@dataclass(frozen=True)
class Round:
    """What one round of lives took, and the yardstick beside it."""

    lives: int
    seconds: float
    cpu: float
    yardstick: float


def figures(bench: Bench) -> Iterator[Figure]:
    """Measure."""
    given = bench.given
    with one_core(), rarely_collecting():
        yield from _rates("embedded", list(_rounds(given, stepping_company)), LIVES_PER_SECOND)
        yield from _rates("embedded, a thread per service", list(_rounds(given, threaded_company)), None)
    counted, lives = count_calls(given.wave)
    yield from _counts(counted, lives)
    if given.profile:
        counted.write(bench.output / PROFILE)


def _counts(counted: Profile, lives: int) -> Iterator[Figure]:
    by_function = counted.calls_by_function()
    yield Figure("embedded function calls per life", counted.calls / lives, "calls", note="one thread, repeatable")
    for name, method in _SQLITE.items():
        yield Figure(f"embedded {name} per life", by_function[method] / lives, "")


def _rates(name: str, rounds: list[Round], target: Target | None) -> Iterator[Figure]:
    rate = median(each.lives / each.seconds for each in rounds)
    cpu = median(each.cpu / each.lives for each in rounds)
    ratio = median(each.lives / each.cpu / each.yardstick for each in rounds)
    lives = sum(each.lives for each in rounds)
    yield Figure(f"{name}: whole lives", rate, "lives/s", None, target, f"wall clock on one core, {lives} lives")
    note = "what a quiet core would do; ratio to the small yardstick"
    yield Figure(f"{name}: whole lives per CPU second", 1 / cpu, "lives/CPU s", ratio, target, note)
    yield Figure(f"{name}: CPU per life", cpu * 1000, "ms")
    yield Figure("small yardstick", median(each.yardstick for each in rounds), "units/CPU s")


def _rounds(given: argparse.Namespace, company_in: CompanyIn) -> Iterator[Round]:
    rng, placed = random.Random(given.seed), []
    with tempfile.TemporaryDirectory(prefix="huotong-bench-") as folder, company_in(Path(folder)) as company:
        market = opened(company.caller)
        company.rest()
        placed += live(company.caller, company.rest, market, rng, WARM)
        for _ in range(given.rounds):
            yardstick = small_yardstick.units_per_cpu_second()
            wall, cpu = time.perf_counter(), time.process_time()
            for size in _waves(given.lives, given.wave):
                placed += live(company.caller, company.rest, market, rng, size)
            wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
            yield Round(given.lives, wall, cpu, yardstick)
        require_invoiced(company.caller, placed)


def count_calls(wave: int, seed: int = 1) -> tuple[Profile, int]:
    """Profile one wave of lives after a warm one; with it, how many lives it was."""
    rng = random.Random(seed)
    with tempfile.TemporaryDirectory(prefix="huotong-bench-") as folder, repeatable_company(Path(folder), seed) as one:
        market = opened(one.caller)
        one.rest()
        placed = live(one.caller, one.rest, market, rng, wave)
        with profiled() as found:
            placed += live(one.caller, one.rest, market, rng, wave)
        require_invoiced(one.caller, placed)
    return found, wave


def _waves(lives: int, wave: int) -> Iterator[int]:
    while lives > 0:
        yield min(lives, wave)
        lives -= wave


@contextmanager
def one_core() -> Iterator[None]:
    """Keep this process on the first of its processors meanwhile."""
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {min(before)})
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)

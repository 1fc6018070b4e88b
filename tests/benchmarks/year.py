"""Figure: a real company's year lived by `huotong replay` on the embedded runtime, audit and all, by months.

It takes `--file`, order lines in the layout of "Online Retail" (docs/trade.md).
"""

import re
import resource
import subprocess
import tempfile
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby, pairwise

from services.commands.processes import PROJECT, huotong
from tests.benchmarks import small_yardstick
from tests.benchmarks.bench import Bench
from tests.benchmarks.callers import Unexpected
from tests.benchmarks.figures import Figure, Target

NAME = "year"
_MINUTES = Target(20, most=True)
_A_YEAR = 500_000
"""Lines; the target is of the whole file, not of a piece of it."""
_DAY = re.compile(r"(\d{4}-\d\d)-\d\d +([\d,]+) lines +([\d.]+) s")


@dataclass(frozen=True)
class Mark:
    """How far the replay was at the end of a month."""

    month: str
    lines: int
    seconds: float


def figures(bench: Bench) -> Iterator[Figure]:
    """Measure. Raises Unexpected where no file is given, or the replay or its proof does not hold."""
    if bench.given.file is None:
        raise Unexpected("the year needs --file")
    before = small_yardstick.units_per_cpu_second()
    with tempfile.TemporaryDirectory(prefix="huotong-bench-") as folder:
        began, cpu = time.monotonic(), _cpu()
        said = _replayed(huotong("replay", str(bench.given.file), "--var", folder))
        took, cpu = time.monotonic() - began, _cpu() - cpu
    (bench.output / "year.log").write_text(said)
    marks = list(months(said.splitlines()))
    note = f"{marks[-1].lines:,} lines, {cpu / 60:.1f} CPU minutes, reading, proof and report included"
    yield Figure("real year", took / 60, "minutes", None, _MINUTES if marks[-1].lines > _A_YEAR else None, note)
    for last, mark in pairwise([Mark("", 0, 0.0), *marks]):
        lines, seconds = mark.lines - last.lines, mark.seconds - last.seconds
        note = f"{lines:,} lines in {seconds:,.0f} s"
        yield Figure(f"real year, {mark.month}", lines / seconds, "lines/s", note=note)
    yield Figure("small yardstick", (before + small_yardstick.units_per_cpu_second()) / 2, "units/CPU s")


def _replayed(command: list[str]) -> str:
    done = subprocess.run(command, cwd=PROJECT, capture_output=True, text=True, check=False)
    if done.returncode:
        raise Unexpected(f"replay ended with {done.returncode}: {done.stdout[-2000:]}\n{done.stderr[-2000:]}")
    return done.stdout


def months(said: Iterable[str]) -> Iterator[Mark]:
    """The last day's line of each month of what `huotong replay` prints."""
    days = [found for line in said if (found := _DAY.match(line))]
    for month, of_month in groupby(days, key=lambda found: found[1]):
        *_, last = of_month
        yield Mark(month, int(last[2].replace(",", "")), float(last[3]))


def _cpu() -> float:
    """Processor seconds of the children that have ended."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime

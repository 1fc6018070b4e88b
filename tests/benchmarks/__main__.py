"""`python -m tests.benchmarks [FIGURE ...]`: measure, print a table, and leave it as JSON under var/bench."""

import argparse
import os
import platform
import signal
import sys
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from statistics import median
from types import ModuleType

from tests.benchmarks import (
    accepted,
    against_peers,
    embedded,
    footprint,
    hot,
    latency,
    relaying,
    stored,
    whole_lives,
    year,
)
from tests.benchmarks.bench import Bench
from tests.benchmarks.figures import Figure, table, write

ALWAYS: tuple[ModuleType, ...] = (embedded, footprint, accepted, whole_lives, latency, hot, relaying, stored)
"""In this order, for `footprint` begins with a company at rest."""
ASKED_FOR: tuple[ModuleType, ...] = (against_peers, year)
"""What takes long, or programs of others: measured when it is named."""
FIGURES = {module.NAME: module for module in (*ALWAYS, *ASKED_FOR)}
_TERMINATED = 128 + signal.SIGTERM
OUTPUT = Path("var/bench")


def main(arguments: Sequence[str]) -> int:
    """Measure what the arguments name; 0 however the figures are."""
    given = _parser().parse_args(arguments)
    names = given.figures or [module.NAME for module in ALWAYS]
    measured: list[Figure] = []
    # Told to end, leave nothing behind: contexts close.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(_TERMINATED))
    bench = Bench(given)
    with bench.open:
        for name in names:
            found = list(FIGURES[name].figures(bench))
            if len(names) > 1:
                print(table(found), end="\n\n", flush=True)
            measured += found
    if bench.tps:
        measured.append(_yardstick(bench.tps))
    _leave(bench.output, names, measured)
    return 0


def _yardstick(tps: Sequence[float]) -> Figure:
    note = f"{len(tps)} rounds of pgbench TPC-B beside the figures, {min(tps):,.0f} to {max(tps):,.0f}"
    return Figure("yardstick", median(tps), "transactions/s", note=note)


def _leave(folder: Path, names: Iterable[str], measured: Sequence[Figure]) -> None:
    """The whole table on the terminal, and as files named by when and what."""
    at = datetime.now(UTC)
    path = folder / f"{at:%Y%m%d-%H%M%S}-{'-'.join(names)}.json"
    write(path, measured, circumstances(at))
    text = table(measured)
    path.with_suffix(".txt").write_text(f"{text}\n")
    print(text)
    print(f"\n{path}", file=sys.stderr)


def circumstances(at: datetime) -> dict[str, object]:
    """When and where a run took place."""
    return {
        "taken_at": at.isoformat(timespec="seconds"),
        "python": platform.python_version(),
        "cores": os.cpu_count(),
        "load": os.getloadavg(),
    }


def _parser() -> argparse.ArgumentParser:
    told = "\n".join(f"  {name:<10} {(module.__doc__ or '').partition(chr(10))[0]}" for name, module in FIGURES.items())
    parser = argparse.ArgumentParser(
        prog="python -m tests.benchmarks", description=f"{__doc__}\n\n{told}",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )  # fmt: skip
    parser.add_argument("figures", nargs="*", choices=[*FIGURES, []], metavar="FIGURE", help="what to measure")
    parser.add_argument("--output", type=Path, default=OUTPUT, help="where tables and profiles go (%(default)s)")
    parser.add_argument("--seed", type=int, default=1, help="what orders are drawn from (%(default)s)")
    parser.add_argument("--profile", action="store_true", help="also leave profiles of what is measured")
    parser.add_argument("--rounds", type=int, default=3, help="rounds, each beside the yardstick (%(default)s)")
    parser.add_argument("--seconds", type=float, default=30, help="of a sustained round (%(default)s)")
    parser.add_argument("--lives", type=int, default=100, help="embedded lives per round (%(default)s)")
    parser.add_argument("--wave", type=int, default=50, help="embedded orders placed before goods leave (%(default)s)")
    parser.add_argument("--file", type=Path, help="order lines, for `year`")
    parser.add_argument("--stored", type=int, default=20_000, help="orders stored, for `stored` (%(default)s)")
    return parser


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

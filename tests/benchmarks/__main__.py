"""`python -m tests.benchmarks FIGURE ...`: measure, print a table, and leave it as JSON under var/bench."""

import argparse
import os
import platform
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from types import ModuleType

from tests.benchmarks import embedded
from tests.benchmarks.figures import Figure, table, write

FIGURES: dict[str, ModuleType] = {embedded.NAME: embedded}
OUTPUT = Path("var/bench")


def main(arguments: Sequence[str]) -> int:
    """Measure what the arguments name; 0 however the figures are."""
    given = _parser().parse_args(arguments)
    measured: list[Figure] = list(given.module.figures(given))
    print(table(measured))
    path = given.output / f"{given.figure}.json"
    write(path, measured, circumstances())
    print(f"\n{path}", file=sys.stderr)
    return 0


def circumstances() -> dict[str, object]:
    """When and where a run took place."""
    return {
        "taken_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "python": platform.python_version(),
        "cores": os.cpu_count(),
        "load": os.getloadavg(),
    }


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks", description=__doc__)
    parser.add_argument("--output", type=Path, default=OUTPUT, help="where tables and profiles go (%(default)s)")
    parser.add_argument("--seed", type=int, default=1, help="what orders are drawn from (%(default)s)")
    parser.add_argument("--profile", action="store_true", help="also leave a profile where the figure can have one")
    chosen = parser.add_subparsers(dest="figure", required=True)
    for name, module in FIGURES.items():
        one = chosen.add_parser(name, description=module.__doc__, help=(module.__doc__ or "").partition("\n")[0])
        one.set_defaults(module=module)
        module.add_options(one)
    return parser


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

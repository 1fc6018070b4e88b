"""`huotong trade --days N --seed S FILE`: an invented file of order lines with every odd kind of line in it."""

import argparse
from collections.abc import Sequence
from pathlib import Path

from services.commands.trade.generate import write


def main(arguments: Sequence[str]) -> int:
    """Write the file; the same days and seed give the same bytes."""
    parser = argparse.ArgumentParser(prog="huotong trade", description=__doc__)
    parser.add_argument("file", type=Path, help="where to write it; .gz compresses it")
    parser.add_argument("--days", type=int, default=7, help="days of trade (7)")
    parser.add_argument("--seed", type=int, default=1, help="what the invention is drawn from (1)")
    given = parser.parse_args(arguments)
    lines = write(given.file, given.days, given.seed)
    print(f"{lines:,} order lines of {given.days} days in {given.file}")
    return 0

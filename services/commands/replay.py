"""`huotong replay FILE`: live the days of a file of real order lines through the gateway, then prove the company.

Exit code 0 where everything agrees and the proof holds, 1 where something does not, 2 where it could not be done.
"""

import argparse
import os
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from functools import partial
from itertools import chain
from pathlib import Path
from typing import Self

import requests
from tqdm import tqdm

from services.commands import audit
from services.commands.client import Client, Login, Refused
from services.commands.installation import DOMAINS
from services.commands.living import report
from services.commands.living.day import Life
from services.commands.living.figures import figures
from services.commands.living.office import Office
from services.commands.living.people import Clerk, CompanyInUse, Diary, Entrance, employ, open_company
from services.commands.living.rest import Rest, Resting, Restless
from services.commands.proof.report import lines as proof_lines
from services.commands.stepping import stepping
from services.commands.trade.buckets import Tally
from services.commands.trade.lines import BrokenRow, in_date_order, read
from services.commands.trade.moves import Day
from services.commands.trade.plan import Window, plan
from shared.runtime.annex import Gone
from shared.runtime.garbage import rarely_collecting

OK, BREACH, NOT_DONE = 0, 1, 2


class NothingToLive(Exception):
    """The window holds no day of the file."""


def main(arguments: Sequence[str]) -> int:
    """Replay as the arguments say, print the report and the proof."""
    given = _parser().parse_args(arguments)
    window = Window(given.start, given.until, given.days)
    try:
        expected = extent(given.file, window)
        with _entrance(given) as (enter, rest), rarely_collecting():
            with Progress(expected.lines, bar=given.progress or sys.stderr.isatty()) as shown:
                life = live(enter, given.file, window, given.company, given.seed, told=shown.day, rest=rest)
            return conclude(life, expected)
    except (
        BrokenRow,
        NothingToLive,
        CompanyInUse,
        Refused,
        Restless,
        Gone,
        requests.RequestException,
        OSError,
    ) as error:
        print(f"replay stopped: {error}", file=sys.stderr)
        return NOT_DONE


def extent(file: Path, window: Window) -> Tally:
    """Read the whole file before the first effect; lines and value of what lies in the window. Raises BrokenRow."""
    tally, last = Tally(), None
    for line in in_date_order(read(file)):
        day = line.at.date()
        last = last or window.last(day)
        if window.begun(day) and day <= last:
            tally.add(line.value)
    return tally


def live(
    enter: Entrance,
    file: Path,
    window: Window,
    code: str,
    seed: int,
    *,
    told: Callable[[Day], None] = lambda _: None,
    rest: Resting | None = None,
) -> Life:
    """Live the days of the window in a new company, telling of each. Raises NothingToLive and CompanyInUse.

    `rest` is how the company comes to rest, where it can be had more directly than by asking its services.
    """
    days = plan(read(file), window)
    first = next(days, None)
    if first is None:
        raise NothingToLive("no day of the file lies in the window")
    life = Life(open_office(enter, code, seed, first.date, rest), first.date)
    for day in chain((first,), days):
        life.live(day)
        told(day)
    life.end()
    return life


def open_office(enter: Entrance, code: str, seed: int, first: date, rest: Resting | None = None) -> Office:
    """A new company with its people, on its first day. Raises CompanyInUse."""
    diary = Diary(first)
    staff = employ(open_company(enter, code, f"Replay {code}"), code, diary)
    ask = {service.name: service.contract.operations["get_flow"] for service in DOMAINS}
    return Office(code, seed, staff, diary, rest or Rest(staff.operator, ask, audit.subscribers(DOMAINS)))


def conclude(life: Life, expected: Tally) -> int:
    """Print the report and take the proof; the exit code."""
    office, found = life.office, figures(life.office, life.first_day)
    agreed = report.agreements(expected, office.outcomes.counts, office.booked, found)
    print("\n".join(report.lines(office.outcomes.counts, office.booked, found, agreed)))
    assert isinstance(office.staff.operator, Clerk)  # noqa: S101 - the proof reads with a client of its own
    proof = audit.take(office.staff.operator.client)
    print("\n".join(["", *proof_lines(proof)]))
    return BREACH if proof.broken or not all(each.holds for each in agreed) else OK


class Progress:
    """A bar on a terminal, a line per day elsewhere."""

    def __init__(self, lines: int, *, bar: bool) -> None:
        self._bar = tqdm(total=lines, unit=" lines", unit_scale=True, disable=not bar, file=sys.stderr)
        self._plain, self._began = not bar, time.perf_counter()
        self._days = self._lines = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._bar.close()

    def day(self, day: Day) -> None:
        """A day is over."""
        self._days, self._lines = self._days + 1, self._lines + len(day.verdicts)
        self._bar.set_description(f"{day.date}")
        self._bar.update(len(day.verdicts))
        if self._plain:
            seconds = time.perf_counter() - self._began
            print(f"{day.date}  {self._lines:>8,} lines  {seconds:>7.1f} s  {self._lines / seconds:>6.0f} lines/s")
            sys.stdout.flush()


@contextmanager
def _entrance(given: argparse.Namespace) -> Iterator[tuple[Entrance, Resting | None]]:
    """The way into the gateway named, or into an embedded company that goes on only as it is asked to."""
    if given.url is None:
        with stepping(given.var, given.processes) as company:
            yield company.enter, company
    elif given.token:
        yield partial(Client, given.url, given.token), None
    else:
        yield partial(_log_in, given.url, Login(given.login or "", given.password or "")), None


def _log_in(url: str, login: Login, company: str | None) -> Client:
    return Client.log_in(url, Login(login.login, login.password, company or login.company))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="huotong replay", description="Live a company's days from order lines.")
    parser.add_argument("file", type=Path, help='order lines in the layout of "Online Retail", .csv or .csv.gz')
    parser.add_argument("--from", dest="start", type=date.fromisoformat, metavar="DATE", help="first day to live")
    parser.add_argument("--until", type=date.fromisoformat, metavar="DATE", help="last day to live")
    parser.add_argument("--days", type=int, help="how many calendar days to live")
    parser.add_argument("--company", default="REPLAY", help="code of the company to open (%(default)s)")
    parser.add_argument("--seed", type=int, default=1, help="what the supply side is drawn from (%(default)s)")
    parser.add_argument("--url", help="a running gateway; without it, an embedded one runs in this process")
    parser.add_argument(
        "--var", type=Path, default=Path("var/replay"), help="the embedded company's data (%(default)s)"
    )
    parser.add_argument(
        "--processes", type=int, choices=(1, 2), default=min(2, len(os.sched_getaffinity(0))),
        help="how many the embedded company runs in: two, where there are as many cores (%(default)s)",
    )  # fmt: skip
    parser.add_argument("--login", default=os.environ.get("HUOTONG_LOGIN"), help="an administrator, at --url")
    parser.add_argument("--password", default=os.environ.get("HUOTONG_PASSWORD"), help="better in HUOTONG_PASSWORD")
    parser.add_argument("--token", default=os.environ.get("HUOTONG_TOKEN"), help="a session instead of a login")
    parser.add_argument("--progress", action="store_true", help="a progress bar even where stderr is no terminal")
    return parser

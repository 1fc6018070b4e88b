"""Invents order lines in the "Online Retail" layout with every odd kind of line in them, the same for a seed.

A longer run begins with the days of a shorter one. Nothing in it is anyone's real trade.
"""

import csv
import gzip
import io
from collections.abc import Iterable, Iterator
from datetime import date, datetime, time, timedelta
from pathlib import Path
from random import Random

from services.commands.trade.catalogue import Catalogue, Draft, catalogue, entry
from services.commands.trade.lines import COLUMNS
from services.commands.trade.oddities import TURNS, Scene, big_invoice

Row = tuple[str, str, str, str, str, str, str, str]

FIRST_DAY = date(2024, 3, 4)
DAY_OF_BIG_INVOICE = 5
_FIRST_INVOICE = 600_001
_INVOICES = (22, 30)
_SATURDAY = 5


def generate(days: int, seed: int) -> Iterator[Row]:
    """Rows of `days` calendar days from a Monday on, without the header; no Saturday has any."""
    company = catalogue(seed)
    sold: list[Draft] = []
    number = _FIRST_INVOICE
    for nth, day in enumerate(_trading_days(days)):
        todays = _drafts(Scene(day, Random(f"huotong trade {seed} {day}"), company, tuple(sold)), nth)
        for draft in todays:
            yield from _rows(draft, number)
            number += 1
        sold += todays


def write(path: Path, days: int, seed: int) -> int:
    """Write such a file, compressed when its name ends in `.gz`, and return its number of lines."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(COLUMNS)
    rows = list(generate(days, seed))
    writer.writerows(rows)
    content = text.getvalue().encode()
    # A time stamp in the archive would make two equal files differ.
    path.write_bytes(gzip.compress(content, mtime=0) if path.suffix == ".gz" else content)
    return len(rows)


def _trading_days(days: int) -> Iterable[date]:
    calendar = (FIRST_DAY + timedelta(days=nth) for nth in range(days))
    return [day for day in calendar if day.weekday() != _SATURDAY]


def _drafts(scene: Scene, nth: int) -> list[Draft]:
    odd = [draft for oddity in TURNS[nth % len(TURNS)] for draft in oddity(scene)]
    big = big_invoice(scene) if nth + 1 == DAY_OF_BIG_INVOICE else []
    usual = [_usual(scene.random, scene.company, scene.day) for _ in range(scene.random.randint(*_INVOICES))]
    return sorted([*usual, *odd, *big], key=lambda draft: draft.at)


def _usual(random: Random, company: Catalogue, day: date) -> Draft:
    at = datetime.combine(day, time(random.randint(8, 17), random.randrange(60)))
    items = random.sample(company.items, random.choice((1, 3, 5, 7, 8, 9, 10, 12, 16)))
    return Draft(at, random.choice(company.customers), [entry(random, item) for item in items])


def _rows(draft: Draft, number: int) -> Iterator[Row]:
    for line in draft.entries:
        at = draft.later(line.minutes).isoformat(sep=" ")
        invoice = f"{draft.kind}{number}"
        amounts = (str(line.quantity), at, str(line.price))
        yield (invoice, line.code, line.description, *amounts, draft.customer.number, draft.customer.country)

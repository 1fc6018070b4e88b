"""Sorts one day's lines into papers (an invoice of one party) and judges each line with its notes."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from services.commands.trade.buckets import CURRENCY, Bucket, Note, Rule, Verdict
from services.commands.trade.classify import judge
from services.commands.trade.codes import money, service
from services.commands.trade.lines import TradeLine
from services.commands.trade.moves import Party
from shared.kernel.money import round_money


@dataclass(slots=True)
class Judged:
    """A line with the end found for it so far."""

    line: TradeLine
    verdict: Verdict


@dataclass(slots=True)
class Paper:
    """All lines one invoice has for one party on one day; `at` is the time of its first."""

    invoice: str
    party: Party
    at: datetime
    lines: list[Judged] = field(default_factory=list)

    def under(self, *rules: Rule) -> list[Judged]:
        """Its lines under any of these rules."""
        return [judged for judged in self.lines if judged.verdict.rule in rules]

    def bookable(self, bucket: Bucket) -> list[Judged]:
        """Its lines of a bucket that come to something in money."""
        return [
            judged
            for judged in self.lines
            if judged.verdict.bucket is bucket and Note.NOTHING_TO_BOOK not in judged.verdict.notes
        ]


def party_of(line: TradeLine) -> Party:
    """The customer a line names, or the walk-in customer of its country."""
    if line.customer is not None:
        return Party(line.customer, line.country, walk_in=False)
    return Party("WALKIN-" + re.sub(r"\W+", "-", line.country.upper()), line.country, walk_in=True)


def papers(lines: Iterable[TradeLine]) -> list[Paper]:
    """One day's papers in the order of their time; the lines in each in the order of the file."""
    groups: dict[tuple[str, str | None, str], list[TradeLine]] = {}
    for line in lines:
        groups.setdefault((line.invoice, line.customer, line.country), []).append(line)
    return sorted((_paper(group) for group in groups.values()), key=lambda paper: paper.at)


def _paper(lines: list[TradeLine]) -> Paper:
    first = lines[0]
    paper = Paper(first.invoice, party_of(first), first.at)
    priced = any(line.price > 0 for line in lines)
    seen: set[tuple[object, ...]] = set()
    for line in lines:
        rule, reason = judge(line, priced=priced)
        notes = _notes(line, paper.at, seen)
        paper.lines.append(Judged(line, Verdict(line.row, rule, line.value, notes, reason)))
    return paper


def _notes(line: TradeLine, at: datetime, seen: set[tuple[object, ...]]) -> tuple[Note, ...]:
    same = (line.code, line.description, line.quantity, line.at, line.price)
    facts = {
        Note.CASE_VARIANT: line.code != line.item,
        Note.ANONYMOUS: line.customer is None,
        Note.DUPLICATE: same in seen,
        Note.NO_DESCRIPTION: not line.description,
        Note.NOTHING_TO_BOOK: _books_nothing(line),
        Note.LATE_TIMESTAMP: line.at != at,
    }
    seen.add(same)
    return tuple(note for note, holds in facts.items() if holds)


def _books_nothing(line: TradeLine) -> bool:
    moneyed = service(line.item) is not None or money(line.item) is not None
    return moneyed and not round_money(line.value, CURRENCY)

"""Writes order lines down shortly, for tests: only what a case is about is named."""

from collections.abc import Iterable
from decimal import Decimal

from services.commands.trade.buckets import Rule, Verdict
from services.commands.trade.lines import COLUMNS, TradeLine, parse
from services.commands.trade.moves import AnyMove, Day
from services.commands.trade.plan import plan


def row(
    invoice: str,
    code: str = "22423",
    quantity: str | int = 1,
    price: str = "2.50",
    *,
    at: str = "2011-03-01 10:00:00",
    customer: str = "12345",
    country: str = "United Kingdom",
    description: str = "CAKE STAND",
) -> tuple[str, ...]:
    """One row of a file, as its reader splits it."""
    return (invoice, code, description, str(quantity), at, price, customer, country)


def lines(*rows: tuple[str, ...]) -> list[TradeLine]:
    return list(parse([COLUMNS, *rows]))


def days(*rows: tuple[str, ...]) -> list[Day]:
    return list(plan(lines(*rows)))


def verdicts(planned: Iterable[Day]) -> list[Verdict]:
    return [verdict for day in planned for verdict in day.verdicts]


def rules(*rows: tuple[str, ...]) -> list[Rule]:
    """The rule of each row, in the order of the file."""
    return [verdict.rule for verdict in sorted(verdicts(days(*rows)), key=lambda one: one.row)]


def moves(*rows: tuple[str, ...]) -> list[AnyMove]:
    return [move for day in days(*rows) for move in day.moves]


def total(read: Iterable[TradeLine]) -> Decimal:
    return sum((line.value for line in read), Decimal(0))

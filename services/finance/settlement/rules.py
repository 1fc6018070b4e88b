"""Terms of payment into due dates, and payments and credit notes onto what is due (核销)."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from shared.kernel.errors import Conflict, InvalidInput
from shared.kernel.money import ZERO, split

MONTH = 30
HUNDRED = Decimal(100)
_NET = re.compile(r"net\s+(\d{1,4})(?:\s+days?)?", re.IGNORECASE)
_PARTS = re.compile(
    r"(?P<percents>\d+(?:\.\d+)?(?:\s*/\s*\d+(?:\.\d+)?)*)\s*%(?:\s+in\s+(?P<days>\d{1,4}(?:\s*/\s*\d{1,4})*)\s+days?)?",
    re.IGNORECASE,
)


class InvalidTerms(InvalidInput):
    """Terms that cannot be read, or whose instalments are not the whole (422)."""

    code = "invalid_terms"


class OverAllocated(Conflict):
    """More is allocated than was paid, or than is open on an item (409)."""

    code = "over_allocated"


@dataclass(frozen=True)
class Instalment:
    """`percent` of the amount (60 is 60 %), due `days` calendar days after the document."""

    percent: Decimal
    days: int


@dataclass(frozen=True)
class Due:
    """An amount and the business date it is due."""

    due_on: date
    amount: Decimal


@dataclass(frozen=True)
class OpenItem:
    """An instalment as it stands: what is still open of it, in document currency, never below zero."""

    id: str
    due_on: date
    open: Decimal


@dataclass(frozen=True)
class Allocation:
    """What goes onto which open item (only amounts above zero, in due order), and what is left unallocated."""

    parts: tuple[tuple[str, Decimal], ...]
    unallocated: Decimal


def parse_terms(text: str) -> tuple[Instalment, ...]:
    """Terms as people write them: `net 30`, `30/50/20 % in 0/30/60 days`, or `30/50/20 %`.

    Without days, instalments are due a month (30 days) apart from the document's day on. Raises InvalidTerms.
    """
    text = text.strip()
    if net := _NET.fullmatch(text):
        return (Instalment(HUNDRED, int(net[1])),)
    parts = _PARTS.fullmatch(text)
    if parts is None:
        raise InvalidTerms(f"terms {text!r} are neither `net 30` nor `30/50/20 % in 0/30/60 days`")
    percents = [Decimal(each) for each in parts["percents"].split("/")]
    days = [int(each) for each in parts["days"].split("/")] if parts["days"] else _months(len(percents))
    if len(days) != len(percents):
        raise InvalidTerms(f"terms {text!r} give {len(percents)} percentages and {len(days)} days")
    return checked_terms(Instalment(percent, after) for percent, after in zip(percents, days, strict=True))


def checked_terms(terms: Iterable[Instalment]) -> tuple[Instalment, ...]:
    """`terms` by day, once they are the whole: percentages above zero that sum to 100. Raises InvalidTerms."""
    instalments = tuple(sorted(terms, key=lambda each: each.days))
    if any(each.percent <= 0 or each.days < 0 for each in instalments):
        raise InvalidTerms("every instalment needs a percentage above zero and a day that is not before the document")
    if sum((each.percent for each in instalments), ZERO) != HUNDRED:
        raise InvalidTerms("the instalments' percentages must sum to 100")
    return instalments


def schedule(amount: Decimal, terms: Iterable[Instalment], on: date, currency: str) -> tuple[Due, ...]:
    """When how much of a document of `on` is due; the amounts sum to `amount`. Raises InvalidTerms."""
    instalments = checked_terms(terms)
    amounts = split(amount, [each.percent for each in instalments], currency)
    return tuple(Due(on + timedelta(days=each.days), part) for each, part in zip(instalments, amounts, strict=True))


def allocate(amount: Decimal, items: Iterable[OpenItem], advice: Mapping[str, Decimal] | None = None) -> Allocation:
    """A payment or credit note of `amount` (not below zero) onto open items: in due order, or exactly as advised.

    With advice (amount by item id) what it does not name stays unallocated. Raises OverAllocated where it names more
    than was paid, more than is open, or an item that is not open.
    """
    in_due_order = sorted(items, key=lambda item: (item.due_on, item.id))
    if advice is not None:
        _require_possible(amount, in_due_order, advice)
    parts: list[tuple[str, Decimal]] = []
    left = amount
    for item in in_due_order:
        wanted = item.open if advice is None else advice.get(item.id, ZERO)
        if (part := min(wanted, left)) > 0:
            parts.append((item.id, part))
            left -= part
    return Allocation(tuple(parts), left)


def _months(count: int) -> list[int]:
    return [MONTH * index for index in range(count)]


def _require_possible(amount: Decimal, items: Iterable[OpenItem], advice: Mapping[str, Decimal]) -> None:
    open_by_id = {item.id: item.open for item in items}
    for item, part in advice.items():
        if not 0 <= part <= open_by_id.get(item, ZERO):
            raise OverAllocated(f"{part} cannot go onto {item}: {open_by_id.get(item, ZERO)} is open there")
    if sum(advice.values(), ZERO) > amount:
        raise OverAllocated(f"the advice names more than the {amount} there is")

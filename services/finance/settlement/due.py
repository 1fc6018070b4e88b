"""Due dates from the terms frozen on an order."""

from datetime import date
from decimal import Decimal
from typing import Any

from services.finance.settlement.rules import Due, Instalment, schedule
from shared.contracts.common import Terms
from shared.contracts.message import load

HUNDRED = Decimal(100)


def due_dates(terms: dict[str, Any], amount: Decimal, on: date, currency: str) -> tuple[Due, ...]:
    """When how much of a document of `on` is due; the amounts sum to `amount`.

    What would be due after the calendar ends is due on its last day.
    """
    read = load(Terms, terms)
    last = (date.max - on).days
    instalments = [Instalment(each.share * HUNDRED, min(each.days, last)) for each in read.instalments]
    return schedule(amount, instalments, on, currency)

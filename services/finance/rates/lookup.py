"""Finding the exchange rate a document is booked at."""

from datetime import date
from decimal import Decimal

from services.finance.rates.tables import CurrencyRate
from shared.kernel.errors import InvalidInput
from shared.runtime.work import UnitOfWork

ONE = Decimal(1)


def rate_on(work: UnitOfWork, currency: str, on: date, given: Decimal | None = None) -> Decimal:
    """Base currency per unit of `currency`: as given, or as set for that day.

    Raises InvalidInput `exchange_rate_missing`, also where base currency is given a rate other than 1.
    """
    if currency == work.currency:
        if given not in (None, ONE):
            raise InvalidInput.at(
                "/exchange_rate", "exchange_rate_missing", f"{currency} is base currency: its rate is 1"
            )
        return ONE
    return given or set_rate(work, currency, on) or _missing(currency, on)


def set_rate(work: UnitOfWork, currency: str, on: date) -> Decimal | None:
    """The rate set for a currency as of a day, if any."""
    statement = work.select(CurrencyRate).where(CurrencyRate.currency == currency, CurrencyRate.valid_from <= on)
    found = next(iter(work.all(statement.order_by(CurrencyRate.valid_from.desc()).limit(1))), None)
    return found.rate if found else None


def _missing(currency: str, on: date) -> Decimal:
    raise InvalidInput.at("/exchange_rate", "exchange_rate_missing", f"no rate of {currency} is set for {on}")

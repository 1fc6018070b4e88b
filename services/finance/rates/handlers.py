"""Setting tax rates and exchange rates, and telling of them."""

from services.finance.rates.tables import CurrencyRate, TaxRate
from shared.contracts import finance as contract
from shared.contracts.operations import ListQuery, Page
from shared.kernel.errors import InvalidInput
from shared.runtime.registry import handles
from shared.runtime.work import UnitOfWork
from shared.storage.paging import page

_TAX_COLUMNS = {"id": TaxRate.id, "tax_code": TaxRate.tax_code, "valid_from": TaxRate.valid_from}
_CURRENCY_COLUMNS = {
    "id": CurrencyRate.id,
    "currency": CurrencyRate.currency,
    "valid_from": CurrencyRate.valid_from,
}


@handles(contract.set_tax_rate)
def set_tax_rate(work: UnitOfWork, command: contract.SetTaxRate) -> contract.TaxRateView:
    """Set the rate of a tax code from a day on; documents already made keep theirs."""
    if command.rate > 1:
        raise InvalidInput.at("/rate", "invalid_rate", "a tax rate is a fraction of at most 1: 0.13 for 13 %")
    day = command.valid_from or work.business_date
    row = work.find(TaxRate, lock=True, tax_code=command.tax_code, valid_from=day)
    if row:
        row.rate = command.rate
    else:
        row = work.add(TaxRate(id=work.new_id(), tax_code=command.tax_code, valid_from=day, rate=command.rate))
    work.emit(
        contract.tax_rate_set, contract.TaxRateSet(tax_code=row.tax_code, rate=row.rate, valid_from=row.valid_from)
    )
    return _tax_view(row)


@handles(contract.set_exchange_rate)
def set_exchange_rate(work: UnitOfWork, command: contract.SetExchangeRate) -> contract.ExchangeRateView:
    """Set what a foreign currency is worth from a day on; documents already made keep theirs."""
    if command.currency == work.currency:
        raise InvalidInput.at("/currency", "base_currency", f"{command.currency} is base currency: its rate is 1")
    day = command.valid_from or work.business_date
    row = work.find(CurrencyRate, lock=True, currency=command.currency, valid_from=day)
    if row:
        row.rate = command.rate
    else:
        row = work.add(CurrencyRate(id=work.new_id(), currency=command.currency, valid_from=day, rate=command.rate))
    work.emit(
        contract.exchange_rate_set,
        contract.ExchangeRateSet(currency=row.currency, rate=row.rate, valid_from=row.valid_from),
    )
    return _currency_view(row)


@handles(contract.list_tax_rates)
def list_tax_rates(work: UnitOfWork, query: ListQuery) -> Page[contract.TaxRateView]:
    """Tax rates, a page at a time."""
    return page(work.session, work.select(TaxRate), query, _TAX_COLUMNS, _tax_view)


@handles(contract.list_exchange_rates)
def list_exchange_rates(work: UnitOfWork, query: ListQuery) -> Page[contract.ExchangeRateView]:
    """Exchange rates, a page at a time."""
    return page(work.session, work.select(CurrencyRate), query, _CURRENCY_COLUMNS, _currency_view)


def _tax_view(row: TaxRate) -> contract.TaxRateView:
    return contract.TaxRateView(id=row.id, tax_code=row.tax_code, rate=row.rate, valid_from=row.valid_from)


def _currency_view(row: CurrencyRate) -> contract.ExchangeRateView:
    return contract.ExchangeRateView(id=row.id, currency=row.currency, rate=row.rate, valid_from=row.valid_from)

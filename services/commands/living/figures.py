"""The company's figures at the end, asked of its services."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from services.commands.living.office import Office, chunks
from shared.contracts import finance, sales
from shared.kernel.money import ZERO

_UNFINISHED = "placed,on_hold,confirmed,partly_shipped,cancelling,partly_cancelled"
_LISTED = 100
_YEAR = Decimal(365)
_STOCK = ("1402", "1405")
"""Goods in transit and merchandise."""


@dataclass(frozen=True)
class Figures:
    """What a company's owner asks for first, in pounds. `balances` are credit less debit by account."""

    first: date
    last: date
    revenue: Decimal
    cost: Decimal
    cash: Decimal
    receivables: Decimal
    payables: Decimal
    stock: Decimal
    average_stock: Decimal
    open_orders: Decimal
    balances: dict[str, Decimal]

    @property
    def margin(self) -> Decimal | None:
        """Revenue less cost, as a fraction of revenue."""
        return (self.revenue - self.cost) / self.revenue if self.revenue else None

    @property
    def turns(self) -> Decimal | None:
        """How often a year the average stock is sold at this pace."""
        days = Decimal((self.last - self.first).days + 1)
        return self.cost / self.average_stock * _YEAR / days if self.average_stock else None


def figures(office: Office, first: date) -> Figures:
    """Ask for everything as it stands today; `first` is the day the company began."""
    operator, last = office.staff.operator, office.today
    statement = operator.do(finance.get_profit_and_loss, from_on=first, to_on=last)
    lines = {line["key"]: Decimal(line["amount"]) for line in statement["lines"]}
    balances = _balances(office, first, last)
    months = [_balances(office, first, day) for day in _month_ends(first, last)]
    stocks = [office.booked.opened_stock, *(_stock(each) for each in (*months, balances))]
    return Figures(
        first=first,
        last=last,
        revenue=lines.get("revenue", ZERO),
        cost=lines.get("cost_of_sales", ZERO),
        cash=-balances.get("1002", ZERO) - balances.get("1001", ZERO),
        receivables=-balances.get("1122", ZERO),
        payables=balances.get("2202.01", ZERO),
        stock=stocks[-1],
        average_stock=sum(stocks, ZERO) / len(stocks),
        open_orders=_open_orders(office),
        balances=balances,
    )


def _balances(office: Office, first: date, last: date) -> dict[str, Decimal]:
    table = office.staff.operator.do(finance.get_trial_balance, from_on=first, to_on=last)
    return {row["account"]: Decimal(row["closing_credit"]) - Decimal(row["closing_debit"]) for row in table["rows"]}


def _month_ends(first: date, last: date) -> Iterator[date]:
    """The last days of the months between, before `last`."""
    day = first
    while True:
        end = (day.replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)
        if end >= last:
            return
        yield end
        day = end + timedelta(days=1)


def _stock(balances: dict[str, Decimal]) -> Decimal:
    return -sum((balances.get(account, ZERO) for account in _STOCK), ZERO)


def _open_orders(office: Office) -> Decimal:
    """What customers have ordered and not been invoiced yet."""
    operator = office.staff.operator
    ids = sorted(order["id"] for order in operator.rows(sales.list_orders, status=_UNFINISHED))
    return sum(
        (
            Decimal(line["net"]) - Decimal(line["invoiced_net"])
            for some in chunks(ids, _LISTED)
            for line in operator.rows(finance.list_order_positions, order_id=",".join(some))
            if not Decimal(line["cancelled"])
        ),
        ZERO,
    )

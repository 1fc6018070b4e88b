"""Placing an order: priced by list and tier, taxed, its rates frozen."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import date, timedelta

from services.sales.copies import lookup
from services.sales.customers.finding import customer_at, customers
from services.sales.customers.tables import Customer
from services.sales.orders.drafting import Drafting, DraftLine, Heading, taxed
from services.sales.orders.fulfilment import ORDER_FULFILMENT, go_on
from services.sales.orders.tables import Order, OrderLine
from services.sales.orders.views import placed_view
from services.sales.prices.pricing import PriceList
from services.sales.settings.handlers import settings_of
from services.sales.settings.tables import Settings
from shared.contracts import sales as contract
from shared.contracts.common import Address
from shared.contracts.message import dump
from shared.kernel.errors import Forbidden, InvalidInput
from shared.kernel.tax import Taxed, TaxedDocument, TaxRounding
from shared.runtime.registry import handles
from shared.runtime.work import UnitOfWork


def read_ahead(work: UnitOfWork, commands: Sequence[contract.PlaceOrder]) -> None:
    """Look up at once what these orders look up."""
    settings = settings_of(work)
    known = {each.id: each for each in customers(work, (command.customer_id for command in commands))}
    items = lookup.items(work, (line.item_id for command in commands for line in command.lines))
    named = {line.warehouse_id or settings.default_warehouse_id for command in commands for line in command.lines}
    lookup.warehouses(work, (id_ for id_ in named if id_))
    lookup.tax_rates(work, {item.tax_code for item in items.values()}, work.business_date)
    wanted: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for command in commands:
        if customer := known.get(command.customer_id):
            currency = command.currency or customer.currency
            wanted[currency] += [(customer.id, line.item_id) for line in command.lines if line.price is None]
    for currency, pairs in wanted.items():
        PriceList.read_ahead(work, pairs, currency)


@handles(contract.place_order, together=read_ahead)
def place_order(work: UnitOfWork, command: contract.PlaceOrder) -> contract.OrderView:
    """Place an order; stock and credit are decided by inventory and finance, in any order.

    Everything is read before the number is taken: from there on all who place orders wait for this one.
    """
    customer, settings = customer_at(work, command.customer_id, "/customer_id"), settings_of(work)
    heading = _heading(work, command, customer, settings)
    promised_on = _promised_on(command, heading, settings)
    lines = Drafting(work, heading, command.lines).lines()
    document = taxed(lines, heading)
    order = work.add(_order(work, command, heading, promised_on, document.total))
    Order.lines.hold(order, [work.add(each) for each in _lines(work, order, lines, document)])
    ORDER_FULFILMENT.start(work, order.id)
    if not order.goods:
        order.stock_answered = True
        go_on(work, order)
    return placed_view(work, order, customer)


def _heading(work: UnitOfWork, command: contract.PlaceOrder, customer: Customer, settings: Settings) -> Heading:
    placed_on = _placed_on(work, command)
    currency = command.currency or customer.currency
    included = command.prices_include_tax
    return Heading(
        customer=customer,
        placed_on=placed_on,
        currency=currency,
        exchange_rate=lookup.exchange_rate(work, currency, placed_on, "/currency"),
        included=settings.prices_include_tax if included is None else included,
        rounding=TaxRounding(settings.tax_rounding),
        default_warehouse=settings.default_warehouse_id,
    )


def _placed_on(work: UnitOfWork, command: contract.PlaceOrder) -> date:
    """The order's day: the business date, or an earlier one for those who may."""
    placed_on = command.placed_on or work.business_date
    if placed_on > work.business_date:
        raise InvalidInput.at("/placed_on", "future_date", f"{placed_on} is after {work.business_date}")
    if placed_on < work.business_date and not work.context.may("business-date:set"):
        raise Forbidden("placing an order on an earlier day takes the scope business-date:set")
    return placed_on


def _promised_on(command: contract.PlaceOrder, heading: Heading, settings: Settings) -> date:
    promised_on = command.promised_on or heading.placed_on + timedelta(days=settings.promise_days)
    if promised_on < heading.placed_on:
        raise InvalidInput.at("/promised_on", "too_early", f"{promised_on} is before {heading.placed_on}")
    return promised_on


def _order(work: UnitOfWork, command: contract.PlaceOrder, heading: Heading, promised_on: date, total: Taxed) -> Order:
    customer = heading.customer
    return Order(
        id=work.new_id(),
        number=work.number("SO"),
        reference=command.reference,
        customer_id=customer.id,
        placed_on=heading.placed_on,
        promised_on=promised_on,
        currency=heading.currency,
        exchange_rate=heading.exchange_rate,
        prices_include_tax=heading.included,
        tax_rounding=str(heading.rounding),
        accept_backorder=command.accept_backorder,
        terms=dump(command.terms) if command.terms else customer.terms,
        ship_to=dump(command.ship_to) if command.ship_to else _address(customer),
        net=total.net,
        tax=total.tax,
        gross=total.gross,
    )


def _address(customer: Customer) -> dict[str, object]:
    return customer.address or dump(Address(country=customer.country))


def _lines(work: UnitOfWork, order: Order, lines: Sequence[DraftLine], document: TaxedDocument) -> Iterator[OrderLine]:
    """The lines as they are kept, numbered from 1."""
    for number, (line, amounts) in enumerate(zip(lines, document.lines, strict=True), 1):
        yield OrderLine(
            id=work.new_id(),
            order_id=order.id,
            line=number,
            item_id=line.item.id,
            sku=line.item.sku,
            name=line.item.name,
            kind=line.item.kind,
            warehouse_id=line.warehouse_id,
            unit=line.asked.unit or line.item.base_unit,
            unit_quantity=line.asked.quantity,
            ordered=line.quantity,
            price=line.price,
            price_id=line.price_id,
            tax_code=line.tax_code,
            tax_rate=line.tax_rate,
            net=amounts.net,
            tax=amounts.tax,
            gross=amounts.gross,
            over_tolerance=line.asked.over_tolerance,
            buy_to_order=line.asked.buy_to_order,
        )

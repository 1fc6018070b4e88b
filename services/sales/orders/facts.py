"""What is told of an order when it is placed."""

from typing import Literal, cast

from services.sales.orders.tables import Order, OrderLine
from shared.contracts import sales as contract
from shared.contracts.common import Address, Terms
from shared.contracts.message import load


def order_placed(order: Order) -> contract.OrderPlaced:
    """The order with its frozen prices, taxes, rate and terms."""
    return contract.OrderPlaced(
        order_id=order.id,
        number=order.number,
        customer_id=order.customer_id,
        placed_on=order.placed_on,
        promised_on=order.promised_on,
        currency=order.currency,
        exchange_rate=order.exchange_rate,
        prices_include_tax=order.prices_include_tax,
        tax_rounding=cast("Literal['line', 'document']", order.tax_rounding),
        terms=load(Terms, order.terms),
        ship_to=load(Address, order.ship_to),
        lines=[_line(line) for line in order.lines],
        net=order.net,
        tax=order.tax,
        gross=order.gross,
    )


def _line(line: OrderLine) -> contract.PlacedLine:
    return contract.PlacedLine(
        line=line.line,
        item_id=line.item_id,
        kind=cast("Literal['goods', 'service']", line.kind),
        warehouse_id=line.warehouse_id,
        quantity=line.ordered,
        price=line.price,
        tax_code=line.tax_code,
        tax_rate=line.tax_rate,
        net=line.net,
        tax=line.tax,
        gross=line.gross,
        over_tolerance=line.over_tolerance,
        buy_to_order=line.buy_to_order,
    )

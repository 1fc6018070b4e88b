"""Orders and their lines as clients see them."""

from collections.abc import Sequence
from typing import Literal, cast

from services.sales.customers.tables import Customer
from services.sales.orders.fulfilment import ORDER_FULFILMENT
from services.sales.orders.tables import Invoice, Order, OrderLine, Shipment
from services.sales.returns.tables import Return
from shared.contracts import sales as contract
from shared.contracts.common import Address, Terms
from shared.contracts.message import load
from shared.kernel.tax import NOTHING, Taxed
from shared.runtime.processes import Process
from shared.runtime.work import UnitOfWork


def order_view(work: UnitOfWork, order: Order) -> contract.OrderView:
    """An order with all that became of it."""
    customer = work.get(Customer, id=order.customer_id)
    returns = work.rows(Return, order_id=order.id, by=("id",))
    return _view(work, order, customer, order.shipments, order.invoices, returns)


def placed_view(work: UnitOfWork, order: Order, customer: Customer) -> contract.OrderView:
    """An order just placed, of which nothing can have become yet."""
    return _view(work, order, customer, (), (), ())


def summary(order: Order) -> contract.OrderSummary:
    """An order in a list."""
    return contract.OrderSummary(
        id=order.id,
        version=order.version,
        number=order.number,
        reference=order.reference,
        customer_id=order.customer_id,
        status=cast("contract.OrderState", order.status),
        placed_on=order.placed_on,
        promised_on=order.promised_on,
        currency=order.currency,
        prices_include_tax=order.prices_include_tax,
        tax_rounding=cast("Literal['line', 'document']", order.tax_rounding),
        net=order.net,
        tax=order.tax,
        gross=order.gross,
    )


def line_view(line: OrderLine, order_number: str) -> contract.OrderLineView:
    """An order line and what became of it."""
    state = line.state
    return contract.OrderLineView(
        id=line.id,
        order_id=line.order_id,
        order_number=order_number,
        line=line.line,
        item_id=line.item_id,
        sku=line.sku,
        name=line.name,
        kind=cast("Literal['goods', 'service']", line.kind),
        warehouse_id=line.warehouse_id,
        unit=line.unit,
        unit_quantity=line.unit_quantity,
        ordered=line.ordered,
        reserved=min(line.reserved, state.wanted),
        backordered=state.backordered if line.goods else NOTHING.net,
        requested=min(line.requested, state.wanted),
        handed_over=line.handed_over,
        invoiced=line.invoiced,
        to_invoice=state.to_invoice,
        cancelled=line.cancelled,
        returned=line.returned,
        open=state.open,
        price=line.price,
        price_id=line.price_id,
        tax_code=line.tax_code,
        tax_rate=line.tax_rate,
        net=line.net,
        tax=line.tax,
        gross=line.gross,
        over_tolerance=line.over_tolerance,
        buy_to_order=line.buy_to_order,
    )


def steps_of(work: UnitOfWork, process: Process, key: str) -> list[contract.ProcessStep]:
    """The steps of a process and where each stands."""
    standing = process.standing(work, key)
    return [contract.ProcessStep(step=step.name, state=standing.steps[step.name]) for step in process.steps]


def _view(
    work: UnitOfWork,
    order: Order,
    customer: Customer,
    shipments: Sequence[Shipment],
    invoices: Sequence[Invoice],
    returns: Sequence[Return],
) -> contract.OrderView:
    return contract.OrderView(
        **vars(summary(order)),
        customer_code=customer.code,
        customer_name=customer.name,
        confirmed_on=order.confirmed_on,
        held_on=order.held_on,
        cancelled_on=order.cancelled_on,
        completed_on=order.completed_on,
        reason=order.reason,
        exchange_rate=order.exchange_rate,
        accept_backorder=order.accept_backorder,
        terms=load(Terms, order.terms),
        ship_to=load(Address, order.ship_to),
        taxes=_taxes(order.lines),
        lines=[line_view(line, order.number) for line in order.lines],
        shipments=[_shipment(each) for each in shipments],
        invoices=[_invoice(each) for each in invoices],
        returns=[_return(each) for each in returns],
        fulfilment=steps_of(work, ORDER_FULFILMENT, order.id),
    )


def _taxes(lines: Sequence[OrderLine]) -> list[contract.OrderTax]:
    by_code: dict[str, Taxed] = {}
    rates = {line.tax_code: line.tax_rate for line in lines}
    for line in lines:
        by_code[line.tax_code] = by_code.get(line.tax_code, NOTHING) + Taxed(line.net, line.tax, line.gross)
    return [
        contract.OrderTax(tax_code=code, tax_rate=rates[code], net=each.net, tax=each.tax, gross=each.gross)
        for code, each in sorted(by_code.items())
    ]


def _shipment(shipment: Shipment) -> contract.OrderShipment:
    return contract.OrderShipment(
        shipment_id=shipment.id,
        number=shipment.number,
        delivery_id=shipment.delivery_id,
        warehouse_id=shipment.warehouse_id,
        carrier_id=shipment.carrier_id,
        mode=shipment.mode,
        status="delivered" if shipment.delivered_on else "shipped" if shipment.shipped_on else "planned",
        expected_on=shipment.expected_on,
        late=shipment.late,
        shipped_on=shipment.shipped_on,
        delivered_on=shipment.delivered_on,
    )


def _invoice(invoice: Invoice) -> contract.OrderInvoice:
    return contract.OrderInvoice(
        invoice_id=invoice.id,
        number=invoice.number,
        issued_on=invoice.issued_on,
        net=invoice.net,
        tax=invoice.tax,
        gross=invoice.gross,
        settled=invoice.settled,
    )


def _return(each: Return) -> contract.OrderReturn:
    return contract.OrderReturn(return_id=each.id, number=each.number, status=cast("contract.ReturnState", each.status))

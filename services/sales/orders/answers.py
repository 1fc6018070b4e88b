"""What inventory, finance and logistics answer to an order, in any order: facts add up, then the order goes on."""

from collections.abc import Iterable
from decimal import Decimal
from typing import Literal

from services.sales.orders.fulfilment import ORDER_FULFILMENT, decline, go_on
from services.sales.orders.rules import OrderStatus
from services.sales.orders.tables import Invoice, Order, Shipment
from shared.contracts import finance, inventory, logistics
from shared.runtime.foresight import Foreseen, along
from shared.runtime.registry import on
from shared.runtime.work import UnitOfWork

Counter = Literal["reserved", "handed_over", "invoiced"]
_ALONG = along(Order.lines), ORDER_FULFILMENT.read_along
_ORDER = Foreseen(Order, "order_id", _ALONG)
_INVOICE = Foreseen(Order, "order_id", (*_ALONG, along(Order.invoices)))
_SHIPMENT = Foreseen(Order, "order_id", (along(Order.shipments),))


@on(inventory.stock_reserved, _ORDER)
def take_reservation(work: UnitOfWork, event: inventory.ReservationDecided) -> None:
    """All of an order is reserved."""
    order = _locked(work, event.order_id)
    _reserve(order, event)
    go_on(work, order)


@on(inventory.stock_short, _ORDER)
def take_shortage(work: UnitOfWork, event: inventory.ReservationDecided) -> None:
    """Part of an order waits for goods, or is declined where the customer would not wait."""
    order = _locked(work, event.order_id)
    _reserve(order, event)
    if not order.accept_backorder:
        decline(order, "out of stock, and no backorder accepted")
    go_on(work, order)


@on(inventory.backorder_served, _ORDER)
def take_served_backorder(work: UnitOfWork, event: inventory.BackorderServed) -> None:
    """Goods came in for an order that waited."""
    order = _locked(work, event.order_id)
    _add(order, "reserved", ((line.line, line.quantity) for line in event.lines))
    go_on(work, order)


@on(inventory.goods_handed_over, _ORDER)
def take_handover(work: UnitOfWork, event: inventory.GoodsHandedOver) -> None:
    """Goods left: the point of no return for what left."""
    order = _locked(work, event.order_id)
    _add(order, "handed_over", ((line.line, line.quantity) for line in event.lines))
    go_on(work, order)


@on(finance.credit_approved, _ORDER)
def take_approval(work: UnitOfWork, event: finance.CreditDecided) -> None:
    """The customer's credit carries the order."""
    order = _locked(work, event.order_id)
    if _is_news(work, order):
        order.credit_approved = True
    go_on(work, order)


@on(finance.credit_held, _ORDER)
def take_hold(work: UnitOfWork, event: finance.CreditDecided) -> None:
    """The order is beyond the customer's credit until finance releases it."""
    order = _locked(work, event.order_id)
    if _is_news(work, order):
        order.held_on = order.held_on or work.business_date
    go_on(work, order)


@on(finance.credit_declined, _ORDER)
def take_refusal(work: UnitOfWork, event: finance.CreditDecided) -> None:
    """Finance will not carry the order."""
    order = _locked(work, event.order_id)
    if _is_news(work, order):
        decline(order, "credit declined")
    go_on(work, order)


@on(finance.invoice_issued, _INVOICE)
def take_invoice(work: UnitOfWork, event: finance.InvoiceIssued) -> None:
    """What left, or was performed, is invoiced; a service counts as performed by that."""
    order = _locked(work, event.order_id)
    invoice = _invoice(work, order, event.invoice_id)
    invoice.number, invoice.issued_on = event.number, event.issued_on
    invoice.net, invoice.tax, invoice.gross = event.net, event.tax, event.gross
    _add(order, "invoiced", ((line.line, line.quantity) for line in event.lines))
    for line in order.services:
        line.handed_over = line.invoiced
    go_on(work, order)


@on(finance.invoice_settled, _INVOICE)
def take_settlement(work: UnitOfWork, event: finance.InvoiceSettled) -> None:
    """Nothing is owed on an invoice any more."""
    _settle(work, event.order_id, event.invoice_id, settled=True)


@on(finance.invoice_reopened, _INVOICE)
def take_reopening(work: UnitOfWork, event: finance.InvoiceReopened) -> None:
    """A payment was taken back."""
    _settle(work, event.order_id, event.invoice_id, settled=False)


@on(logistics.shipment_planned, _SHIPMENT)
def take_plan(work: UnitOfWork, event: logistics.ShipmentPlanned) -> None:
    """A carrier is chosen."""
    shipment = _shipment(work, event.order_id, event.shipment_id)
    shipment.number, shipment.delivery_id, shipment.warehouse_id = event.number, event.delivery_id, event.warehouse_id
    shipment.carrier_id, shipment.mode = event.carrier_id, event.mode
    shipment.expected_on, shipment.late = event.expected_on, event.late


@on(logistics.goods_shipped, _SHIPMENT)
def take_shipping(work: UnitOfWork, event: logistics.GoodsShipped) -> None:
    """The carrier has goods of a shipment; the last time counts."""
    shipment = _shipment(work, event.order_id, event.shipment_id)
    shipment.shipped_on = max(shipment.shipped_on or event.shipped_on, event.shipped_on)


@on(logistics.shipment_delivered, _SHIPMENT)
def take_delivery(work: UnitOfWork, event: logistics.ShipmentDelivered) -> None:
    """The customer has the goods."""
    _shipment(work, event.order_id, event.shipment_id).delivered_on = event.delivered_on


def _locked(work: UnitOfWork, order_id: str) -> Order:
    return work.known(Order, order_id, lock=True)


def _reserve(order: Order, event: inventory.ReservationDecided) -> None:
    order.stock_answered = True
    _add(order, "reserved", ((line.line, line.reserved) for line in event.lines))


def _add(order: Order, counter: Counter, quantities: Iterable[tuple[int, Decimal]]) -> None:
    """Add what happened to each line to its running total."""
    lines = {line.line: line for line in order.lines}
    for number, quantity in quantities:
        setattr(lines[number], counter, getattr(lines[number], counter) + quantity)


def _is_news(work: UnitOfWork, order: Order) -> bool:
    """Whether this is the newest of finance's decisions on the order; an older one came late and says nothing."""
    if work.sequence <= order.credit_sequence:
        return False
    order.credit_sequence = work.sequence
    return True


def _invoice(work: UnitOfWork, order: Order, invoice_id: str) -> Invoice:
    """The invoice, made known by whichever of its facts came first; the order is locked."""
    known = next((invoice for invoice in order.invoices if invoice.id == invoice_id), None)
    return known or work.add_to(order, Order.invoices, Invoice(id=invoice_id, order_id=order.id))


def _settle(work: UnitOfWork, order_id: str, invoice_id: str, *, settled: bool) -> None:
    order = _locked(work, order_id)
    invoice = _invoice(work, order, invoice_id)
    if work.sequence > invoice.sequence:
        invoice.settled, invoice.sequence = settled, work.sequence
    if order.status != OrderStatus.PARTLY_SHIPPED:  # which waits for goods, whatever is paid
        go_on(work, order)


def _shipment(work: UnitOfWork, order_id: str, shipment_id: str) -> Shipment:
    """The shipment, made known by whichever of its facts came first, while the order is locked."""
    order = _locked(work, order_id)
    known = next((shipment for shipment in order.shipments if shipment.id == shipment_id), None)
    return known or work.add_to(order, Order.shipments, Shipment(id=shipment_id, order_id=order_id))

"""Invoicing what was handed over, at the order's frozen amounts, and its cost of sales."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal

from services.finance.credit.exposure import expose
from services.finance.invoicing.billing import (
    Billed,
    keep_lines,
    position_of,
    pricing_of,
    summed,
    told_lines,
    total,
)
from services.finance.invoicing.reading import invoice_views
from services.finance.invoicing.rules import invoice_amounts
from services.finance.invoicing.tables import Invoice
from services.finance.ledger.posting import Draft, Source, post
from services.finance.ledger.postings import StockFact, sales_invoice_entry, stock_entry
from services.finance.ledger.rules import to_base
from services.finance.orders.lookup import OF_AN_ORDER, OrderInHand, order_in_hand
from services.finance.settlement.due import due_dates
from services.finance.settlement.items import Document, owe
from shared.contracts import finance as contract
from shared.contracts import inventory, sales
from shared.contracts.common import ById
from shared.contracts.operations import ListQuery, Page
from shared.kernel.money import ZERO
from shared.kernel.tax import Taxed, TaxRounding
from shared.runtime.registry import handles, on
from shared.runtime.work import UnitOfWork
from shared.storage.paging import page_with

SERIES = "INV"
_COLUMNS = {
    "id": Invoice.id,
    "number": Invoice.number,
    "order_id": Invoice.order_id,
    "handover_id": Invoice.handover_id,
    "customer_id": Invoice.customer_id,
    "issued_on": Invoice.issued_on,
    "settled_on": Invoice.settled_on,
}


@on(inventory.goods_handed_over, *OF_AN_ORDER)
def invoice_hand_over(work: UnitOfWork, event: inventory.GoodsHandedOver) -> None:
    """Post the cost of goods that left, and invoice them; an order's services go with its first invoice."""
    hand = order_in_hand(work, event.order_id)
    goods = summed((line.line, line.quantity) for line in event.lines)
    services = {
        line.line: line.to_invoice for line in hand.lines.values() if line.kind == "service" and line.to_invoice
    }
    cost = sum((line.cost or ZERO for line in event.lines), ZERO)
    drafts = []
    if entry := stock_entry(StockFact.HAND_OVER, -cost, work.currency):
        left_on = event.handed_over_on
        source = Source.GOODS_HANDED_OVER
        drafts.append(Draft(entry=entry, on=left_on, source=source, document_id=event.handover_id))
    _invoice(work, hand, goods | services, event.handed_over_on, handover_id=event.handover_id, drafts=drafts)


@on(sales.order_confirmed)
def invoice_services(work: UnitOfWork, event: sales.OrderConfirmed) -> None:
    """Invoice an order that has nothing to deliver as soon as it is confirmed."""
    if not event.services_only:
        return
    hand = order_in_hand(work, event.order_id)
    now = {line.line: line.to_invoice for line in hand.lines.values() if line.to_invoice}
    if now:
        _invoice(work, hand, now, event.confirmed_on, handover_id=None, drafts=[])


@handles(contract.list_invoices)
def list_invoices(work: UnitOfWork, query: ListQuery) -> Page[contract.InvoiceView]:
    """Invoices with their lines and instalments, a page at a time."""
    return page_with(work.session, work.select(Invoice), query, _COLUMNS, lambda rows: invoice_views(work, rows))


@handles(contract.get_invoice)
def get_invoice(work: UnitOfWork, query: ById) -> contract.InvoiceView:
    """One invoice with its lines and instalments."""
    return invoice_views(work, [work.get(Invoice, id=query.id)])[0]


def _invoice(
    work: UnitOfWork,
    hand: OrderInHand,
    now: Mapping[int, Decimal],
    on: date,
    *,
    handover_id: str | None,
    drafts: list[Draft],
) -> None:
    """Issue an invoice: its lines, due dates, entry, exposure, and the fact."""
    billed = _bill(hand, now)
    amounts = total(billed)
    invoice = _kept(work, hand, amounts, on, handover_id)
    keep_lines(work, invoice.id, billed, hand.lines)
    base = _owed(work, hand, invoice, amounts.gross)
    if amounts.gross:
        drafts = [*drafts, _draft(work, invoice, amounts)]
    hand.reckon(work)
    expose(hand.account, receivables=base)
    post(work, *drafts)
    _tell(work, invoice, amounts, billed)


def _bill(hand: OrderInHand, now: Mapping[int, Decimal]) -> Billed:
    """The amounts of the quantities `now`, counted on the order's lines."""
    pricing = pricing_of(hand.order)
    together = pricing.rounding is TaxRounding.DOCUMENT
    positions = {number: position_of(line) for number, line in hand.lines.items() if together or number in now}
    amounts = invoice_amounts(positions, now, pricing)
    for number, part in amounts.items():
        line = hand.lines[number]
        line.invoiced += now[number]
        line.invoiced_net += part.net
        line.invoiced_tax += part.tax
    return {number: (now[number], part) for number, part in amounts.items()}


def _kept(work: UnitOfWork, hand: OrderInHand, amounts: Taxed, on: date, handover_id: str | None) -> Invoice:
    order = hand.order
    return work.add(
        Invoice(
            id=work.new_id(),
            number=work.number(SERIES),
            order_id=order.id,
            order_number=order.number,
            handover_id=handover_id,
            customer_id=order.customer_id,
            issued_on=on,
            currency=order.currency,
            exchange_rate=order.exchange_rate,
            net=amounts.net,
            tax=amounts.tax,
            settled_on=None if amounts.gross else on,
        )
    )


def _owed(work: UnitOfWork, hand: OrderInHand, invoice: Invoice, gross: Decimal) -> Decimal:
    """Open the invoice's instalments; what they come to in base currency."""
    base = to_base(gross, invoice.exchange_rate, work.currency)
    document = Document(
        side="receivable",
        party_id=invoice.customer_id,
        kind="invoice",
        id=invoice.id,
        number=invoice.number,
        on=invoice.issued_on,
        currency=invoice.currency,
        order_id=invoice.order_id,
    )
    owe(work, document, due_dates(hand.order.terms, gross, invoice.issued_on, invoice.currency), base)
    return base


def _draft(work: UnitOfWork, invoice: Invoice, amounts: Taxed) -> Draft:
    entry = sales_invoice_entry(
        amounts,
        customer=invoice.customer_id,
        currency=invoice.currency,
        base_currency=work.currency,
        rate=invoice.exchange_rate,
    )
    return Draft(
        entry=entry,
        on=invoice.issued_on,
        source=Source.INVOICE,
        document_id=invoice.id,
        document_number=invoice.number,
    )


def _tell(work: UnitOfWork, invoice: Invoice, amounts: Taxed, billed: Billed) -> None:
    issued = contract.InvoiceIssued(
        invoice_id=invoice.id,
        number=invoice.number,
        order_id=invoice.order_id,
        customer_id=invoice.customer_id,
        issued_on=invoice.issued_on,
        currency=invoice.currency,
        net=amounts.net,
        tax=amounts.tax,
        gross=amounts.gross,
        lines=told_lines(billed),
    )
    work.emit(contract.invoice_issued, issued)
    work.arrived(invoiced_name(invoice.order_id))
    if invoice.settled_on:
        settled = contract.InvoiceSettled(
            invoice_id=invoice.id, order_id=invoice.order_id, settled_on=invoice.settled_on
        )
        work.emit(contract.invoice_settled, settled)


def invoiced_name(order_id: str) -> str:
    """What a return waits for when it comes before the invoice of what it brings back."""
    return f"invoice of {order_id}"

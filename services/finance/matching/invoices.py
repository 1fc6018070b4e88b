"""Suppliers' invoices: recorded, matched three ways, posted or queued until someone decides."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from sqlalchemy import literal_column

from services.finance.ledger.rules import to_base
from services.finance.matching.lookup import PurchaseInHand, purchase_in_hand
from services.finance.matching.matching import match_invoice
from services.finance.matching.posting import post_invoice
from services.finance.matching.reading import supplier_invoice_views
from services.finance.matching.tables import PurchaseLine, SupplierInvoice, SupplierInvoiceLine
from services.finance.parties.lookup import supplier
from services.finance.rates.lookup import rate_on, set_rate
from services.finance.rates.rules import bounded, exact
from services.finance.settings.lookup import open_day, take_books
from shared.contracts import finance as contract
from shared.contracts.common import ById
from shared.contracts.operations import ListQuery, Page
from shared.kernel.errors import Conflict, Forbidden, InvalidInput
from shared.kernel.money import ZERO
from shared.runtime.registry import handles
from shared.runtime.work import UnitOfWork
from shared.storage.paging import page_with

SERIES = "SI"
_COLUMNS = {
    "id": SupplierInvoice.id,
    "number": SupplierInvoice.number,
    "supplier_id": SupplierInvoice.supplier_id,
    "supplier_number": SupplierInvoice.supplier_number,
    "purchase_order_id": SupplierInvoice.purchase_order_id,
    "status": SupplierInvoice.status,
    "invoiced_on": SupplierInvoice.invoiced_on,
}


@handles(contract.record_supplier_invoice)
def record_supplier_invoice(work: UnitOfWork, command: contract.RecordSupplierInvoice) -> contract.SupplierInvoiceView:
    """Record an invoice as it came; posted where it matches, an exception with its reasons where it does not."""
    day = open_day(work, command.invoiced_on, "/invoiced_on")
    supplier(work, command.supplier_id)
    hand = purchase_in_hand(work, command.purchase_order_id)
    _require_fitting(work, hand, command)
    invoice = _kept(work, hand, command, day)
    rows = [_row(work, invoice, line, hand.lines[line.line]) for line in command.lines]
    matched = match_invoice(work, hand, invoice, rows)
    if matched.ok:
        post_invoice(work, hand, invoice, matched, day)
    return supplier_invoice_views(work, [invoice])[0]


@handles(contract.accept_supplier_invoice)
def accept_supplier_invoice(work: UnitOfWork, command: contract.DecideSupplierInvoice) -> contract.SupplierInvoiceView:
    """Post an invoice as it came though it does not match; not by whom it was recorded."""
    day = open_day(work, command.on)
    invoice = _exception(work, command.id)
    if invoice.recorded_by == work.context.actor:
        raise Forbidden("whoever recorded an invoice cannot accept it", code="same_person")
    hand = purchase_in_hand(work, invoice.purchase_order_id)
    _decide(work, invoice, command.reason)
    post_invoice(work, hand, invoice, match_invoice(work, hand, invoice, lines_of(work, invoice)), day)
    return supplier_invoice_views(work, [invoice])[0]


@handles(contract.reject_supplier_invoice)
def reject_supplier_invoice(work: UnitOfWork, command: contract.DecideSupplierInvoice) -> contract.SupplierInvoiceView:
    """Send an invoice back; the corrected one may bear the same number."""
    take_books(work)
    invoice = _exception(work, command.id)
    _decide(work, invoice, command.reason)
    invoice.status = "rejected"
    return supplier_invoice_views(work, [invoice])[0]


@handles(contract.list_supplier_invoices)
def list_supplier_invoices(work: UnitOfWork, query: ListQuery) -> Page[contract.SupplierInvoiceView]:
    """Suppliers' invoices with their lines; those of status `exception` wait for a decision."""
    statement = work.select(SupplierInvoice)
    return page_with(work.session, statement, query, _COLUMNS, lambda rows: supplier_invoice_views(work, rows))


@handles(contract.get_supplier_invoice)
def get_supplier_invoice(work: UnitOfWork, query: ById) -> contract.SupplierInvoiceView:
    """One supplier's invoice with its lines."""
    return supplier_invoice_views(work, [work.get(SupplierInvoice, id=query.id)])[0]


def rematch_waiting(work: UnitOfWork, hand: PurchaseInHand, on: date) -> None:
    """Match an order's exceptions again now that goods came; those that fit are posted."""
    for invoice in work.rows(SupplierInvoice, purchase_order_id=hand.order.id, status="exception", by=("id",)):
        matched = match_invoice(work, hand, invoice, lines_of(work, invoice))
        if matched.ok:
            post_invoice(work, hand, invoice, matched, on)


def lines_of(work: UnitOfWork, invoice: SupplierInvoice) -> Sequence[SupplierInvoiceLine]:
    """An invoice's lines in their order."""
    return work.rows(SupplierInvoiceLine, supplier_invoice_id=invoice.id, by=("line",))


def _require_fitting(work: UnitOfWork, hand: PurchaseInHand, command: contract.RecordSupplierInvoice) -> None:
    """Refuse what cannot be matched at all."""
    if hand.order.supplier_id != command.supplier_id:
        raise InvalidInput.at("/supplier_id", "supplier_differs", f"order {hand.order.number} is another supplier's")
    statement = work.select(SupplierInvoice).where(
        SupplierInvoice.supplier_id == command.supplier_id,
        SupplierInvoice.supplier_number == command.supplier_number,
        SupplierInvoice.status != literal_column("'rejected'"),  # as the index has it
    )
    if work.all(statement.limit(1)):
        raise Conflict(f"invoice {command.supplier_number} of this supplier is recorded already", code="exists")
    currency = command.currency or hand.order.currency
    seen: set[int] = set()
    for index, line in enumerate(command.lines):
        if line.line not in hand.lines:
            raise InvalidInput.at(f"/lines/{index}/line", "unknown_line", f"the order has no line {line.line}")
        if line.line in seen:
            raise InvalidInput.at(f"/lines/{index}/line", "repeated_line", f"line {line.line} is there already")
        seen.add(line.line)
        exact(line.net, currency, f"/lines/{index}/net")
        exact(line.tax, currency, f"/lines/{index}/tax")


def _kept(
    work: UnitOfWork, hand: PurchaseInHand, command: contract.RecordSupplierInvoice, day: date
) -> SupplierInvoice:
    currency = command.currency or hand.order.currency
    rate = _rate(work, hand, currency, day, command.exchange_rate)
    net, tax = (sum((getattr(line, part) for line in command.lines), ZERO) for part in ("net", "tax"))
    bounded(to_base(bounded(net + tax, "/lines"), rate, work.currency), "/lines")
    return work.add(
        SupplierInvoice(
            id=work.new_id(),
            number=work.number(SERIES),
            supplier_id=command.supplier_id,
            supplier_number=command.supplier_number,
            purchase_order_id=hand.order.id,
            purchase_order_number=hand.order.number,
            invoiced_on=day,
            currency=currency,
            exchange_rate=rate,
            net=net,
            tax=tax,
            status="exception",
            recorded_by=work.context.actor,
        )
    )


def _rate(work: UnitOfWork, hand: PurchaseInHand, currency: str, day: date, given: Decimal | None) -> Decimal:
    """The rate set for the day, else the order's own."""
    own = hand.order.exchange_rate if currency == hand.order.currency != work.currency else None
    return rate_on(work, currency, day, given or (own and (set_rate(work, currency, day) or own)))


def _row(
    work: UnitOfWork, invoice: SupplierInvoice, line: contract.SupplierInvoiceLine, ordered: PurchaseLine
) -> SupplierInvoiceLine:
    return work.add(
        SupplierInvoiceLine(
            supplier_invoice_id=invoice.id,
            line=line.line,
            quantity=line.quantity,
            net=line.net,
            tax=line.tax,
            tax_rate=ordered.tax_rate,
            accrual=ZERO,
            variance=ZERO,
            reasons="",
        )
    )


def _exception(work: UnitOfWork, id_: str) -> SupplierInvoice:
    invoice = work.get(SupplierInvoice, lock=True, id=id_)
    if invoice.status != "exception":
        raise Conflict(f"invoice {invoice.supplier_number} is {invoice.status}", code="not_an_exception")
    return invoice


def _decide(work: UnitOfWork, invoice: SupplierInvoice, reason: str | None) -> None:
    invoice.decided_by, invoice.decided_on, invoice.reason = work.context.actor, work.business_date, reason

"""Money to suppliers, where it goes, and what is owed to them."""

from collections.abc import Iterable
from datetime import date

from services.finance.ledger.posting import Source
from services.finance.ledger.postings import payment_entry
from services.finance.matching.posting import tell_settled
from services.finance.matching.tables import SupplierInvoice
from services.finance.parties.lookup import supplier
from services.finance.payables.reading import payable_view, supplier_payment_views
from services.finance.receivables.booking import Money, book, document_of, post_money
from services.finance.receivables.tables import Payment
from services.finance.settings.lookup import open_day
from services.finance.settlement.allocating import put_onto
from services.finance.settlement.items import PartyAccount, on_account
from services.finance.settlement.tables import OpenItem
from shared.contracts import finance as contract
from shared.contracts.operations import ListQuery, Page
from shared.kernel.errors import Conflict
from shared.runtime.registry import handles
from shared.runtime.work import UnitOfWork
from shared.storage.paging import page, page_with

SERIES = "PV"
_COLUMNS = {
    "id": Payment.id,
    "number": Payment.number,
    "supplier_id": Payment.party_id,
    "currency": Payment.currency,
    "reference": Payment.reference,
    "paid_on": Payment.paid_on,
}
_ITEM_COLUMNS = {
    "id": OpenItem.id,
    "supplier_id": OpenItem.party_id,
    "document_id": OpenItem.document_id,
    "purchase_order_id": OpenItem.order_id,
    "kind": OpenItem.kind,
    "due_on": OpenItem.due_on,
    "document_on": OpenItem.document_on,
    "currency": OpenItem.currency,
    "open": OpenItem.is_open,
}


@handles(contract.pay_supplier)
def pay_supplier(work: UnitOfWork, command: contract.PaySupplier) -> contract.SupplierPaymentView:
    """Book a payment and put it onto what is owed; the same one twice only where that is confirmed."""
    day = open_day(work, command.paid_on, "/paid_on")
    payment = _booked(work, command, day)
    if not command.confirm_duplicate:
        _require_new(work, payment)
    paying = on_account(work, document_of(payment), -payment.amount, -payment.base_amount)
    owed = PartyAccount("payable", payment.party_id, payment.currency)
    outcome = put_onto(work, paying, owed, day, command.allocations)
    entry = payment_entry(
        payment.amount,
        supplier=payment.party_id,
        currency=payment.currency,
        base_currency=work.currency,
        rate=payment.exchange_rate,
        settled_base=payment.base_amount + outcome.gap,
    )
    post_money(work, payment, entry, Source.SUPPLIER_PAYMENT, day)
    _tell(work, payment)
    _close_settled(work, outcome.owed, day)
    return supplier_payment_views(work, [payment])[0]


@handles(contract.list_supplier_payments)
def list_supplier_payments(work: UnitOfWork, query: ListQuery) -> Page[contract.SupplierPaymentView]:
    """Payments to suppliers with where they went, a page at a time."""
    statement = work.select(Payment).where(Payment.side == "payable")
    return page_with(work.session, statement, query, _COLUMNS, lambda rows: supplier_payment_views(work, rows))


@handles(contract.list_payables)
def list_payables(work: UnitOfWork, query: ListQuery) -> Page[contract.PayableView]:
    """Instalments we owe and payments in advance, a page at a time."""
    statement = work.select(OpenItem).where(OpenItem.side == "payable")
    return page(work.session, statement, query, _ITEM_COLUMNS, payable_view)


def _booked(work: UnitOfWork, command: contract.PaySupplier, day: date) -> Payment:
    money = Money(
        amount=command.amount,
        currency=command.currency,
        rate=command.exchange_rate,
        on=day,
        reference=command.reference,
    )
    return book(work, supplier(work, command.supplier_id), money, side="payable", kind="payment", series=SERIES)


def _require_new(work: UnitOfWork, payment: Payment) -> None:
    """Refuse what looks like the same payment again. Raises Conflict `duplicate_payment`."""
    same = {name: getattr(payment, name) for name in ("party_id", "paid_on", "amount", "currency", "reference")}
    for twin in work.rows(Payment, **same):
        if twin.id != payment.id:
            raise Conflict(f"{twin.number} paid the same that day", code="duplicate_payment")


def _tell(work: UnitOfWork, payment: Payment) -> None:
    paid = contract.SupplierPaid(
        payment_id=payment.id,
        number=payment.number,
        supplier_id=payment.party_id,
        paid_on=payment.paid_on,
        currency=payment.currency,
        amount=payment.amount,
    )
    work.emit(contract.supplier_paid, paid)


def _close_settled(work: UnitOfWork, items: Iterable[OpenItem], on: date) -> None:
    """Tell of each invoice among these items' documents whose last instalment is paid now."""
    closed = sorted({item.document_id for item in items if item.kind == "invoice" and not item.is_open})
    still_owed = {item.document_id for item in work.rows(OpenItem, document_id=closed, is_open=True)}
    for invoice in work.rows(SupplierInvoice, id=[id_ for id_ in closed if id_ not in still_owed]):
        tell_settled(work, invoice, on)

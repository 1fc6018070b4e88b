"""Money from customers, and where it goes (核销)."""

from datetime import date

from services.finance.credit.exposure import account_of, expose, release_fitting
from services.finance.ledger.chart import RECEIVABLE
from services.finance.ledger.posting import Draft, Source, post
from services.finance.ledger.postings import exchange_lines
from services.finance.ledger.rules import Entry
from services.finance.parties.lookup import customer
from services.finance.receivables.booking import Money, book, document_of, post_money, receipt
from services.finance.receivables.closing import close_settled
from services.finance.receivables.reading import allocated_view, payment_views
from services.finance.receivables.tables import Payment
from services.finance.settings.lookup import open_day
from services.finance.settlement.allocating import put_onto
from services.finance.settlement.items import PartyAccount, on_account
from services.finance.settlement.tables import OpenItem
from shared.contracts import finance as contract
from shared.contracts.operations import ListQuery, Page
from shared.kernel.errors import NotFound
from shared.runtime.registry import handles
from shared.runtime.work import UnitOfWork
from shared.storage.paging import page_with

SERIES = "RV"
_COLUMNS = {
    "id": Payment.id,
    "number": Payment.number,
    "customer_id": Payment.party_id,
    "kind": Payment.kind,
    "state": Payment.state,
    "currency": Payment.currency,
    "reference": Payment.reference,
    "received_on": Payment.paid_on,
}


@handles(contract.receive_payment)
def receive_payment(work: UnitOfWork, command: contract.ReceivePayment) -> contract.PaymentView:
    """Book a payment, put it onto what is open, and let orders go that fit the customer's credit now."""
    day = open_day(work, command.received_on, "/received_on")
    payment = _booked(work, command, day)
    account = account_of(work, payment.party_id)
    paying = on_account(work, document_of(payment), -payment.amount, -payment.base_amount)
    owed = PartyAccount("receivable", payment.party_id, payment.currency)
    outcome = put_onto(work, paying, owed, day, command.allocations)
    post_money(work, payment, receipt(work, payment, outcome.gap), Source.PAYMENT, day)
    expose(account, receivables=-payment.base_amount - outcome.gap)
    _tell(work, payment)
    close_settled(work, outcome.owed, day)
    release_fitting(work, account)
    return payment_views(work, [payment])[0]


@handles(contract.allocate_payment)
def allocate_payment(work: UnitOfWork, command: contract.Allocate) -> contract.AllocatedView:
    """Put what stands on account of a payment or credit onto open items; an exchange difference is posted."""
    day = open_day(work, command.on)
    paying = _standing(work, command.id)
    account = account_of(work, paying.party_id)
    owed = PartyAccount("receivable", paying.party_id, paying.currency)
    outcome = put_onto(work, paying, owed, day, command.allocations)
    if lines := exchange_lines(outcome.gap, RECEIVABLE, party=paying.party_id, currency=paying.currency):
        draft = Draft(
            entry=Entry(tuple(lines)),
            on=day,
            source=Source.ALLOCATION,
            document_id=paying.document_id,
            document_number=paying.document_number,
        )
        post(work, draft)
    expose(account, receivables=-outcome.gap)
    close_settled(work, outcome.owed, day)
    release_fitting(work, account)
    return allocated_view(work, paying)


@handles(contract.list_payments)
def list_payments(work: UnitOfWork, query: ListQuery) -> Page[contract.PaymentView]:
    """Payments and refunds with where they went, a page at a time."""
    statement = work.select(Payment).where(Payment.side == "receivable")
    return page_with(work.session, statement, query, _COLUMNS, lambda rows: payment_views(work, rows))


def _booked(work: UnitOfWork, command: contract.ReceivePayment, day: date) -> Payment:
    money = Money(
        amount=command.amount,
        currency=command.currency,
        rate=command.exchange_rate,
        on=day,
        reference=command.reference,
    )
    party = customer(work, command.customer_id)
    return book(work, party, money, side="receivable", kind="payment", series=SERIES)


def _tell(work: UnitOfWork, payment: Payment) -> None:
    received = contract.PaymentReceived(
        payment_id=payment.id,
        number=payment.number,
        customer_id=payment.party_id,
        received_on=payment.paid_on,
        currency=payment.currency,
        amount=payment.amount,
    )
    work.emit(contract.payment_received, received)


def _standing(work: UnitOfWork, document_id: str) -> OpenItem:
    """The credit of a payment, credit note or adjustment on a customer's account; raises NotFound."""
    items = work.rows(OpenItem, document_id=document_id, side="receivable", fresh=True)
    standing = next((item for item in items if item.amount < 0), None)
    if standing is None:
        raise NotFound(f"there is no payment or credit {document_id}")
    return standing

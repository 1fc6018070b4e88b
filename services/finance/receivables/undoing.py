"""Taking payments back (反核销), and paying back what stands on account."""

from decimal import Decimal

from services.finance.credit.exposure import account_of, expose
from services.finance.ledger.posting import Source
from services.finance.ledger.postings import receipt_entry
from services.finance.ledger.rules import red
from services.finance.parties.lookup import customer
from services.finance.receivables.booking import Money, book, document_of, post_money, receipt
from services.finance.receivables.closing import reopen_unsettled
from services.finance.receivables.reading import payment_views
from services.finance.receivables.tables import Payment
from services.finance.settings.lookup import open_day
from services.finance.settlement.items import PartyAccount, enough_standing, on_account, reopen, settle
from services.finance.settlement.tables import OpenItem, Settlement
from shared.contracts import finance as contract
from shared.kernel.errors import Conflict
from shared.kernel.money import ZERO
from shared.runtime.registry import handles
from shared.runtime.work import UnitOfWork

SERIES = "RF"


@handles(contract.cancel_payment)
def cancel_payment(work: UnitOfWork, command: contract.CancelPayment) -> contract.PaymentView:
    """Take a payment back that was not honoured: by red letters, and what it had settled is open again."""
    day = open_day(work, command.on)
    payment = work.get(Payment, lock=True, id=command.id, side="receivable", kind="payment")
    if payment.state == "cancelled":
        raise Conflict(f"{payment.number} is cancelled already")
    account = account_of(work, payment.party_id)
    reopened, gap = _undo(work, payment)
    payment.state = "cancelled"
    entry = red(receipt(work, payment, gap))
    post_money(work, payment, entry, Source.PAYMENT_CANCELLED, day, note=command.reason)
    expose(account, receivables=payment.base_amount + gap)
    reopen_unsettled(work, reopened, day)
    return payment_views(work, [payment])[0]


@handles(contract.refund_customer)
def refund_customer(work: UnitOfWork, command: contract.RefundCustomer) -> contract.PaymentView:
    """Pay back what stands on a customer's account, oldest credit first."""
    day = open_day(work, command.paid_on, "/paid_on")
    money = Money(
        amount=command.amount,
        currency=command.currency,
        rate=command.exchange_rate,
        on=day,
        reference=command.reference,
    )
    party = customer(work, command.customer_id)
    refund = book(work, party, money, side="receivable", kind="refund", series=SERIES)
    account = account_of(work, refund.party_id)
    gap = _settle_refund(work, refund)
    entry = receipt_entry(
        -refund.amount,
        customer=refund.party_id,
        currency=refund.currency,
        base_currency=work.currency,
        rate=refund.exchange_rate,
        settled_base=gap - refund.base_amount,
    )
    post_money(work, refund, entry, Source.REFUND, day)
    expose(account, receivables=refund.base_amount - gap)
    return payment_views(work, [refund])[0]


def _undo(work: UnitOfWork, payment: Payment) -> tuple[list[OpenItem], Decimal]:
    """Take a payment's settlements back; the items that are open again, and the gap to exchange they had."""
    paying = work.get(OpenItem, lock=True, document_id=payment.id)
    settlements = work.rows(Settlement, paying_item_id=paying.id, cancelled=False)
    ids = {row.owed_item_id for row in settlements}
    owed = {item.id: item for item in work.rows(OpenItem, id=ids)}
    gap = ZERO
    for row in settlements:
        reopen(owed[row.owed_item_id], row.amount, row.owed_base)
        gap += row.owed_base - row.paying_base
        row.cancelled = True
    paying.open_amount, paying.open_base, paying.is_open = ZERO, ZERO, False
    return list(owed.values()), gap


def _settle_refund(work: UnitOfWork, refund: Payment) -> Decimal:
    """Settle a refund against the credits on account; the gap to exchange. Raises Conflict `nothing_on_account`."""
    account = PartyAccount("receivable", refund.party_id, refund.currency)
    standing, left = enough_standing(work, account, refund.amount), refund.amount
    owed = on_account(work, document_of(refund), refund.amount, refund.base_amount)
    pairs = []
    for credit in standing:
        part = min(left, -credit.open_amount)
        pairs.append((owed, credit, part))
        left -= part
    if left:
        raise Conflict(f"only {refund.amount - left} stand on account", code="nothing_on_account")
    return settle(work, pairs, refund.paid_on)

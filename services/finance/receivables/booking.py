"""What payments and refunds have in common: the document, its open item, its entry."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from services.finance.ledger.posting import Draft, Source, post
from services.finance.ledger.postings import receipt_entry
from services.finance.ledger.rules import Entry, to_base
from services.finance.parties.tables import Party
from services.finance.rates.lookup import rate_on
from services.finance.rates.rules import bounded, exact
from services.finance.receivables.tables import Payment, PaymentKind
from services.finance.settlement.items import Document
from services.finance.settlement.tables import Side
from shared.runtime.work import UnitOfWork


@dataclass(frozen=True, kw_only=True)
class Money:
    """Money as a command gives it: without a currency the party's own, without a rate the one set for the day."""

    amount: Decimal
    currency: str | None
    rate: Decimal | None
    on: date
    reference: str | None


def book(work: UnitOfWork, party: Party, money: Money, *, side: Side, kind: PaymentKind, series: str) -> Payment:
    """Keep the document of money that came or went."""
    currency = money.currency or party.currency
    amount = exact(money.amount, currency, "/amount")
    rate = rate_on(work, currency, money.on, money.rate)
    return work.add(
        Payment(
            id=work.new_id(),
            side=side,
            kind=kind,
            number=work.number(series),
            party_id=party.id,
            paid_on=money.on,
            currency=currency,
            exchange_rate=rate,
            amount=amount,
            base_amount=bounded(to_base(amount, rate, work.currency)),
            reference=money.reference,
            state="booked",
        )
    )


def document_of(payment: Payment) -> Document:
    """What a payment's open item comes from."""
    return Document(
        side=payment.side,
        party_id=payment.party_id,
        kind=payment.kind,
        id=payment.id,
        number=payment.number,
        on=payment.paid_on,
        currency=payment.currency,
    )


def receipt(work: UnitOfWork, payment: Payment, gap: Decimal) -> Entry:
    """A customer's payment in the ledger; `gap` is what it settled stood at in base above the payment itself."""
    return receipt_entry(
        payment.amount,
        customer=payment.party_id,
        currency=payment.currency,
        base_currency=work.currency,
        rate=payment.exchange_rate,
        settled_base=payment.base_amount + gap,
    )


def post_money(
    work: UnitOfWork, payment: Payment, entry: Entry, source: Source, on: date, *, note: str | None = None
) -> None:
    """Write the entry of money that came or went."""
    draft = Draft(
        entry=entry,
        on=on,
        source=source,
        document_id=payment.id,
        document_number=payment.number,
        note=note or payment.reference,
    )
    post(work, draft)

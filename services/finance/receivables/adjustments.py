"""Charges and credits without goods: discounts, fees, corrections, bad debts."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from services.finance.credit.exposure import account_of, expose, release_fitting
from services.finance.ledger.chart import BAD_DEBT_LOSS, BANK_CHARGES, OTHER_REVENUE, RECEIVABLE, REVENUE, ROUNDING
from services.finance.ledger.posting import Draft, Source, post
from services.finance.ledger.postings import exchange_lines
from services.finance.ledger.rules import Entry, converted, signed, to_base
from services.finance.parties.lookup import customer
from services.finance.rates.lookup import rate_on
from services.finance.rates.rules import bounded, exact
from services.finance.receivables.closing import close_settled
from services.finance.receivables.reading import adjustment_views
from services.finance.receivables.tables import Adjustment, AdjustmentKind
from services.finance.settings.lookup import open_day
from services.finance.settlement.allocating import Outcome, put_onto
from services.finance.settlement.items import Document, PartyAccount, on_account
from services.finance.settlement.rules import OverAllocated
from services.finance.settlement.tables import OpenItem
from shared.contracts import finance as contract
from shared.contracts.operations import ListQuery, Page
from shared.kernel.errors import InvalidInput
from shared.kernel.money import ZERO
from shared.runtime.registry import handles
from shared.runtime.work import UnitOfWork
from shared.storage.paging import page_with

SERIES = "CA"
_COLUMNS = {
    "id": Adjustment.id,
    "number": Adjustment.number,
    "customer_id": Adjustment.customer_id,
    "kind": Adjustment.kind,
    "on": Adjustment.on,
    "reference": Adjustment.reference,
}


@dataclass(frozen=True, kw_only=True)
class Wish:
    """An adjustment as asked for; `advice` as for a payment."""

    customer_id: str
    amount: Decimal
    kind: AdjustmentKind
    on: date
    currency: str | None = None
    rate: Decimal | None = None
    due_on: date | None = None
    note: str | None = None
    reference: str | None = None
    advice: Sequence[contract.Advice] | None = None


@handles(contract.adjust_customer_account)
def adjust_customer_account(
    work: UnitOfWork, command: contract.AdjustCustomerAccount
) -> contract.CustomerAdjustmentView:
    """Charge a customer, or credit one, without goods."""
    if not command.amount:
        raise InvalidInput.at("/amount", "invalid_amount", "an adjustment needs an amount")
    wish = Wish(
        customer_id=command.customer_id,
        amount=command.amount,
        kind=command.kind,
        on=open_day(work, command.on),
        currency=command.currency,
        rate=command.exchange_rate,
        due_on=command.due_on,
        note=command.note,
        reference=command.reference,
        advice=command.allocations,
    )
    item = _adjust(work, wish)
    return adjustment_views(work, [work.get(Adjustment, id=item.document_id)])[0]


@handles(contract.write_off_receivable)
def write_off_receivable(work: UnitOfWork, command: contract.WriteOffReceivable) -> contract.CustomerAdjustmentView:
    """Give a debt up; never more than is open."""
    advice = [contract.Advice(document_id=command.document_id, amount=command.amount)] if command.document_id else None
    wish = Wish(
        customer_id=command.customer_id,
        amount=-command.amount,
        kind="bad_debt",
        on=open_day(work, command.on),
        currency=command.currency,
        note=command.reason,
        advice=advice,
    )
    item = _adjust(work, wish)
    if item.open_amount:
        raise OverAllocated(f"{-item.open_amount} of {command.amount} are not open")
    return adjustment_views(work, [work.get(Adjustment, id=item.document_id)])[0]


@handles(contract.list_customer_adjustments)
def list_customer_adjustments(work: UnitOfWork, query: ListQuery) -> Page[contract.CustomerAdjustmentView]:
    """Charges and credits without goods, a page at a time."""
    return page_with(work.session, work.select(Adjustment), query, _COLUMNS, lambda rows: adjustment_views(work, rows))


def counter_account(kind: AdjustmentKind, amount: Decimal) -> str:
    """The account against the receivable: what a charge earns, or a credit costs."""
    if kind == "fee":
        return OTHER_REVENUE if amount > 0 else BANK_CHARGES
    return {"discount": REVENUE, "goods_credit": REVENUE, "manual": OTHER_REVENUE, "bad_debt": BAD_DEBT_LOSS}[kind]


def _adjust(work: UnitOfWork, wish: Wish) -> OpenItem:
    """Book an adjustment: its item, where a credit goes, its entry, the exposure."""
    adjustment = _kept(work, wish)
    account = account_of(work, adjustment.customer_id)
    base = adjustment.base_amount
    item = on_account(work, _document(adjustment), adjustment.amount, base, wish.due_on)
    outcome = _put(work, item, wish) if wish.amount < 0 else Outcome((), ZERO)
    _post(work, adjustment, outcome.gap)
    expose(account, receivables=base - outcome.gap)
    close_settled(work, outcome.owed, wish.on)
    if wish.amount < 0:
        release_fitting(work, account)
    return item


def _kept(work: UnitOfWork, wish: Wish) -> Adjustment:
    party = customer(work, wish.customer_id)
    currency = wish.currency or party.currency
    amount = exact(wish.amount, currency, "/amount")
    rate = rate_on(work, currency, wish.on, wish.rate)
    return work.add(
        Adjustment(
            id=work.new_id(),
            number=work.number(SERIES),
            customer_id=party.id,
            kind=wish.kind,
            account=counter_account(wish.kind, amount),
            on=wish.on,
            currency=currency,
            exchange_rate=rate,
            amount=amount,
            base_amount=bounded(to_base(amount, rate, work.currency)),
            note=wish.note,
            reference=wish.reference,
        )
    )


def _document(adjustment: Adjustment) -> Document:
    return Document(
        side="receivable",
        party_id=adjustment.customer_id,
        kind="charge" if adjustment.amount > 0 else "credit",
        id=adjustment.id,
        number=adjustment.number,
        on=adjustment.on,
        currency=adjustment.currency,
    )


def _put(work: UnitOfWork, item: OpenItem, wish: Wish) -> Outcome:
    owed = PartyAccount("receivable", item.party_id, item.currency)
    return put_onto(work, item, owed, wish.on, wish.advice)


def _post(work: UnitOfWork, adjustment: Adjustment, gap: Decimal) -> None:
    lines = [
        signed(RECEIVABLE, adjustment.amount, adjustment.currency, party=adjustment.customer_id),
        signed(adjustment.account, -adjustment.amount, adjustment.currency),
    ]
    entry = converted(lines, adjustment.exchange_rate, work.currency, ROUNDING)
    exchange = exchange_lines(gap, RECEIVABLE, party=adjustment.customer_id, currency=adjustment.currency)
    draft = Draft(
        entry=Entry((*entry.lines, *exchange)),
        on=adjustment.on,
        source=Source.CUSTOMER_ADJUSTMENT,
        document_id=adjustment.id,
        document_number=adjustment.number,
        note=adjustment.note or adjustment.reference,
    )
    post(work, draft)

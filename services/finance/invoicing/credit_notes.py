"""Crediting what came back, at its share of what was invoiced."""

from decimal import Decimal

from services.finance.credit.exposure import expose, release_fitting
from services.finance.invoicing.billing import Billed, keep_lines, position_of, summed, told_lines, total
from services.finance.invoicing.invoices import invoiced_name
from services.finance.invoicing.reading import credit_note_views
from services.finance.invoicing.rules import credit_amounts
from services.finance.invoicing.tables import CreditNote
from services.finance.ledger.chart import RECEIVABLE
from services.finance.ledger.posting import Draft, Source, post
from services.finance.ledger.postings import exchange_lines, sales_invoice_entry
from services.finance.ledger.rules import Entry, to_base
from services.finance.orders.lookup import OrderInHand, order_in_hand
from services.finance.receivables.closing import close_settled
from services.finance.settlement.allocating import put_onto
from services.finance.settlement.items import Document, PartyAccount, on_account
from services.finance.settlement.tables import OpenItem
from shared.contracts import finance as contract
from shared.contracts import sales
from shared.contracts.operations import ListQuery, Page
from shared.kernel.errors import NotYet
from shared.kernel.tax import Taxed
from shared.runtime.registry import handles, on
from shared.runtime.work import UnitOfWork
from shared.storage.paging import page_with

SERIES = "CN"
_COLUMNS = {
    "id": CreditNote.id,
    "number": CreditNote.number,
    "order_id": CreditNote.order_id,
    "return_id": CreditNote.return_id,
    "customer_id": CreditNote.customer_id,
    "issued_on": CreditNote.issued_on,
}


@on(sales.return_accepted)
def credit_return(work: UnitOfWork, event: sales.ReturnAccepted) -> None:
    """Credit a return: first onto what is open of its order in due order, the rest stays on the customer's account."""
    hand = order_in_hand(work, event.order_id)
    billed = _credit(hand, summed((line.order_line, line.quantity) for line in event.lines))
    amounts = total(billed)
    note = _kept(work, hand, event, amounts)
    keep_lines(work, note.id, billed, hand.lines)
    if amounts.gross:
        _book(work, hand, note, amounts)
    told = contract.CreditNoteIssued(
        credit_note_id=note.id,
        number=note.number,
        return_id=note.return_id,
        order_id=note.order_id,
        customer_id=note.customer_id,
        issued_on=note.issued_on,
        currency=note.currency,
        net=amounts.net,
        tax=amounts.tax,
        gross=amounts.gross,
        lines=told_lines(billed),
    )
    work.emit(contract.credit_note_issued, told)


@handles(contract.list_credit_notes)
def list_credit_notes(work: UnitOfWork, query: ListQuery) -> Page[contract.CreditNoteView]:
    """Credit notes with their lines, a page at a time."""
    return page_with(work.session, work.select(CreditNote), query, _COLUMNS, lambda rows: credit_note_views(work, rows))


def _credit(hand: OrderInHand, now: dict[int, Decimal]) -> Billed:
    """The amounts of what came back, counted on the order's lines; raises NotYet before it is invoiced."""
    billed: dict[int, tuple[Decimal, Taxed]] = {}
    for number, quantity in now.items():
        line = hand.lines[number]
        if line.credited + quantity > line.invoiced:
            raise NotYet(invoiced_name(hand.order.id))
        amounts = credit_amounts(position_of(line), quantity, hand.order.currency)
        line.credited += quantity
        line.credited_net += amounts.net
        line.credited_tax += amounts.tax
        billed[number] = (quantity, amounts)
    return billed


def _kept(work: UnitOfWork, hand: OrderInHand, event: sales.ReturnAccepted, amounts: Taxed) -> CreditNote:
    order = hand.order
    return work.add(
        CreditNote(
            id=work.new_id(),
            number=work.number(SERIES),
            return_id=event.return_id,
            order_id=order.id,
            order_number=order.number,
            customer_id=order.customer_id,
            issued_on=event.accepted_on,
            currency=order.currency,
            exchange_rate=order.exchange_rate,
            net=amounts.net,
            tax=amounts.tax,
        )
    )


def _book(work: UnitOfWork, hand: OrderInHand, note: CreditNote, amounts: Taxed) -> None:
    """Settle, post, and give the credit back to the customer's exposure."""
    base = to_base(amounts.gross, note.exchange_rate, work.currency)
    credit = _on_account(work, note, amounts.gross, base)
    owed = PartyAccount("receivable", note.customer_id, note.currency, note.order_id)
    outcome = put_onto(work, credit, owed, note.issued_on)
    entry = sales_invoice_entry(
        -amounts,
        customer=note.customer_id,
        currency=note.currency,
        base_currency=work.currency,
        rate=note.exchange_rate,
    )
    exchange = exchange_lines(outcome.gap, RECEIVABLE, party=note.customer_id, currency=note.currency)
    draft = Draft(
        entry=Entry((*entry.lines, *exchange)),
        on=note.issued_on,
        source=Source.CREDIT_NOTE,
        document_id=note.id,
        document_number=note.number,
    )
    post(work, draft)
    expose(hand.account, receivables=-base - outcome.gap)
    close_settled(work, outcome.owed, note.issued_on)
    release_fitting(work, hand.account)


def _on_account(work: UnitOfWork, note: CreditNote, gross: Decimal, base: Decimal) -> OpenItem:
    document = Document(
        side="receivable",
        party_id=note.customer_id,
        kind="credit_note",
        id=note.id,
        number=note.number,
        on=note.issued_on,
        currency=note.currency,
        order_id=note.order_id,
    )
    return on_account(work, document, -gross, -base)

"""Taking over what stood open in earlier books, against the opening account."""

from collections.abc import Sequence
from datetime import date

from services.finance.credit.exposure import account_of, expose
from services.finance.ledger.chart import OPENING
from services.finance.ledger.handlers import require_account
from services.finance.ledger.posting import Draft, Source, post
from services.finance.ledger.postings import opening_entry
from services.finance.ledger.reading import entry_view
from services.finance.ledger.rules import Entry, Line, signed, to_base
from services.finance.parties.tables import Party
from services.finance.rates.lookup import rate_on
from services.finance.rates.rules import bounded, exact
from services.finance.settings.lookup import open_day
from services.finance.settlement.items import CONTROL, Document, on_account
from services.finance.settlement.tables import OpenItem, Side
from shared.contracts import finance as contract
from shared.kernel.errors import InvalidInput, NotYet
from shared.kernel.money import ZERO
from shared.runtime.registry import handles
from shared.runtime.work import UnitOfWork


@handles(contract.open_receivables)
def open_receivables(work: UnitOfWork, command: contract.OpenReceivables) -> contract.OpeningView:
    """Take over what customers owe; it counts in their credit from now on."""
    day = open_day(work, command.on)
    parties = _parties(work, "customer", [item.customer_id for item in command.items])
    items = [
        _open(work, parties[given.customer_id], given, "receivable", day, index)
        for index, given in enumerate(command.items)
    ]
    for customer_id in sorted({item.party_id for item in items}):
        base = sum((item.base_amount for item in items if item.party_id == customer_id), ZERO)
        expose(account_of(work, customer_id), receivables=base)
    return _posted(work, items, day)


@handles(contract.open_payables)
def open_payables(work: UnitOfWork, command: contract.OpenPayables) -> contract.OpeningView:
    """Take over what is owed to suppliers."""
    day = open_day(work, command.on)
    parties = _parties(work, "supplier", [item.supplier_id for item in command.items])
    items = [
        _open(work, parties[given.supplier_id], given, "payable", day, index)
        for index, given in enumerate(command.items)
    ]
    return _posted(work, items, day)


@handles(contract.open_ledger)
def open_ledger(work: UnitOfWork, command: contract.OpenLedger) -> contract.EntryView:
    """Take over balances of accounts that have no operation of their own to open them."""
    day = open_day(work, command.on)
    lines: list[Line] = []
    for index, given in enumerate(command.balances):
        lines.extend(_balance(given, work.currency, f"/balances/{index}"))
    bounded(sum((line.base_debit for line in lines), ZERO), "/balances")
    draft = Draft(entry=Entry(tuple(lines)), on=day, source=Source.OPENING, document_id=work.new_id())
    return entry_view(work, post(work, draft)[0].id)


def _parties(work: UnitOfWork, kind: str, ids: Sequence[str]) -> dict[str, Party]:
    """The customers or suppliers named; raises NotYet where one is not known (yet)."""
    found = {row.id: row for row in work.rows(Party, id=set(ids), kind=kind)}
    for id_ in ids:
        if id_ not in found:
            raise NotYet(id_)
    return found


def _open(
    work: UnitOfWork,
    party: Party,
    given: contract.OpenReceivable | contract.OpenPayable,
    side: Side,
    day: date,
    index: int,
) -> OpenItem:
    """One document taken over, as an open item."""
    pointer = f"/items/{index}/amount"
    currency = given.currency or party.currency
    amount = exact(given.amount, currency, pointer)
    base = bounded(to_base(amount, rate_on(work, currency, day, given.exchange_rate), work.currency), pointer)
    document = Document(
        side=side,
        party_id=party.id,
        kind="opening",
        id=work.new_id(),
        number=given.number,
        on=given.document_on or day,
        currency=currency,
    )
    return on_account(work, document, amount, base, given.due_on)


def _posted(work: UnitOfWork, items: Sequence[OpenItem], day: date) -> contract.OpeningView:
    """One entry for all of them, against the opening account."""
    total = bounded(sum((item.base_amount for item in items), ZERO), "/items")
    lines = tuple(line for item in items for line in _lines(item))
    draft = Draft(entry=Entry(lines), on=day, source=Source.OPENING, document_id=work.new_id())
    entry = post(work, draft)[0]
    return contract.OpeningView(
        entry_id=entry.id,
        entry_number=entry.number,
        base_amount=total,
        item_ids=[item.id for item in items],
    )


def _lines(item: OpenItem) -> tuple[Line, Line]:
    sign = 1 if item.side == "receivable" else -1
    amount, base = sign * item.amount, sign * item.base_amount
    return (
        signed(CONTROL[item.side], amount, item.currency, base, item.party_id),
        signed(OPENING, -amount, item.currency, -base),
    )


def _balance(given: contract.OpeningBalance, currency: str, pointer: str) -> tuple[Line, ...]:
    require_account(given.account, f"{pointer}/account")
    balance = exact(given.debit, currency, f"{pointer}/debit") - exact(given.credit, currency, f"{pointer}/credit")
    if given.account == OPENING:
        raise InvalidInput.at(f"{pointer}/account", "control_account", f"{OPENING} is the other side of every opening")
    if not balance:
        raise InvalidInput.at(f"{pointer}/debit", "invalid_amount", "an opening balance needs an amount")
    return opening_entry(given.account, balance, currency).lines

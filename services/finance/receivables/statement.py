"""Open items and the statement of account (对账单)."""

from decimal import Decimal
from typing import NamedTuple

from sqlalchemy import ColumnElement, and_, func, select

from services.finance.ledger.chart import RECEIVABLE
from services.finance.ledger.tables import LedgerEntry, LedgerLine
from services.finance.parties.tables import Party
from services.finance.settlement.tables import OpenItem
from shared.contracts import finance as contract
from shared.contracts.operations import ListQuery, Page
from shared.kernel.errors import InvalidInput
from shared.kernel.money import ZERO
from shared.runtime.registry import handles
from shared.runtime.work import UnitOfWork
from shared.storage.paging import page
from shared.storage.rows import rows_of


class _Entry(NamedTuple):
    """What a statement shows of the entry a line belongs to."""

    id: str
    number: str
    source_type: str
    source_id: str
    source_number: str | None
    note: str | None


_OF_ENTRY = tuple(getattr(LedgerEntry, name) for name in _Entry._fields)
_COLUMNS = {
    "id": OpenItem.id,
    "customer_id": OpenItem.party_id,
    "document_id": OpenItem.document_id,
    "order_id": OpenItem.order_id,
    "kind": OpenItem.kind,
    "due_on": OpenItem.due_on,
    "document_on": OpenItem.document_on,
    "currency": OpenItem.currency,
    "open": OpenItem.is_open,
}


@handles(contract.list_receivables)
def list_receivables(work: UnitOfWork, query: ListQuery) -> Page[contract.ReceivableView]:
    """Instalments and credits of customers, a page at a time."""
    return page(work.session, work.select(OpenItem).where(OpenItem.side == "receivable"), query, _COLUMNS, _view)


@handles(contract.get_customer_statement)
def get_customer_statement(work: UnitOfWork, query: contract.StatementOf) -> contract.CustomerStatementView:
    """A customer's account line by line, read from the ledger."""
    if query.to_on < query.from_on:
        raise InvalidInput.at("/to_on", "invalid_span", "the span ends before it begins")
    party = work.get(Party, id=query.customer_id, kind="customer")
    currency = query.currency or party.currency
    opening = _balance_before(work, query, currency)
    lines = _lines(work, query, currency, opening)
    return contract.CustomerStatementView(
        customer_id=party.id,
        customer_name=party.name,
        currency=currency,
        from_on=query.from_on,
        to_on=query.to_on,
        opening=opening,
        debit=sum((line.debit for line in lines), ZERO),
        credit=sum((line.credit for line in lines), ZERO),
        closing=lines[-1].balance if lines else opening,
        lines=lines,
    )


def _of_customer(work: UnitOfWork, query: contract.StatementOf, currency: str) -> ColumnElement[bool]:
    line = LedgerLine
    return and_(
        line.company == work.company,
        line.account == RECEIVABLE,
        line.party_id == query.customer_id,
        line.currency == currency,
    )


def _balance_before(work: UnitOfWork, query: contract.StatementOf, currency: str) -> Decimal:
    sums = select(func.sum(LedgerLine.debit), func.sum(LedgerLine.credit))
    before = sums.where(_of_customer(work, query, currency), LedgerLine.effective_on < query.from_on)
    debit, credit = work.session.execute(before).one()
    return (debit or ZERO) - (credit or ZERO)


def _lines(
    work: UnitOfWork, query: contract.StatementOf, currency: str, opening: Decimal
) -> list[contract.StatementLineView]:
    """Every line with the balance after it; those of no amount (exchange differences) do not concern the customer."""
    statement = (
        rows_of(LedgerLine)
        .join(LedgerEntry, LedgerEntry.id == LedgerLine.entry_id)
        .where(_of_customer(work, query, currency), LedgerLine.effective_on.between(query.from_on, query.to_on))
        .order_by(LedgerLine.effective_on, LedgerLine.id)
        .add_columns(*_OF_ENTRY)
    )
    shown, balance = [], opening
    for line, *entry in work.session.rows_with(statement):
        if line.debit or line.credit:
            balance += line.debit - line.credit
            shown.append(_line_view(line, _Entry(*entry), balance))
    return shown


def _line_view(line: LedgerLine, entry: _Entry, balance: Decimal) -> contract.StatementLineView:
    return contract.StatementLineView(
        on=line.effective_on,
        entry_id=entry.id,
        entry_number=entry.number,
        source_type=entry.source_type,
        document_id=entry.source_id,
        document_number=entry.source_number,
        note=entry.note,
        debit=line.debit,
        credit=line.credit,
        balance=balance,
    )


def _view(item: OpenItem) -> contract.ReceivableView:
    return contract.ReceivableView(
        id=item.id,
        customer_id=item.party_id,
        kind=item.kind,
        document_id=item.document_id,
        document_number=item.document_number,
        order_id=item.order_id,
        instalment=item.instalment,
        document_on=item.document_on,
        due_on=item.due_on,
        currency=item.currency,
        amount=item.amount,
        open_amount=item.open_amount,
        base_amount=item.base_amount,
        open_base=item.open_base,
        open=item.is_open,
    )

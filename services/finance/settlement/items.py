"""Opening items, finding those that are owed, and settling them against payments and credits (核销)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from sqlalchemy import Select

from services.finance.ledger.chart import PAYABLE, RECEIVABLE
from services.finance.settlement.rules import Due
from services.finance.settlement.tables import ItemKind, OpenItem, Settlement, Side
from shared.kernel.money import ZERO, round_money, split
from shared.runtime.work import UnitOfWork

CONTROL = {"receivable": RECEIVABLE, "payable": PAYABLE}
"""The account that the open items of a side add up to."""
_BATCH = 200


@dataclass(frozen=True, kw_only=True)
class Document:
    """What open items come from."""

    side: Side
    party_id: str
    kind: ItemKind
    id: str
    number: str
    on: date
    currency: str
    order_id: str | None = None


def owe(work: UnitOfWork, document: Document, dues: Sequence[Due], base: Decimal) -> list[str]:
    """Open an item per instalment; `base` is shared out among them. Returns their ids."""
    parts = split(base, [abs(due.amount) for due in dues], work.currency)
    rows = [
        _row(work, document, due.amount, part, due_on=due.due_on, instalment=index)
        for index, (due, part) in enumerate(zip(dues, parts, strict=True), start=1)
        if due.amount
    ]
    work.insert(OpenItem, rows)
    return [str(row["id"]) for row in rows]


def on_account(
    work: UnitOfWork, document: Document, amount: Decimal, base: Decimal, due_on: date | None = None
) -> OpenItem:
    """Open one item of a document: above zero it is owed, below zero a payment or credit that stands on account."""
    return work.add(
        OpenItem(
            id=work.new_id(),
            side=document.side,
            party_id=document.party_id,
            kind=document.kind,
            document_id=document.id,
            document_number=document.number,
            order_id=document.order_id,
            instalment=1,
            document_on=document.on,
            due_on=due_on or document.on,
            currency=document.currency,
            amount=amount,
            open_amount=amount,
            base_amount=base,
            open_base=base,
            is_open=bool(amount),
        )
    )


def owed_items(work: UnitOfWork, side: Side, party_id: str, currency: str) -> Select[OpenItem]:
    """What a party owes or is owed in a currency, in due order."""
    return (
        work.select(OpenItem)
        .where(OpenItem.party_id == party_id, OpenItem.is_open, OpenItem.side == side)
        .where(OpenItem.currency == currency, OpenItem.amount > 0)
        .order_by(OpenItem.due_on, OpenItem.id)
    )


def enough(work: UnitOfWork, statement: Select[OpenItem], amount: Decimal) -> Sequence[OpenItem]:
    """The first items that `statement` finds whose open amounts reach `amount`, or all of them."""
    found: list[OpenItem] = []
    while amount > 0:
        batch = work.fresh(statement.offset(len(found)).limit(_BATCH))
        for item in batch:
            if amount > 0:
                found.append(item)
                amount -= abs(item.open_amount)
        if len(batch) < _BATCH:
            break
    return found


def settle(work: UnitOfWork, pairs: Iterable[tuple[OpenItem, OpenItem, Decimal]], on: date) -> Decimal:
    """Settle (owed, paying, amount) triples; what is owed stood in base above what pays it, by this much in all.

    The last part of an item takes what is left of it in base. The gap is a realised exchange difference.
    """
    gap = ZERO
    rows = []
    for owed, paying, amount in pairs:
        owed_base, paying_base = _taken(work, owed, amount), -_taken(work, paying, -amount)
        gap += owed_base - paying_base
        rows.append(
            {
                "id": work.new_id(),
                "owed_item_id": owed.id,
                "paying_item_id": paying.id,
                "settled_on": on,
                "amount": amount,
                "owed_base": owed_base,
                "paying_base": paying_base,
                "cancelled": False,
            }
        )
    work.insert(Settlement, rows)
    return gap


def reopen(item: OpenItem, amount: Decimal, base: Decimal) -> None:
    """Put back on an item what a settlement had taken of it."""
    item.open_amount += amount
    item.open_base += base
    item.is_open = bool(item.open_amount)


def _taken(work: UnitOfWork, item: OpenItem, amount: Decimal) -> Decimal:
    """Take `amount` (of the item's sign) off an item; what of its base amount goes with it."""
    base = item.open_base
    if amount != item.open_amount:
        base = round_money(item.open_base * amount / item.open_amount, work.currency)
    item.open_amount -= amount
    item.open_base -= base
    item.is_open = bool(item.open_amount)
    return base


def _row(
    work: UnitOfWork, document: Document, amount: Decimal, base: Decimal, *, due_on: date, instalment: int
) -> dict[str, object]:
    return {
        "id": work.new_id(),
        "side": document.side,
        "party_id": document.party_id,
        "kind": document.kind,
        "document_id": document.id,
        "document_number": document.number,
        "order_id": document.order_id,
        "instalment": instalment,
        "document_on": document.on,
        "due_on": due_on,
        "currency": document.currency,
        "amount": amount,
        "open_amount": amount,
        "base_amount": base,
        "open_base": base,
        "is_open": True,
    }

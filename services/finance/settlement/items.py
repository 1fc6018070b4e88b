"""Opening items, finding those that are owed, and settling them against payments and credits (核销)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cache

from sqlalchemy import Integer, bindparam, select

from services.finance.ledger.chart import PAYABLE, RECEIVABLE
from services.finance.settlement.rules import Due
from services.finance.settlement.tables import ItemKind, OpenItem, Settlement, Side
from shared.kernel.money import ZERO, round_money, split
from shared.runtime.work import UnitOfWork
from shared.storage.prepared import Prepared

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


@dataclass(frozen=True)
class PartyAccount:
    """A party's items of one side in one currency; where an order is named, those of the order."""

    side: Side
    party_id: str
    currency: str
    order_id: str | None = None

    def owes(self, item: OpenItem) -> bool:
        """Whether an item is owed on this account, and open."""
        same = (item.side, item.party_id, item.currency) == (self.side, self.party_id, self.currency)
        return same and self.order_id in (None, item.order_id) and item.is_open and item.amount > 0

    @property
    def key(self) -> dict[str, object]:
        """The values all its items have."""
        order = {} if self.order_id is None else {"order_id": self.order_id}
        return {"side": self.side, "party_id": self.party_id, "currency": self.currency, **order}


def enough_owed(work: UnitOfWork, account: PartyAccount, amount: Decimal) -> Sequence[OpenItem]:
    """The first items owed on an account, in due order, whose open amounts reach `amount`, or all of them."""
    return _enough(work, account, amount, owed=True)


def enough_standing(work: UnitOfWork, account: PartyAccount, amount: Decimal) -> Sequence[OpenItem]:
    """The first payments and credits that stand on an account and together reach `amount`, or all of them."""
    return _enough(work, account, amount, owed=False)


def _enough(work: UnitOfWork, account: PartyAccount, amount: Decimal, *, owed: bool) -> Sequence[OpenItem]:
    statement, key = _open_items(owed, tuple(account.key)), account.key
    found: list[OpenItem] = []
    while amount > 0:
        batch = work.found(OpenItem, statement, given={"passed_over": len(found)}, fresh=True, **key)
        for item in batch:
            if amount > 0:
                found.append(item)
                amount -= abs(item.open_amount)
        if len(batch) < _BATCH:
            break
    return found


@cache
def _open_items(owed: bool, names: tuple[str, ...]) -> Prepared:  # noqa: FBT001
    """Reads open items with these columns' values in due order, a batch at a time."""
    columns, amount = OpenItem.__table__.c, OpenItem.__table__.c.amount
    statement = select(OpenItem.__table__).where(*(columns[name] == bindparam(name) for name in ("company", *names)))
    statement = statement.where(columns.is_open, amount > 0 if owed else amount < 0)
    statement = statement.order_by(columns.due_on, columns.id)
    return Prepared(statement.limit(_BATCH).offset(bindparam("passed_over", type_=Integer)))


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

"""Putting a payment or credit onto what is owed: in due order, or as advised."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import chain

from services.finance.settlement.items import PartyAccount, enough_owed, settle
from services.finance.settlement.rules import OpenItem as Owed
from services.finance.settlement.rules import OverAllocated, allocate
from services.finance.settlement.tables import OpenItem
from shared.contracts.finance import Advice
from shared.kernel.money import ZERO
from shared.runtime.work import UnitOfWork


@dataclass(frozen=True)
class Outcome:
    """What was settled: the items that were owed, and the gap in base between the two sides (for exchange)."""

    owed: Sequence[OpenItem]
    gap: Decimal


def put_onto(
    work: UnitOfWork, paying: OpenItem, owed: PartyAccount, on: date, advice: Sequence[Advice] | None = None
) -> Outcome:
    """Settle what is open of `paying` against what is owed on the account `owed`. Raises OverAllocated.

    Without advice in due order; with it exactly as it says, and what it does not name stays on account.
    """
    amount = -paying.open_amount
    items = enough_owed(work, owed, amount) if advice is None else _named(work, owed, advice)
    wanted = None if advice is None else _wanted(items, advice)
    parts = allocate(amount, [Owed(item.id, item.due_on, item.open_amount) for item in items], wanted).parts
    by_id = {item.id: item for item in items}
    gap = settle(work, [(by_id[id_], paying, part) for id_, part in parts], on)
    return Outcome([by_id[id_] for id_, _ in parts], gap)


def _named(work: UnitOfWork, owed: PartyAccount, advice: Sequence[Advice]) -> Sequence[OpenItem]:
    """The items owed that advice names, itself or by their document."""
    items = {each.item_id for each in advice if each.item_id}
    documents = {each.document_id for each in advice if each.document_id}
    some = work.rows(OpenItem, id=items, fresh=True), work.rows(OpenItem, document_id=documents, fresh=True)
    found = {item.id: item for item in chain(*some) if owed.owes(item)}
    return sorted(found.values(), key=lambda item: (item.due_on, item.id))


def _wanted(items: Sequence[OpenItem], advice: Sequence[Advice]) -> dict[str, Decimal]:
    """Advice by item: what it gives a document goes onto its items in due order."""
    wanted: dict[str, Decimal] = {}
    for each in advice:
        if each.item_id:
            wanted[each.item_id] = wanted.get(each.item_id, ZERO) + each.amount
        else:
            _spread(items, each, wanted)
    return wanted


def _spread(items: Sequence[OpenItem], advice: Advice, wanted: dict[str, Decimal]) -> None:
    left = advice.amount
    for item in items:
        if item.document_id == advice.document_id and left > 0:
            part = min(left, item.open_amount - wanted.get(item.id, ZERO))
            wanted[item.id] = wanted.get(item.id, ZERO) + part
            left -= part
    if left:
        raise OverAllocated(f"{advice.amount} is more than is open of document {advice.document_id}")

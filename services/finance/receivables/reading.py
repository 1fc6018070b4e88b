"""Payments, credits and adjustments as they are shown, with where they went."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from decimal import Decimal

from services.finance.receivables.tables import Adjustment, Payment
from services.finance.settlement.tables import OpenItem, Settlement
from shared.contracts.finance import AllocatedView, AllocationView, CustomerAdjustmentView, PaymentView
from shared.kernel.money import ZERO
from shared.runtime.work import UnitOfWork


def payment_views(work: UnitOfWork, payments: Sequence[Payment]) -> list[PaymentView]:
    """Payments and refunds with where they went, read at once."""
    items = items_by_document(work, [payment.id for payment in payments])
    allocations = allocations_of(work, items.values())
    return [_payment_view(each, items[each.id], allocations[items[each.id].id]) for each in payments]


def allocated_view(work: UnitOfWork, item: OpenItem) -> AllocatedView:
    """A credit with where it went."""
    return AllocatedView(
        id=item.document_id,
        customer_id=item.party_id,
        currency=item.currency,
        unallocated=abs(item.open_amount),
        allocations=allocations_of(work, [item])[item.id],
    )


def adjustment_views(work: UnitOfWork, adjustments: Sequence[Adjustment]) -> list[CustomerAdjustmentView]:
    """Charges and credits with what is open of them, read at once."""
    items = items_by_document(work, [each.id for each in adjustments])
    return [_adjustment_view(each, items[each.id].open_amount) for each in adjustments]


def items_by_document(work: UnitOfWork, ids: Iterable[str]) -> dict[str, OpenItem]:
    """The one open item of each of these documents."""
    return {item.document_id: item for item in work.rows(OpenItem, document_id=set(ids))}


def allocations_of(work: UnitOfWork, items: Iterable[OpenItem]) -> dict[str, list[AllocationView]]:
    """By item, what it was settled against, in the order it happened."""
    ids = {item.id for item in items}
    paying = work.rows(Settlement, paying_item_id=ids, cancelled=False)
    settled = {row.id: row for row in [*paying, *work.rows(Settlement, owed_item_id=ids, cancelled=False)]}
    sides = [
        (row, mine, other)
        for _, row in sorted(settled.items())
        for mine, other in ((row.paying_item_id, row.owed_item_id), (row.owed_item_id, row.paying_item_id))
        if mine in ids
    ]
    others = {other for _, _, other in sides}
    known = {item.id: item for item in work.rows(OpenItem, id=others)}
    found: dict[str, list[AllocationView]] = defaultdict(list)
    for row, mine, other in sides:
        found[mine].append(_allocation(row, known[other]))
    return found


def _allocation(row: Settlement, other: OpenItem) -> AllocationView:
    return AllocationView(
        item_id=other.id,
        document_id=other.document_id,
        document_number=other.document_number,
        allocated_on=row.settled_on,
        amount=row.amount,
    )


def _payment_view(payment: Payment, item: OpenItem, allocations: list[AllocationView]) -> PaymentView:
    return PaymentView(
        id=payment.id,
        number=payment.number,
        kind=payment.kind,
        customer_id=payment.party_id,
        received_on=payment.paid_on,
        currency=payment.currency,
        exchange_rate=payment.exchange_rate,
        amount=payment.amount,
        base_amount=payment.base_amount,
        unallocated=-item.open_amount if item.open_amount < 0 else ZERO,
        reference=payment.reference,
        state=payment.state,
        allocations=allocations,
    )


def _adjustment_view(adjustment: Adjustment, open_amount: Decimal) -> CustomerAdjustmentView:
    return CustomerAdjustmentView(
        id=adjustment.id,
        number=adjustment.number,
        customer_id=adjustment.customer_id,
        kind=adjustment.kind,
        account=adjustment.account,
        on=adjustment.on,
        currency=adjustment.currency,
        exchange_rate=adjustment.exchange_rate,
        amount=adjustment.amount,
        base_amount=adjustment.base_amount,
        open_amount=open_amount,
        note=adjustment.note,
        reference=adjustment.reference,
    )

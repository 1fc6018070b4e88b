"""Payments to suppliers and open items as they are shown."""

from collections.abc import Sequence

from services.finance.receivables.reading import allocations_of, items_by_document
from services.finance.receivables.tables import Payment
from services.finance.settlement.tables import OpenItem
from shared.contracts.finance import PayableView, SupplierPaymentView
from shared.runtime.work import UnitOfWork


def supplier_payment_views(work: UnitOfWork, payments: Sequence[Payment]) -> list[SupplierPaymentView]:
    """Payments with where they went, read at once."""
    items = items_by_document(work, [payment.id for payment in payments])
    allocations = allocations_of(work, items.values())
    return [
        SupplierPaymentView(
            id=payment.id,
            number=payment.number,
            supplier_id=payment.party_id,
            paid_on=payment.paid_on,
            currency=payment.currency,
            exchange_rate=payment.exchange_rate,
            amount=payment.amount,
            base_amount=payment.base_amount,
            unallocated=-items[payment.id].open_amount,
            reference=payment.reference,
            allocations=allocations[items[payment.id].id],
        )
        for payment in payments
    ]


def payable_view(item: OpenItem) -> PayableView:
    """An open item of a supplier."""
    return PayableView(
        id=item.id,
        supplier_id=item.party_id,
        kind=item.kind,
        document_id=item.document_id,
        document_number=item.document_number,
        purchase_order_id=item.order_id,
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

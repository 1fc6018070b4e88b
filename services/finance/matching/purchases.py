"""Finance's copy of purchase orders, and the accrual (暂估) of what came in."""

from collections.abc import Iterable, Sequence
from decimal import Decimal

from services.finance.ledger.chart import ACCRUAL, PRICE_VARIANCE
from services.finance.ledger.posting import Draft, Source, post
from services.finance.ledger.postings import StockFact, stock_entry
from services.finance.ledger.rules import Entry, signed
from services.finance.matching.invoices import rematch_waiting
from services.finance.matching.lookup import PurchaseInHand, purchase_in_hand, received_of
from services.finance.matching.reading import accrual_views, purchase_position_views
from services.finance.matching.rules import accrual_share
from services.finance.matching.tables import PurchaseLine, PurchaseOrder
from services.finance.settings.lookup import take_books
from shared.contracts import finance as contract
from shared.contracts import inventory, purchasing
from shared.contracts.message import dump
from shared.contracts.operations import ListQuery, Page
from shared.kernel.money import ZERO
from shared.runtime.registry import handles, on
from shared.runtime.work import UnitOfWork
from shared.storage.paging import Columns, page_with

_COLUMNS: Columns = {
    "id": PurchaseLine.id,
    "purchase_order_id": PurchaseLine.purchase_order_id,
    "supplier_id": PurchaseOrder.supplier_id,
    "item_id": PurchaseLine.item_id,
    "open": PurchaseLine.received_value != PurchaseLine.released,
}


@on(purchasing.order_approved)
def keep_purchase_order(work: UnitOfWork, event: purchasing.PurchaseOrderApproved) -> None:
    """Keep what invoices of this order will be matched against."""
    take_books(work)
    work.add(
        PurchaseOrder(
            id=event.purchase_order_id,
            number=event.number,
            supplier_id=event.supplier_id,
            approved_on=event.approved_on,
            currency=event.currency,
            exchange_rate=event.exchange_rate,
            terms=dump(event.terms),
        )
    )
    work.insert(PurchaseLine, [_line_row(work, event.purchase_order_id, line) for line in event.lines])


@on(inventory.goods_received)
def accrue(work: UnitOfWork, event: inventory.GoodsReceived) -> None:
    """Goods that came in are stock, and owed for until the invoice comes; invoices that waited for them go on."""
    hand = purchase_in_hand(work, event.purchase_order_id)
    value = _total(line.value for line in event.lines)
    early = _count_in(work, hand, event.lines)
    if entry := _joined(stock_entry(StockFact.RECEIPT, value, work.currency), _released_early(early, work.currency)):
        draft = Draft(
            entry=entry,
            on=event.received_on,
            source=Source.GOODS_RECEIVED,
            document_id=event.receipt_id,
            document_number=event.number,
        )
        post(work, draft)
    rematch_waiting(work, hand, event.received_on)


@on(inventory.receipt_cancelled)
def take_accrual_back(work: UnitOfWork, event: inventory.ReceiptCancelled) -> None:
    """A receipt undone leaves stock, and nothing is owed for it any more.

    Where part of what it came in at had left with other goods, that part is price variance.
    """
    hand = purchase_in_hand(work, event.purchase_order_id)
    left, accrued = (_total(line.value for line in event.lines), _total(line.received_value for line in event.lines))
    for each in event.lines:
        hand.lines[each.line].received -= each.accepted
        hand.lines[each.line].received_value -= each.received_value or ZERO
    entry = _joined(
        stock_entry(StockFact.SUPPLIER_RETURN, -left, work.currency),
        stock_entry(StockFact.SUPPLIER_RETURN_VARIANCE, left - accrued, work.currency),
    )
    if entry:
        draft = Draft(entry=entry, on=event.cancelled_on, source=Source.RECEIPT_CANCELLED, document_id=event.receipt_id)
        post(work, draft)


@handles(contract.list_purchase_positions)
def list_purchase_positions(work: UnitOfWork, query: ListQuery) -> Page[contract.PurchasePositionView]:
    """Purchase lines with what was received and invoiced of them."""
    statement = work.select(PurchaseLine).join(PurchaseOrder, PurchaseOrder.id == PurchaseLine.purchase_order_id)
    return page_with(work.session, statement, query, _COLUMNS, lambda rows: purchase_position_views(work, rows))


@handles(contract.list_accruals)
def list_accruals(work: UnitOfWork, query: ListQuery) -> Page[contract.AccrualView]:
    """The accrual account, line by line."""
    statement = work.select(PurchaseLine).join(PurchaseOrder, PurchaseOrder.id == PurchaseLine.purchase_order_id)
    return page_with(work.session, statement, query, _COLUMNS, lambda rows: accrual_views(work, rows))


def _total(values: Iterable[Decimal | None]) -> Decimal:
    return sum((value or ZERO for value in values), ZERO)


def _joined(*entries: Entry | None) -> Entry | None:
    lines = tuple(line for entry in entries if entry for line in entry.lines)
    return Entry(lines) if lines else None


def _count_in(work: UnitOfWork, hand: PurchaseInHand, lines: Sequence[inventory.ReceivedLine]) -> Decimal:
    """Count what came in on the order's lines; what of it was released at once.

    That is what an accepted invoice had paid for ahead of the goods, which is no accrual.
    """
    early = ZERO
    for each in lines:
        line = hand.lines[each.line]
        ahead = 0 < line.invoiced > line.received
        line.received += each.accepted
        line.received_value += each.value or ZERO
        if ahead:
            share = accrual_share(received_of(line, work.currency), ZERO)
            line.released += share
            early += share
    return early


def _released_early(early: Decimal, currency: str) -> Entry | None:
    """The variance that such an invoice was booked as, taken back."""
    if not early:
        return None
    return Entry((signed(ACCRUAL, early, currency), signed(PRICE_VARIANCE, -early, currency)))


def _line_row(work: UnitOfWork, order_id: str, line: purchasing.ApprovedLine) -> dict[str, object]:
    return {
        "id": work.new_id(),
        "purchase_order_id": order_id,
        "line": line.line,
        "item_id": line.item_id,
        "quantity": line.quantity,
        "price": line.price or ZERO,
        "net": line.net or ZERO,
        "tax_rate": line.tax_rate,
        **dict.fromkeys(("received", "received_value", "invoiced", "invoiced_net", "released"), ZERO),
    }

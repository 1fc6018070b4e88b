"""Posting what inventory tells of: returns, counts, opening stock, transfers. Each fact is one entry at its value."""

from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal

from services.finance.ledger.posting import Draft, Source, post
from services.finance.ledger.postings import StockFact, stock_entry
from services.finance.ledger.rules import Entry
from services.finance.settings.lookup import take_books
from shared.contracts import inventory
from shared.kernel.money import ZERO
from shared.runtime.registry import on
from shared.runtime.work import UnitOfWork


@on(inventory.return_received)
def post_return(work: UnitOfWork, event: inventory.ReturnReceived) -> None:
    """Goods that came back are stock again, and no cost of sales."""
    value = _sum(line.value for line in event.lines)
    _post(
        work,
        [(StockFact.CUSTOMER_RETURN, value)],
        event.received_on,
        Source.RETURN_RECEIVED,
        event.return_receipt_id,
    )


@on(inventory.return_inspected)
def post_inspection(work: UnitOfWork, event: inventory.ReturnInspected) -> None:
    """What inspection scrapped is lost."""
    scrapped = _sum(line.scrapped_value for line in event.lines)
    _post(
        work,
        [(StockFact.WRITE_OFF, -scrapped)],
        event.inspected_on,
        Source.RETURN_INSPECTED,
        event.inspection_id,
    )


@on(inventory.stock_adjusted)
def post_adjustment(work: UnitOfWork, event: inventory.StockAdjusted) -> None:
    """Stock found (盘盈) or missing (盘亏), at the value of its lines."""
    value = _sum(line.value for line in event.lines)
    _post(
        work,
        [(StockFact.COUNT, value)],
        event.adjusted_on,
        Source.STOCK_ADJUSTED,
        event.adjustment_id,
        number=event.number,
        note=event.reason,
    )


@on(inventory.stock_opened)
def post_opening(work: UnitOfWork, event: inventory.StockOpened) -> None:
    """Opening stock, against the opening account."""
    value = _sum(line.value for line in event.lines)
    _post(work, [(StockFact.OPENING, value)], event.opened_on, Source.STOCK_OPENED, event.opening_id)


@on(inventory.transfer_shipped)
def post_shipment(work: UnitOfWork, event: inventory.TransferShipped) -> None:
    """Goods under way between warehouses: out of stock and in transit, at the size of their value."""
    value = abs(_sum(line.value for line in event.lines))
    _post(work, [(StockFact.TRANSFER_OUT, -value)], event.shipped_on, Source.TRANSFER_SHIPPED, event.transfer_id)


@on(inventory.transfer_arrived)
def post_arrival(work: UnitOfWork, event: inventory.TransferArrived) -> None:
    """What arrived is stock again; what was lost on the way is lost."""
    arrived = _sum(line.arrived_value for line in event.lines)
    lost = _sum(line.lost_value for line in event.lines)
    _post(
        work,
        [(StockFact.TRANSFER_IN, arrived), (StockFact.TRANSIT_LOSS, -lost)],
        event.arrived_on,
        Source.TRANSFER_ARRIVED,
        event.arrival_id,
    )


def _sum(values: Iterable[Decimal | None]) -> Decimal:
    return sum((value or ZERO for value in values), ZERO)


def _post(
    work: UnitOfWork,
    facts: Sequence[tuple[StockFact, Decimal]],
    on: date,
    source: Source,
    document_id: str,
    *,
    number: str | None = None,
    note: str | None = None,
) -> None:
    """Write one entry for the facts of a document; none where they come to nothing."""
    take_books(work)
    entries = [entry for fact, value in facts if (entry := stock_entry(fact, value, work.currency))]
    if entries:
        lines = tuple(line for entry in entries for line in entry.lines)
        draft = Draft(
            entry=Entry(lines), on=on, source=source, document_id=document_id, document_number=number, note=note
        )
        post(work, draft)

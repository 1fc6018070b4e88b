"""What inventory and finance tell of a return, in any order: facts add up, then the return goes on."""

from collections.abc import Iterable
from decimal import Decimal
from typing import Literal

from services.sales.orders.tables import Order
from services.sales.returns.process import count_back, go_on
from services.sales.returns.tables import CreditNote, Return, ReturnLine
from shared.contracts import finance, inventory
from shared.contracts import sales as contract
from shared.runtime.registry import on
from shared.runtime.work import UnitOfWork

Counter = Literal["received", "restocked", "scrapped", "credited"]


@on(inventory.return_received)
def take_receipt(work: UnitOfWork, event: inventory.ReturnReceived) -> None:
    """Goods are back, even of a return that was given up."""
    order, back = _locked(work, event.order_id, event.return_id)
    back.cancelled_on = None
    _add(order, back, "received", ((line.order_line, line.quantity) for line in event.lines))
    go_on(work, back)


@on(inventory.return_inspected)
def take_inspection(work: UnitOfWork, event: inventory.ReturnInspected) -> None:
    """What was inspected is accepted and to be credited, restocked or not."""
    order, back = _locked(work, event.order_id, event.return_id)
    _add(order, back, "restocked", ((line.order_line, line.restocked) for line in event.lines))
    _add(order, back, "scrapped", ((line.order_line, line.scrapped) for line in event.lines))
    _accept(work, back, event)
    go_on(work, back)


@on(finance.credit_note_issued)
def take_credit(work: UnitOfWork, event: finance.CreditNoteIssued) -> None:
    """A return is credited."""
    order, back = _locked(work, event.order_id, event.return_id)
    work.add(
        CreditNote(
            id=event.credit_note_id,
            return_id=back.id,
            number=event.number,
            issued_on=event.issued_on,
            net=event.net,
            tax=event.tax,
            gross=event.gross,
        )
    )
    _add(order, back, "credited", ((line.line, line.quantity) for line in event.lines))
    go_on(work, back)


def _locked(work: UnitOfWork, order_id: str, return_id: str) -> tuple[Order, Return]:
    """The order, locked for all that changes its returns, and the return."""
    return work.known(Order, order_id, lock=True), work.known(Return, return_id)


def _add(order: Order, back: Return, counter: Counter, quantities: Iterable[tuple[int, Decimal]]) -> None:
    """Add what happened to each line to its running total."""
    amounts = dict(quantities)

    def add(line: ReturnLine) -> None:
        setattr(line, counter, getattr(line, counter) + amounts[line.order_line])

    count_back(order, [line for line in back.lines if line.order_line in amounts], add)


def _accept(work: UnitOfWork, back: Return, event: inventory.ReturnInspected) -> None:
    inspected = [
        contract.ReturnLine(order_line=line.order_line, item_id=line.item_id, quantity=line.restocked + line.scrapped)
        for line in event.lines
        if line.restocked + line.scrapped
    ]
    if inspected:
        work.emit(
            contract.return_accepted,
            contract.ReturnAccepted(
                return_id=back.id,
                order_id=back.order_id,
                customer_id=back.customer_id,
                accepted_on=work.business_date,
                lines=inspected,
            ),
        )

"""The fulfilment of an order as a process: what is asked, what must be answered, what follows, what takes it back.

Facts come in any order and only add up; `go_on` then does whatever has become possible.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal

from services.sales.orders.facts import order_placed
from services.sales.orders.rules import Answers, LineState, OrderStatus, order_status
from services.sales.orders.tables import Order, OrderLine
from shared.contracts import inventory
from shared.contracts import sales as contract
from shared.contracts.common import Address
from shared.contracts.message import load
from shared.runtime.processes import Process, Step
from shared.runtime.work import UnitOfWork

_Stated = Sequence[tuple[OrderLine, LineState]]
"""All lines of an order, each with its quantities."""
_Ready = tuple[OrderLine, Decimal]
"""A line, and how much of it is reserved and not asked for yet."""


def go_on(work: UnitOfWork, order: Order) -> None:
    """Do what has become possible, and show where the order stands; nothing is begun while a cancel is unanswered."""
    if not order.cancelling and (order.declined or order.cancelled_on):
        ORDER_FULFILMENT.abandon(work, order.id)
    stated = [(line, line.state) for line in order.lines]
    if not (order.cancelling or order.declined or order.cancelled_on):
        ORDER_FULFILMENT.done(work, order.id, *_reached(order, stated))
        _request_deliveries(work, order, stated)
    order.status = _status(order, stated)


def decline(order: Order, reason: str) -> None:
    """Give an unconfirmed order up; `go_on` then takes back what was asked for it."""
    if not (order.confirmed_on or order.cancelled_on or order.declined):
        order.declined, order.reason = True, reason


def ask_to_cancel(work: UnitOfWork, order: Order, lines: list[int], reason: str) -> None:
    """Have inventory decide what of these goods lines (none named: all) can still be cancelled."""
    order.cancelling = True
    work.emit(
        contract.cancellation_requested,
        contract.CancellationRequested(cancellation_id=work.new_id(), order_id=order.id, lines=lines, reason=reason),
    )


def take_off(services: Iterable[OrderLine]) -> list[inventory.CancelledLine]:
    """Cancel services nobody has invoiced: sales decides that alone."""
    taken = []
    for line in services:
        line.cancelled = line.ordered
        taken.append(inventory.CancelledLine(line=line.line, cancelled=line.ordered, handed_over=line.handed_over))
    return taken


def tell_cancelled(work: UnitOfWork, order: Order, taken: list[inventory.CancelledLine]) -> None:
    """Tell what is cancelled for good, and note when that was all."""
    whole = all(line.cancelled == line.ordered for line in order.lines)
    if whole:
        order.cancelled_on = work.business_date
    work.emit(
        contract.order_cancelled,
        contract.OrderCancelled(
            order_id=order.id,
            cancelled_on=work.business_date,
            outcome="cancelled" if whole else "partly_cancelled",
            reason=order.reason or "",
            lines=taken,
        ),
    )


def _place(work: UnitOfWork, key: str) -> None:
    """Ask inventory for the stock and finance for the credit, by telling of the order."""
    work.emit(contract.order_placed, order_placed(work.get(Order, id=key)))


def _withdraw(work: UnitOfWork, key: str) -> None:
    """Take back what placing asked for: stock by a cancellation, credit by `order_cancelled` once that is answered."""
    order = work.get(Order, id=key)
    if any(line.state.open for line in order.goods):
        ask_to_cancel(work, order, [], order.reason or "")
    elif left := [line for line in order.services if line.state.open]:
        tell_cancelled(work, order, take_off(left))


def _confirm(work: UnitOfWork, key: str) -> None:
    """Stock and credit are decided in the customer's favour."""
    order = work.get(Order, id=key)
    order.confirmed_on = work.business_date
    work.emit(
        contract.order_confirmed,
        contract.OrderConfirmed(
            order_id=order.id, number=order.number, confirmed_on=order.confirmed_on, services_only=not order.goods
        ),
    )


def _complete(work: UnitOfWork, key: str) -> None:
    """Nothing is left to deliver, to invoice or to pay."""
    order = work.get(Order, id=key)
    order.completed_on = work.business_date
    work.emit(contract.order_completed, contract.OrderCompleted(order_id=key, completed_on=order.completed_on))


ORDER_FULFILMENT = Process(
    "order_fulfilment",
    Step("place", do=_place, undo=_withdraw),
    Step("stock", after=("place",), within_days=1),
    Step("credit", after=("place",), within_days=3),
    Step("confirm", after=("stock", "credit"), do=_confirm),
    Step("delivery", after=("confirm",), within_days=30),
    Step("invoice", after=("delivery",), within_days=7),
    Step("payment", after=("invoice",), within_days=90),
    Step("complete", after=("payment",), do=_complete),
)


def _reached(order: Order, stated: _Stated) -> Iterator[str]:
    """The steps that are done as far as the facts go."""
    if order.stock_answered:
        yield "stock"
    if order.credit_approved:
        yield "credit"
    if any(state.open for line, state in stated if line.goods):
        return
    yield "delivery"
    if any(state.open or state.to_invoice for _, state in stated):
        return
    yield "invoice"
    if _paid(order):
        yield "payment"


def _paid(order: Order) -> bool:
    """Whether nothing is owed on any invoice known; one of 0.00 never was."""
    return all(invoice.settled or invoice.gross == 0 for invoice in order.invoices)


def _status(order: Order, stated: _Stated) -> OrderStatus:
    answers = Answers(
        stock_answered=order.stock_answered,
        credit_approved=order.credit_approved,
        held=order.held_on is not None and not order.credit_approved,
        cancel_requested=order.cancelling,
        declined=order.declined and not order.cancelling,
        paid=order.completed_on is not None and _paid(order),
    )
    return order_status([state for _, state in stated], answers)


def _request_deliveries(work: UnitOfWork, order: Order, stated: _Stated) -> None:
    """Have logistics ship what of a confirmed order is reserved and not asked for yet, one delivery per warehouse."""
    if not order.confirmed_on:
        return
    ready: dict[str, list[_Ready]] = defaultdict(list)
    for line, state in stated:
        if line.goods and line.warehouse_id and (quantity := state.to_request):
            ready[line.warehouse_id].append((line, quantity))
    for warehouse_id, lines in ready.items():
        work.emit(contract.delivery_requested, _delivery(work, order, warehouse_id, lines))
        for line, quantity in lines:
            line.requested += quantity


def _delivery(work: UnitOfWork, order: Order, warehouse_id: str, lines: list[_Ready]) -> contract.DeliveryRequested:
    return contract.DeliveryRequested(
        delivery_id=work.new_id(),
        order_id=order.id,
        order_number=order.number,
        customer_id=order.customer_id,
        warehouse_id=warehouse_id,
        ship_to=load(Address, order.ship_to),
        requested_on=work.business_date,
        promised_on=order.promised_on,
        lines=[
            contract.DeliveryLine(line=line.line, item_id=line.item_id, quantity=quantity) for line, quantity in lines
        ],
    )

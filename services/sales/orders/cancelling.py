"""Cancelling: a request that inventory decides under lock, for what has been handed over stays sold.

Services are unknown to inventory. Confirming an order sets off their invoice (alone, or with the first hand-over), so
they can be cancelled before that, or when every goods line was cancelled with nothing handed over.
"""

from collections.abc import Sequence

from services.sales.orders.fulfilment import ask_to_cancel, go_on, take_off, tell_cancelled
from services.sales.orders.tables import Order, OrderLine
from services.sales.orders.views import order_view
from shared.contracts import inventory
from shared.contracts import sales as contract
from shared.kernel.errors import Conflict, Fault, InvalidInput
from shared.runtime.registry import handles, on
from shared.runtime.work import UnitOfWork


@handles(contract.cancel_order)
def cancel_order(work: UnitOfWork, command: contract.CancelOrder) -> contract.OrderView:
    """Ask for an order or some of its lines to be cancelled; what comes of it is told by events."""
    order = work.get(Order, lock=True, id=command.id)
    _require_cancellable(order)
    order.reason = command.reason
    if command.lines is None:
        _cancel_whole(work, order)
    else:
        _cancel_lines(work, order, _named(order, command.lines))
    go_on(work, order)
    work.session.flush()
    return order_view(work, order)


@on(inventory.cancellation_decided)
def take_decision(work: UnitOfWork, event: inventory.CancellationDecided) -> None:
    """What inventory cancelled is cancelled; what had left already stays sold."""
    order = work.known(Order, event.order_id, lock=True)
    order.cancelling = False
    taken = _cancelled_now(order, event.lines)
    if taken:
        tell_cancelled(work, order, taken + _services_gone(order))
    elif event.outcome == "too_late":
        order.reason = None
        refusal = contract.CancellationRefused(order_id=order.id, refused_on=work.business_date)
        work.emit(contract.cancellation_refused, refusal)
    go_on(work, order)


def _require_cancellable(order: Order) -> None:
    if order.cancelled_on or order.declined:
        raise Conflict(f"order {order.number} is cancelled already", code="already_cancelled")
    if order.cancelling:
        raise Conflict(f"cancelling order {order.number} is under way already", code="already_cancelling")
    if order.completed_on:
        raise Conflict(f"order {order.number} is completed: the answer is a return", code="completed")


def _cancel_whole(work: UnitOfWork, order: Order) -> None:
    if order.goods:
        _require_open(order, order.goods)
        ask_to_cancel(work, order, [], order.reason or "")
    else:
        _require_not_confirmed(order)
        tell_cancelled(work, order, take_off(line for line in order.services if line.state.open))


def _cancel_lines(work: UnitOfWork, order: Order, lines: Sequence[OrderLine]) -> None:
    goods = [line for line in lines if line.goods]
    services = [line for line in lines if not line.goods]
    if goods:
        _require_open(order, goods)
    else:
        _require_not_confirmed(order)
    if services and not order.confirmed_on:
        tell_cancelled(work, order, take_off(services))
    if goods:
        ask_to_cancel(work, order, [line.line for line in goods], order.reason or "")


def _require_open(order: Order, goods: Sequence[OrderLine]) -> None:
    """Raises Conflict where all has left as far as sales knows; what it does not know yet, inventory decides."""
    if not any(line.state.open for line in goods):
        raise Conflict(f"the goods of order {order.number} have left: the answer is a return", code="too_late")


def _require_not_confirmed(order: Order) -> None:
    """Raises Conflict: the invoice of a confirmed order's services may be on its way."""
    if order.confirmed_on:
        raise Conflict(f"order {order.number} is confirmed: its services are being invoiced", code="too_late")


def _named(order: Order, numbers: Sequence[int]) -> list[OrderLine]:
    """The lines named; raises with a pointer for one unknown, named twice, or cancelled already."""
    lines = {line.line: line for line in order.lines}
    for index, number in enumerate(numbers):
        pointer = f"/lines/{index}"
        if number not in lines:
            raise InvalidInput.at(pointer, "unknown_line", f"order {order.number} has no line {number}")
        if number in numbers[:index]:
            raise InvalidInput.at(pointer, "repeated_line", f"line {number} is named twice")
        if lines[number].cancelled == lines[number].ordered:
            fault = Fault(pointer, "already_cancelled", f"line {number} is cancelled already")
            raise Conflict(fault.message, code=fault.code, faults=[fault])
    return [lines[number] for number in numbers]


def _cancelled_now(order: Order, decided: Sequence[inventory.CancelledLine]) -> list[inventory.CancelledLine]:
    """What this decision adds to what was cancelled before; a line is cancelled for what is open of it, so once."""
    lines = {line.line: line for line in order.lines}
    taken = []
    for each in decided:
        more = each.cancelled - lines[each.line].cancelled
        if more > 0:
            lines[each.line].cancelled = each.cancelled
            taken.append(inventory.CancelledLine(line=each.line, cancelled=more, handed_over=each.handed_over))
    return taken


def _services_gone(order: Order) -> list[inventory.CancelledLine]:
    """With the last of the goods gone and none handed over, services nobody has invoiced go too."""
    if any(line.cancelled < line.ordered for line in order.goods):
        return []
    return take_off(line for line in order.services if line.state.open and not line.invoiced)

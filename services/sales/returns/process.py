"""A customer's return as a process: authorised, received, inspected, credited; what does not come in time lapses."""

from collections.abc import Callable, Iterator, Sequence

from services.sales.orders.tables import Order
from services.sales.returns.rules import all_credited, all_inspected, all_received, return_status
from services.sales.returns.tables import Return, ReturnLine
from shared.contracts import sales as contract
from shared.runtime.processes import Process, Step
from shared.runtime.work import UnitOfWork


def go_on(work: UnitOfWork, back: Return) -> None:
    """Note the steps that are done as far as the facts go, and show where the return stands."""
    RETURN.done(work, back.id, *_reached(back))
    back.status = return_status([line.state for line in back.lines])


def give_up(work: UnitOfWork, back: Return) -> None:
    """Let what has not come lapse; a return of which nothing came ends."""
    if any(line.received for line in back.lines):
        _lapse(work, back.id)
    else:
        back.cancelled_on = work.business_date
        RETURN.abandon(work, back.id)
    go_on(work, back)


def count_back(order: Order, lines: Sequence[ReturnLine], change: Callable[[ReturnLine], None]) -> None:
    """Change return lines, and what counts as returned of their order lines with them."""
    order_lines = {line.line: line for line in order.lines}
    for line in lines:
        before = line.state.expected
        change(line)
        order_lines[line.order_line].returned += line.state.expected - before


def _authorise(work: UnitOfWork, key: str) -> None:
    """Let inventory expect the goods."""
    back = work.get(Return, id=key)
    work.emit(
        contract.return_authorised,
        contract.ReturnAuthorised(
            return_id=back.id,
            number=back.number,
            order_id=back.order_id,
            customer_id=back.customer_id,
            warehouse_id=back.warehouse_id,
            authorised_on=back.authorised_on,
            reason=back.reason,
            lines=[
                contract.ReturnLine(order_line=line.order_line, item_id=line.item_id, quantity=line.authorised)
                for line in back.lines
            ],
        ),
    )


def _lapse(work: UnitOfWork, key: str) -> None:
    """What has not come may be returned anew, and inventory takes no more of it in."""
    back = work.get(Return, id=key)

    def lapse(line: ReturnLine) -> None:
        line.lapsed = max(line.authorised - line.received, line.lapsed)

    count_back(work.get(Order, id=back.order_id), back.lines, lapse)
    work.emit(
        contract.return_cancelled,
        contract.ReturnCancelled(
            return_id=back.id,
            order_id=back.order_id,
            cancelled_on=work.business_date,
            lines=[
                contract.ReturnLine(order_line=line.order_line, item_id=line.item_id, quantity=line.lapsed)
                for line in back.lines
                if line.lapsed
            ],
        ),
    )


RETURN = Process(
    "customer_return",
    Step("authorise", do=_authorise, undo=_lapse),
    Step("receive", after=("authorise",), within_days=30),
    Step("inspect", after=("receive",), within_days=7),
    Step("credit", after=("inspect",), within_days=7),
)


def _reached(back: Return) -> Iterator[str]:
    states = [line.state for line in back.lines]
    if all_received(states):
        yield "receive"
    if all_inspected(states):
        yield "inspect"
    if all_credited(states):
        yield "credit"

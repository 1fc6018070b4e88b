"""Authorising, cancelling and reading returns."""

from collections.abc import Sequence

from services.sales.copies import lookup
from services.sales.orders.rules import NotReturnable, require_returnable
from services.sales.orders.tables import Order, OrderLine
from services.sales.returns.process import RETURN, give_up
from services.sales.returns.tables import Return, ReturnLine
from services.sales.returns.views import return_view, summary
from shared.contracts import sales as contract
from shared.contracts.common import ById
from shared.contracts.operations import ListQuery, Page
from shared.kernel.errors import Conflict, Fault, InvalidInput
from shared.kernel.money import ZERO
from shared.runtime.registry import handles
from shared.runtime.work import UnitOfWork
from shared.storage.paging import page

_COLUMNS = {
    "id": Return.id,
    "order_id": Return.order_id,
    "customer_id": Return.customer_id,
    "status": Return.status,
    "authorised_on": Return.authorised_on,
    "number": Return.number,
}


@handles(contract.authorise_return)
def authorise_return(work: UnitOfWork, command: contract.AuthoriseReturn) -> contract.ReturnView:
    """Let a customer send goods back, at most what was handed over and is not back or on its way back."""
    order = work.get(Order, lock=True, id=command.order_id)
    lines = _returnable(order, command.lines)
    back = work.add(_return(work, order, command, _warehouse(work, command, lines)))
    work.session.flush()
    work.insert(ReturnLine, [_row(work, back, line, asked) for line, asked in zip(lines, command.lines, strict=True)])
    for line, asked in zip(lines, command.lines, strict=True):
        line.returned += asked.quantity
    RETURN.start(work, back.id)
    work.session.flush()
    return return_view(work, back, order)


@handles(contract.cancel_return)
def cancel_return(work: UnitOfWork, command: ById) -> contract.ReturnView:
    """Give up a return of which nothing has come; goods that come all the same are taken in and credited."""
    back = work.get(Return, id=command.id)
    order = work.get(Order, lock=True, id=back.order_id)
    work.session.refresh(back)
    if back.cancelled_on:
        raise Conflict(f"return {back.number} is cancelled already", code="already_cancelled")
    if any(line.received for line in back.lines):
        raise Conflict(f"goods of return {back.number} have come already", code="too_late")
    give_up(work, back)
    work.session.flush()
    return return_view(work, back, order)


@handles(contract.get_return)
def get_return(work: UnitOfWork, query: ById) -> contract.ReturnView:
    """One return."""
    back = work.get(Return, id=query.id)
    return return_view(work, back, work.get(Order, id=back.order_id))


@handles(contract.list_returns)
def list_returns(work: UnitOfWork, query: ListQuery) -> Page[contract.ReturnSummary]:
    """Returns, a page at a time."""
    return page(work.session, work.select(Return), query, _COLUMNS, summary)


def _returnable(order: Order, asked: Sequence[contract.NewReturnLine]) -> list[OrderLine]:
    """The order lines asked for; raises with a pointer where one cannot come back in this quantity."""
    lines = {line.line: line for line in order.lines}
    seen: set[int] = set()
    for index, each in enumerate(asked):
        pointer = f"/lines/{index}/order_line"
        if each.order_line not in lines:
            raise InvalidInput.at(pointer, "unknown_line", f"order {order.number} has no line {each.order_line}")
        if each.order_line in seen:
            raise InvalidInput.at(pointer, "repeated_line", f"line {each.order_line} is named twice")
        if not lines[each.order_line].goods:
            raise InvalidInput.at(pointer, "not_goods", f"line {each.order_line} is a service")
        seen.add(each.order_line)
        _require_returnable(lines[each.order_line], each, f"/lines/{index}/quantity")
    return [lines[each.order_line] for each in asked]


def _require_returnable(line: OrderLine, asked: contract.NewReturnLine, pointer: str) -> None:
    try:
        require_returnable(line.state, asked.quantity)
    except NotReturnable as error:
        raise NotReturnable(error.detail, faults=[Fault(pointer, error.code, error.detail)]) from None


def _warehouse(work: UnitOfWork, command: contract.AuthoriseReturn, lines: Sequence[OrderLine]) -> str:
    """Where the goods come back to: as named, or where the first line's came from."""
    if command.warehouse_id:
        found = lookup.warehouses(work, [command.warehouse_id]).get(command.warehouse_id)
        return lookup.usable(work, found, command.warehouse_id, "/warehouse_id").id
    return next(line.warehouse_id for line in lines if line.warehouse_id)


def _return(work: UnitOfWork, order: Order, command: contract.AuthoriseReturn, warehouse_id: str) -> Return:
    return Return(
        id=work.new_id(),
        number=work.number("SR"),
        order_id=order.id,
        customer_id=order.customer_id,
        warehouse_id=warehouse_id,
        authorised_on=work.business_date,
        reason=command.reason,
    )


def _row(work: UnitOfWork, back: Return, line: OrderLine, asked: contract.NewReturnLine) -> dict[str, object]:
    return {
        "id": work.new_id(),
        "return_id": back.id,
        "order_line": line.line,
        "item_id": line.item_id,
        "authorised": asked.quantity,
        **dict.fromkeys(("lapsed", "received", "restocked", "scrapped", "credited"), ZERO),
    }

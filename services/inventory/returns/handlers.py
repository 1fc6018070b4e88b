"""Expecting customers' returns, expecting them no more, and finding them."""

from collections import defaultdict
from collections.abc import Sequence

from services.inventory.returns.tables import ExpectedReturn, ExpectedReturnLine, return_status
from shared.contracts import inventory as contract
from shared.contracts import sales
from shared.contracts.operations import ListQuery, Page
from shared.kernel.money import ZERO
from shared.runtime.registry import handles, on
from shared.runtime.work import UnitOfWork
from shared.storage.paging import page_with

ReturnLines = dict[int, ExpectedReturnLine]
_COLUMNS = {
    "id": ExpectedReturn.id,
    "return_id": ExpectedReturn.id,
    "order_id": ExpectedReturn.order_id,
    "customer_id": ExpectedReturn.customer_id,
    "warehouse_id": ExpectedReturn.warehouse_id,
    "status": ExpectedReturn.status,
    "authorised_on": ExpectedReturn.authorised_on,
}


@on(sales.return_authorised)
def expect_return(work: UnitOfWork, event: sales.ReturnAuthorised) -> None:
    """Expect what a customer may send back."""
    work.add(
        ExpectedReturn(
            id=event.return_id,
            number=event.number,
            order_id=event.order_id,
            customer_id=event.customer_id,
            warehouse_id=event.warehouse_id,
            authorised_on=event.authorised_on,
            reason=event.reason,
            status="expected",
        )
    )
    work.insert(ExpectedReturnLine, [_line_row(work, event.return_id, line) for line in event.lines])


@on(sales.return_cancelled)
def close_return(work: UnitOfWork, event: sales.ReturnCancelled) -> None:
    """Take in nothing more of a return that was given up; what came before this lock is inspected all the same."""
    expected, lines = lock_return(work, event.return_id)
    for line in lines.values():
        line.cancelled += line.missing
    expected.status = return_status(list(lines.values()))


@handles(contract.list_expected_returns)
def list_expected_returns(work: UnitOfWork, query: ListQuery) -> Page[contract.ExpectedReturnView]:
    """Returns, a page at a time."""
    return page_with(work.session, work.select(ExpectedReturn), query, _COLUMNS, lambda found: _views(work, found))


def lock_return(work: UnitOfWork, return_id: str) -> tuple[ExpectedReturn, ReturnLines]:
    """A return, locked, and its lines by order line; NotYet where it has not been heard of."""
    expected = work.known(ExpectedReturn, return_id, lock=True)
    lines = work.rows(ExpectedReturnLine, return_id=return_id, by=("order_line",), fresh=True)
    return expected, {line.order_line: line for line in lines}


def return_view(expected: ExpectedReturn, lines: Sequence[ExpectedReturnLine]) -> contract.ExpectedReturnView:
    """A return with its lines."""
    return contract.ExpectedReturnView(
        id=expected.id,
        return_id=expected.id,
        number=expected.number,
        order_id=expected.order_id,
        customer_id=expected.customer_id,
        warehouse_id=expected.warehouse_id,
        authorised_on=expected.authorised_on,
        reason=expected.reason,
        status=expected.status,
        lines=[_line_view(line) for line in lines],
    )


def _line_view(line: ExpectedReturnLine) -> contract.ExpectedReturnLineView:
    return contract.ExpectedReturnLineView(
        order_line=line.order_line,
        item_id=line.item_id,
        authorised=line.authorised,
        received=line.received,
        cancelled=line.cancelled,
        restocked=line.restocked,
        scrapped=line.scrapped,
        to_inspect=line.to_inspect,
        value=line.value,
    )


def _views(work: UnitOfWork, found: list[ExpectedReturn]) -> list[contract.ExpectedReturnView]:
    by_return: dict[str, list[ExpectedReturnLine]] = defaultdict(list)
    for line in work.rows(ExpectedReturnLine, return_id=[each.id for each in found], by=("order_line",)):
        by_return[line.return_id].append(line)
    return [return_view(each, by_return[each.id]) for each in found]


def _line_row(work: UnitOfWork, return_id: str, line: sales.ReturnLine) -> dict[str, object]:
    return {
        "id": work.new_id(),
        "return_id": return_id,
        "order_line": line.order_line,
        "item_id": line.item_id,
        "authorised": line.quantity,
        "received": ZERO,
        "cancelled": ZERO,
        "restocked": ZERO,
        "scrapped": ZERO,
        "value": ZERO,
        "uninspected_value": ZERO,
    }

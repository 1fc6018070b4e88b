"""Taking customers' goods back in, at the cost the company's policy names."""

from datetime import date
from decimal import Decimal

from services.inventory.consequences import consequences
from services.inventory.days import day_of
from services.inventory.lines import matched, pointed
from services.inventory.reservations.orders import lock_order, lock_order_lines
from services.inventory.reservations.tables import GoodsOrderLine
from services.inventory.returns.handlers import ReturnLines, lock_return, return_view
from services.inventory.returns.tables import ExpectedReturn, ExpectedReturnLine, return_status
from services.inventory.stock.book import StockBook
from services.inventory.valuation.rules import OriginalLine, return_from_customer
from shared.contracts import inventory as contract
from shared.kernel.errors import Conflict, InvalidInput
from shared.runtime.registry import handles
from shared.runtime.work import UnitOfWork

Coming = tuple[str, ExpectedReturnLine, Decimal]
"""Pointer, line, quantity."""


@handles(contract.receive_return)
def receive_return(work: UnitOfWork, command: contract.ReceiveReturn) -> contract.ExpectedReturnView:
    """Take in what came back: it is kept apart, available to no one, until it is inspected."""
    expected, lines = lock_return(work, command.return_id)
    on = day_of(work, command.received_on, "/received_on")
    coming = _coming(expected, lines, command)
    lock_order(work, expected.order_id)
    spots = [(line.item_id, expected.warehouse_id) for _, line, _ in coming]
    levels, ordered = lock_order_lines(work, expected.order_id, [line.order_line for _, line, _ in coming], spots)
    receipt_id = work.new_id()
    book = StockBook(work, levels, "return", receipt_id, on)
    received = []
    for pointer, line, quantity in coming:
        with pointed(pointer):
            received.append(_take_back(book, expected, line, ordered.get(line.order_line), quantity))
    book.close()
    expected.status = return_status(list(lines.values()))
    work.emit(contract.return_received, _fact(receipt_id, expected, on, received))
    consequences(work, levels)
    return return_view(expected, list(lines.values()))


def _coming(expected: ExpectedReturn, lines: ReturnLines, command: contract.ReceiveReturn) -> list[Coming]:
    """What the command says came back, or all that is missing where it names no line."""
    if any(line.cancelled for line in lines.values()):
        raise Conflict(f"return {expected.number} was cancelled, or was due before", code="return_cancelled")
    if not command.lines:
        everything = [("", line, line.missing) for line in lines.values() if line.missing]
        if not everything:
            raise Conflict(f"all of return {expected.number} is here", code="nothing_open")
        return everything
    coming = []
    for pointer, given, line in matched(command.lines, lines, lambda each: each.order_line, "order_line"):
        if given.quantity > line.missing:
            raise InvalidInput.at(
                f"{pointer}/quantity", "more_than_authorised", f"{given.quantity} came of {line.missing} still missing"
            )
        coming.append((pointer, line, given.quantity))
    return coming


def _take_back(
    book: StockBook,
    expected: ExpectedReturn,
    line: ExpectedReturnLine,
    ordered: GoodsOrderLine | None,
    quantity: Decimal,
) -> contract.ReturnReceivedLine:
    """Take a line's goods in; their cost is that of what is still out, in parts that sum to the whole."""
    if ordered is None or ordered.item_id != line.item_id:
        raise Conflict(f"the order has no goods line {line.order_line} of this item", code="return_exceeds_line")
    out = OriginalLine(
        line.source, ordered.handed_over - ordered.returned, ordered.handed_over_cost - ordered.returned_value
    )
    spot, policy = (line.item_id, expected.warehouse_id), book.positions.policies.customer_return
    book.positions[spot], value = return_from_customer(book.positions[spot], out, quantity, policy, line.source)
    book.post(line.order_line, spot, quantity, value, status="inspection")
    ordered.returned += quantity
    ordered.returned_value += min(value, out.cost)
    line.received += quantity
    line.value += value
    line.uninspected_value += value
    return contract.ReturnReceivedLine(order_line=line.order_line, item_id=line.item_id, quantity=quantity, value=value)


def _fact(
    receipt_id: str, expected: ExpectedReturn, on: date, lines: list[contract.ReturnReceivedLine]
) -> contract.ReturnReceived:
    return contract.ReturnReceived(
        return_receipt_id=receipt_id,
        return_id=expected.id,
        order_id=expected.order_id,
        warehouse_id=expected.warehouse_id,
        received_on=on,
        lines=lines,
    )

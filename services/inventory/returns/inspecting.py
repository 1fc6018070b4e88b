"""Inspecting what came back: good goods are available again, the rest is scrapped."""

from datetime import date
from decimal import Decimal

from services.inventory.consequences import consequences
from services.inventory.days import day_of
from services.inventory.lines import matched
from services.inventory.returns.handlers import ReturnLines, lock_return, return_view
from services.inventory.returns.tables import ExpectedReturn, ExpectedReturnLine, return_status
from services.inventory.stock.book import StockBook
from services.inventory.stock.levels import lock_levels
from services.inventory.valuation.positions import Spot
from services.inventory.valuation.rules import (
    OriginalLine,
    SupplierReturnPolicy,
    cost_of_return,
    return_to_supplier,
)
from shared.contracts import inventory as contract
from shared.kernel.errors import Conflict, InvalidInput
from shared.kernel.money import ZERO
from shared.runtime.registry import handles
from shared.runtime.work import UnitOfWork

Found = tuple[ExpectedReturnLine, Decimal, Decimal]
"""Line, restocked, scrapped."""


@handles(contract.inspect_return)
def inspect_return(work: UnitOfWork, command: contract.InspectReturn) -> contract.ExpectedReturnView:
    """Put what is good back on the shelf, where it serves those who wait; let the rest leave at what it came in at."""
    expected, lines = lock_return(work, command.return_id)
    on = day_of(work, command.inspected_on, "/inspected_on")
    found = _found(expected, lines, command)
    levels = lock_levels(work, [(line.item_id, expected.warehouse_id) for line, _, _ in found])
    inspection_id = work.new_id()
    book = StockBook(work, levels, "inspection", inspection_id, on)
    inspected = [_decide(work, book, (each[0].item_id, expected.warehouse_id), each) for each in found]
    book.close()
    expected.status = return_status(list(lines.values()))
    work.emit(contract.return_inspected, _fact(inspection_id, expected, on, inspected))
    consequences(work, levels)
    return return_view(expected, list(lines.values()))


def _found(expected: ExpectedReturn, lines: ReturnLines, command: contract.InspectReturn) -> list[Found]:
    """What the command says of each line, or that all which is there is good where it names none."""
    if not command.lines:
        everything = [(line, line.to_inspect, ZERO) for line in lines.values() if line.to_inspect]
        if not everything:
            raise Conflict(f"nothing of return {expected.number} is to be inspected", code="nothing_open")
        return everything
    found = []
    for pointer, given, line in matched(command.lines, lines, lambda each: each.order_line, "order_line"):
        if not ZERO < given.restocked + given.scrapped <= line.to_inspect:
            code = "more_than_received" if given.restocked + given.scrapped else "quantity_zero"
            raise InvalidInput.at(pointer, code, f"{line.to_inspect} of this line is to be inspected")
        found.append((line, given.restocked, given.scrapped))
    return found


def _decide(work: UnitOfWork, book: StockBook, spot: Spot, found: Found) -> contract.ReturnInspectedLine:
    line, restocked, scrapped = found
    if restocked:
        value = cost_of_return(_uninspected(line), restocked, work.currency)
        book.post(line.order_line, spot, -restocked, -value, status="inspection")
        book.post(line.order_line, spot, restocked, value)
        line.restocked += restocked
        line.uninspected_value -= value
    lost = _scrap(work, book, spot, line, scrapped) if scrapped else ZERO
    return contract.ReturnInspectedLine(
        order_line=line.order_line,
        item_id=line.item_id,
        restocked=restocked,
        scrapped=scrapped,
        scrapped_value=lost,
    )


def _scrap(work: UnitOfWork, book: StockBook, spot: Spot, line: ExpectedReturnLine, quantity: Decimal) -> Decimal:
    """Let goods leave at what they came back at, so that they leave the rest of the stock as it was."""
    original = _uninspected(line)
    value = cost_of_return(original, quantity, work.currency)
    policy = SupplierReturnPolicy.RECEIPT_COST
    book.positions[spot], gone = return_to_supplier(book.positions[spot], original, quantity, ZERO, policy)
    book.post(line.order_line, spot, -quantity, -gone.cost, status="inspection")
    line.scrapped += quantity
    line.uninspected_value -= value
    return gone.cost


def _uninspected(line: ExpectedReturnLine) -> OriginalLine:
    return OriginalLine(line.source, line.to_inspect, line.uninspected_value)


def _fact(
    inspection_id: str, expected: ExpectedReturn, on: date, lines: list[contract.ReturnInspectedLine]
) -> contract.ReturnInspected:
    return contract.ReturnInspected(
        inspection_id=inspection_id,
        return_id=expected.id,
        order_id=expected.order_id,
        warehouse_id=expected.warehouse_id,
        inspected_on=on,
        lines=lines,
    )

"""Keeping orders as they were placed, and what became of their lines."""

from decimal import Decimal

from services.finance.credit.exposure import release_fitting, take_credit
from services.finance.credit.tables import CreditAccount
from services.finance.ledger.rules import to_base
from services.finance.orders.lookup import OF_AN_ORDER, order_in_hand
from services.finance.orders.reading import position_views
from services.finance.orders.tables import SalesLine, SalesOrder
from services.finance.settings.lookup import BOOKS, take_books
from shared.contracts import finance as contract
from shared.contracts import sales
from shared.contracts.message import dump
from shared.contracts.operations import ListQuery, Page
from shared.kernel.money import ZERO
from shared.runtime.foresight import Foreseen
from shared.runtime.registry import handles, on
from shared.runtime.work import UnitOfWork
from shared.storage.paging import page_with

_COLUMNS = {
    "id": SalesLine.id,
    "order_id": SalesLine.order_id,
    "customer_id": SalesOrder.customer_id,
    "item_id": SalesLine.item_id,
    "kind": SalesLine.kind,
}


@on(sales.order_placed, BOOKS, Foreseen(CreditAccount, "customer_id"))
def keep_order(work: UnitOfWork, event: sales.OrderPlaced) -> None:
    """Keep an order's frozen amounts and decide its credit: within the limit approved, beyond it held."""
    take_books(work)
    amount = to_base(event.gross, event.exchange_rate, work.currency)
    order = work.add(
        SalesOrder(
            id=event.order_id,
            number=event.number,
            customer_id=event.customer_id,
            placed_on=event.placed_on,
            currency=event.currency,
            exchange_rate=event.exchange_rate,
            prices_include_tax=event.prices_include_tax,
            tax_rounding=event.tax_rounding,
            terms=dump(event.terms),
            open_gross=event.gross,
            open_base=amount,
            credit_state="held",
        )
    )
    work.insert(SalesLine, [_line_row(work, event.order_id, line) for line in event.lines])
    take_credit(work, order)


@on(sales.order_cancelled, *OF_AN_ORDER)
def cancel_order(work: UnitOfWork, event: sales.OrderCancelled) -> None:
    """Take what is cancelled out of the exposure; a held order that is cancelled as a whole is dropped."""
    hand = order_in_hand(work, event.order_id)
    if event.outcome == "cancelled":
        for line in hand.lines.values():
            line.cancelled = line.quantity
        if hand.order.credit_state == "held":
            hand.order.credit_state, hand.order.decided_on = "dropped", event.cancelled_on
    else:
        for gone in event.lines:
            _cancel(hand.lines[gone.line], gone.cancelled)
    if hand.reckon(work) or hand.order.credit_state == "held":
        release_fitting(work, hand.account)


@handles(contract.list_order_positions)
def list_order_positions(work: UnitOfWork, query: ListQuery) -> Page[contract.OrderPositionView]:
    """Order lines with what was invoiced, credited and cancelled of them."""
    statement = work.select(SalesLine).join(SalesOrder, SalesOrder.id == SalesLine.order_id)
    return page_with(work.session, statement, query, _COLUMNS, lambda rows: position_views(work, rows))


def _cancel(line: SalesLine, quantity: Decimal) -> None:
    line.cancelled = min(line.cancelled + quantity, line.quantity)


def _line_row(work: UnitOfWork, order_id: str, line: sales.PlacedLine) -> dict[str, object]:
    frozen = ("line", "item_id", "kind", "quantity", "price", "tax_code", "tax_rate", "net", "tax")
    nothing = ("cancelled", "invoiced", "invoiced_net", "invoiced_tax", "credited", "credited_net", "credited_tax")
    return {
        "id": work.new_id(),
        "order_id": order_id,
        **{name: getattr(line, name) for name in frozen},
        **dict.fromkeys(nothing, ZERO),
    }

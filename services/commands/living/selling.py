"""Selling: the day's orders are placed in the order of their time, and cancelled while they have not left."""

from collections.abc import Sequence
from decimal import Decimal

from services.commands.client import Json, Refused
from services.commands.living.adjusting import adjust
from services.commands.living.known import PlacedOrder
from services.commands.living.office import Office, chunks
from services.commands.living.outcome import booked
from services.commands.trade.moves import Cancellation, GoodsLine, Sale, ServiceLine
from shared.contracts import finance, inventory, sales
from shared.contracts.fields import MAX_LINES

_ONE = Decimal(1)
_LISTED = 100
_BUSY = "already_cancelling"


def sell(office: Office, move: Sale) -> None:
    """Place an order. Services that no longer fit on it go on an order of their own."""
    room = MAX_LINES - len(move.goods)
    _place(office, move, move.order.key, move.goods, move.services[:room])
    if rest := move.services[room:]:
        _place(office, move, f"{move.order.key}/services", (), rest)


def _place(
    office: Office, move: Sale, reference: str, goods: Sequence[GoodsLine], services: Sequence[ServiceLine]
) -> None:
    rows = (*(line.row for line in goods), *(line.row for line in services))
    lines = [*(_goods(office, line) for line in goods), *(_service(office, line) for line in services)]
    try:
        placed = office.staff.salesperson.do(
            sales.place_order,
            customer_id=office.known.customers[move.party.key],
            placed_on=move.at.date(),
            ship_to={"country": move.party.country},
            reference=reference,
            lines=lines,
            key=office.key("order", reference),
        )
    except Refused as no:
        office.outcomes.refuse(rows, no.code)
        return
    nets = [Decimal(line["net"]) for line in placed["lines"]]
    order = PlacedOrder(placed["id"], rows, len(goods), sum(nets[len(goods) :], Decimal(0)))
    office.known.orders[reference] = order
    office.booked.orders += 1
    office.booked.lines += len(goods)
    office.booked.sold += sum(nets[: len(goods)], Decimal(0))
    office.booked.services += order.services


def _goods(office: Office, line: GoodsLine) -> Json:
    return {"item_id": office.known.items[line.item], "quantity": line.quantity, "price": line.price}


def _service(office: Office, line: ServiceLine) -> Json:
    return {"item_id": office.known.services[line.kind], "quantity": _ONE, "price": booked(line.amount)}


def cancel(office: Office, move: Cancellation) -> None:
    """Cancel whole lines of an order that has not left yet."""
    order = office.known.orders.get(move.order.key)
    if order is None:
        office.outcomes.refuse(move.rows, "order_not_placed")
        return
    lines = None if move.whole else [order.line(portion.sold_row) for portion in move.portions]
    try:
        _ask_to_cancel(
            office, order, lines, f"Cancelled by {move.invoice}", office.key("cancel", move.invoice, order.id)
        )
    except Refused as no:
        office.outcomes.refuse(move.rows, no.code)
        return
    office.booked.cancelled -= sum((booked(each.quantity * each.price) for each in move.portions), Decimal(0))
    office.booked.cancelled_lines += len(move.portions)
    office.known.cancelled[order.id] += len(move.portions)
    if order.services and office.known.cancelled[order.id] == order.goods:
        _charge_alone(office, move, order)


def _charge_alone(office: Office, move: Cancellation, order: PlacedOrder) -> None:
    """With its last goods an order loses its services; the file still charges them, so they are charged alone."""
    rows = order.rows[order.goods :]
    office.booked.services -= order.services
    shares = dict.fromkeys(rows, Decimal(0)) | {rows[0]: order.services}
    adjust(office, move, shares, "fee", "services-kept")


def _ask_to_cancel(office: Office, order: PlacedOrder, lines: list[int] | None, reason: str, key: str) -> None:
    """Ask; once more at rest where an earlier cancellation of the same order is still being decided."""
    salesperson = office.staff.salesperson
    try:
        salesperson.do(sales.cancel_order, id=order.id, lines=lines, reason=reason, key=key)
    except Refused as no:
        if no.code != _BUSY:
            raise
        office.wait()
        salesperson.do(sales.cancel_order, id=order.id, lines=lines, reason=reason, key=key)


def release_holds(office: Office) -> None:
    """Finance lets every order go that was held for credit: the limit makes someone look, no more."""
    held = list(office.staff.controller.rows(finance.list_credit_holds, state="held"))
    for hold in sorted(held, key=lambda each: str(each["order_number"])):
        key = office.key("release", hold["id"])
        office.staff.controller.do(finance.release_credit_hold, id=hold["id"], reason="good customer", key=key)
    if held:
        office.booked.held += len(held)
        office.wait()


def count_short(office: Office, sold: Sequence[Sale]) -> None:
    """Note how many lines of today's orders were not reserved in full at once."""
    ids = [office.known.orders[move.order.key].id for move in sold if move.order.key in office.known.orders]
    for some in chunks(ids, _LISTED):
        short = office.staff.keeper.rows(inventory.list_reservations, order_id=",".join(some), backordered=True)
        office.booked.short_lines += sum(1 for _ in short)

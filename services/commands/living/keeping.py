"""The warehouse: goods that are due come in, the day's picks go out, stock is corrected, deliveries are confirmed."""

from datetime import date

from services.commands.client import Json, Refused
from services.commands.living.known import Purchase
from services.commands.living.office import Office, upto
from services.commands.trade.moves import StockAdjustment
from shared.contracts import inventory, logistics

_OPEN_PICKS = "open,picked,partly_handed_over"
_REASONS = (("damag", "damaged"), ("lost", "lost"), ("missing", "lost"), ("sample", "sample"), ("found", "found"))


def receive_due(office: Office) -> None:
    """Receive every purchase order whose lead time is over."""
    due = office.staff.keeper.rows(inventory.list_inbound, status="open", **upto("expected_on", office.today))
    for order in sorted(due, key=lambda each: str(each["number"])):
        receive(office, order["id"])


def receive(office: Office, purchase_order: str) -> Purchase:
    """Everything that is open of a purchase order comes in; its invoice is to be recorded."""
    office.staff.keeper.do(
        inventory.receive_goods,
        purchase_order_id=purchase_order,
        received_on=office.today,
        key=office.key("receive", purchase_order),
    )
    purchase = office.known.purchases.pop(purchase_order)
    office.known.received.append(purchase)
    return purchase


def hand_over(office: Office) -> set[str]:
    """Everything that is picked leaves; the orders it belongs to."""
    picks = sorted(
        office.staff.keeper.rows(inventory.list_picks, status=_OPEN_PICKS),
        key=lambda pick: (str(pick["order_number"]), str(pick["shipment_number"])),
    )
    for pick in picks:
        _hand_over(office, pick)
    return {pick["order_id"] for pick in picks}


def _hand_over(office: Office, pick: Json) -> None:
    key = office.key("hand-over", office.today, pick["id"])
    gone = office.staff.keeper.do(inventory.hand_over, id=pick["id"], handed_over_on=office.today, key=key)
    if gone["shipment_complete"]:
        office.known.deliveries[date.fromisoformat(pick["expected_on"])].append(pick["shipment_id"])


def confirm_deliveries(office: Office) -> None:
    """The customers have what was expected to be with them by today."""
    for day in sorted(day for day in office.known.deliveries if day <= office.today):
        for shipment in office.known.deliveries.pop(day):
            office.staff.coordinator.do(
                logistics.confirm_delivery,
                id=shipment,
                delivered_on=office.today,
                key=office.key("delivered", shipment),
            )


def adjust_stock(office: Office, move: StockAdjustment) -> None:
    """Write stock off or on; more than there is cannot be written off, and the row is refused."""
    line: Json = {"item_id": office.known.items[move.item], "quantity": move.quantity}
    if move.quantity > 0:
        line["unit_value"] = office.known.supplies[move.item].unit_cost
    try:
        office.staff.planner.do(
            inventory.adjust_stock,
            warehouse_id=office.known.warehouse,
            reason=_reason(move),
            lines=[line],
            adjusted_on=office.today,
            key=office.key("adjust", move.row),
        )
    except Refused as no:
        office.outcomes.refuse(move.rows, no.code)


def _reason(move: StockAdjustment) -> str:
    """What the clerk's remark comes closest to."""
    remark = move.reason.lower()
    named = next((reason for word, reason in _REASONS if word in remark), None)
    return named or ("found" if move.quantity > 0 else "correction")

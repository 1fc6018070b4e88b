"""Buying: what runs low is ordered in the evening, what is new is bought in at once, a second person approves much."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from decimal import Decimal

from services.commands.client import Json
from services.commands.living.keeping import receive
from services.commands.living.known import Purchase, PurchaseLine
from services.commands.living.office import Office, chunks
from services.commands.living.replenishing import review
from services.commands.trade.supply import ItemSupply
from shared.contracts import purchasing


def reorder(office: Office) -> None:
    """Look through the day's requisitions, turn them into orders and have them approved."""
    review(office)
    key = office.key("requisitions", office.today)
    made = office.staff.purchaser.do(purchasing.order_requisitions, order_on=office.today, key=key)
    for order in made["orders"]:
        _approve(office, order)


def launch(office: Office, supplies: Sequence[ItemSupply]) -> None:
    """Buy the first stock of new items and take it in at once: they are sold today."""
    by_supplier = defaultdict(list)
    for each in supplies:
        by_supplier[each.supplier].append(each)
    orders = [
        _draft(office, supplier, nth, some)
        for supplier, all_ in sorted(by_supplier.items())
        for nth, some in enumerate(chunks(all_))
    ]
    purchases = [_approve(office, order) for order in orders]
    office.wait()
    for purchase in purchases:
        receive(office, purchase.id)
    office.wait()


def _draft(office: Office, supplier: str, nth: int, supplies: Iterable[ItemSupply]) -> Json:
    lines = [
        {
            "item_id": office.known.items[each.item],
            "quantity": Decimal(max(each.maximum, each.order_minimum)),
        }
        for each in supplies
    ]
    return office.staff.purchaser.do(
        purchasing.draft_order,
        supplier_id=office.known.suppliers[supplier],
        warehouse_id=office.known.warehouse,
        order_on=office.today,
        expected_on=office.today,
        lines=lines,
        key=office.key("launch", office.today, supplier, nth),
    )


def _approve(office: Office, order: Json) -> Purchase:
    """Submit an order; above the limit, someone else approves it."""
    view = office.staff.purchaser.do(purchasing.submit_order, id=order["id"], key=office.key("submit", order["id"]))
    if view["status"] == "pending_approval":
        view = office.staff.planner.do(purchasing.approve_order, id=order["id"], key=office.key("approve", order["id"]))
        office.booked.second_approvals += 1
    office.booked.purchase_orders += 1
    purchase = _purchase(view)
    office.known.purchases[purchase.id] = purchase
    return purchase


def _purchase(view: Json) -> Purchase:
    lines = tuple(PurchaseLine(line["line"], Decimal(line["quantity"]), Decimal(line["net"])) for line in view["lines"])
    return Purchase(view["id"], view["number"], view["supplier_id"], lines)

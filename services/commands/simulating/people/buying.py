"""Those who buy, and who approves what they buy."""

import random
from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from services.commands.simulating.moves import Json, Move
from services.commands.simulating.people.choosing import NOBODY, one
from services.commands.simulating.sight import Sight
from shared.contracts import purchasing
from shared.contracts.operations import Operation

_WAITING = "approved,partly_received,received"


def draft(sight: Sight, draw: random.Random) -> Move | None:
    """An order for one to three items of one supplier."""
    offers = sight.rows(purchasing.list_offers, withdrawn="false")
    first = one(draw, offers)
    if first is None:
        return None
    of_supplier = [offer for offer in offers if offer["supplier_id"] == first["supplier_id"]]
    items = [offer["item_id"] for offer in draw.sample(of_supplier, min(len(of_supplier), draw.randint(1, 3)))]
    return _drafting(sight, first["supplier_id"], items, draw)


def submit(sight: Sight, draw: random.Random) -> Move | None:
    """A draft is ready."""
    return _with_order(sight, draw, "draft", "submits an order", purchasing.submit_order)


def approve(sight: Sight, draw: random.Random) -> Move | None:
    """A second person looks at an order above the limit."""
    return _with_order(sight, draw, "pending_approval", "approves an order", purchasing.approve_order, who="chief")


def reject(sight: Sight, draw: random.Random) -> Move | None:
    """The second person does not like it."""
    return _with_order(
        sight, draw, "pending_approval", "rejects an order", purchasing.reject_order, who="chief", reason="too dear"
    )


def change_draft(sight: Sight, draw: random.Random) -> Move | None:
    """Something else is wanted."""
    found = one(draw, sight.rows(purchasing.list_orders, status="draft"))
    return None if found is None else _buys(
        "changes a draft", purchasing.change_order, _of_order(found), if_match=found["version"], id=found["id"],
        note=f"note {draw.randint(1, 99)}",
    )  # fmt: skip


def send(sight: Sight, draw: random.Random) -> Move | None:
    """The supplier gets the order."""
    return _with_order(sight, draw, _WAITING, "sends an order", purchasing.send_order)


def acknowledge(sight: Sight, draw: random.Random) -> Move | None:
    """The supplier says when."""
    return _with_order(sight, draw, _WAITING, "notes a promise", purchasing.acknowledge_order)


def cancel(sight: Sight, draw: random.Random) -> Move | None:
    """An order is not wanted any more, at whatever stage it is."""
    stages = f"draft,pending_approval,{_WAITING}"
    return _with_order(sight, draw, stages, "cancels a purchase", purchasing.cancel_order, reason="not needed")


def close(sight: Sight, draw: random.Random) -> Move | None:
    """What has not come is not wanted any more."""
    return _with_order(sight, draw, _WAITING, "closes a purchase", purchasing.close_order, reason="enough")


def order_requisitions(sight: Sight, _draw: random.Random) -> Move | None:
    """All that is wanted becomes drafts."""
    if not sight.rows(purchasing.list_requisitions, status="open"):
        return None
    return _buys("orders requisitions", purchasing.order_requisitions, set(), alone=True)


def request(sight: Sight, draw: random.Random) -> Move:
    """Someone wants goods bought."""
    item = draw.choice(sight.goods)
    return _buys(
        "requests a purchase", purchasing.request_purchase, {item}, item_id=item, quantity=str(draw.randint(5, 40)),
        warehouse_id=draw.choice(sight.warehouses),
    )  # fmt: skip


def cancel_request(sight: Sight, draw: random.Random) -> Move | None:
    """It is not wanted after all."""
    found = one(draw, sight.rows(purchasing.list_requisitions, status="open", source="person"))
    return (
        None
        if found is None
        else _buys(
            "cancels a requisition", purchasing.cancel_requisition, {found["id"], found["item_id"]}, id=found["id"]
        )
    )


def suspend(sight: Sight, draw: random.Random) -> Move | None:
    """A supplier is not to be bought from for a while."""
    found = one(draw, sight.rows(purchasing.list_suppliers, state="approved"))
    return (
        None
        if found is None
        else _buys("suspends a supplier", purchasing.suspend_supplier, {found["id"]}, id=found["id"], reason="quality")
    )


def readmit(sight: Sight, draw: random.Random) -> Move | None:
    """A supplier is good again."""
    found = one(draw, sight.rows(purchasing.list_suppliers, state="suspended"))
    return (
        None
        if found is None
        else _buys("approves a supplier", purchasing.approve_supplier, {found["id"]}, id=found["id"])
    )


# ---- foolish


def approve_own(sight: Sight, draw: random.Random) -> Move | None:
    """Who made an order approves it."""
    return _with_order(
        sight, draw, "pending_approval", "approves their own order", purchasing.approve_order, "second_approver_needed"
    )


def submit_twice(sight: Sight, draw: random.Random) -> Move | None:
    """It is submitted already."""
    return _with_order(sight, draw, _WAITING, "submits again", purchasing.submit_order, "order_state")


def cancel_closed(sight: Sight, draw: random.Random) -> Move | None:
    """It is over already."""
    return _with_order(
        sight,
        draw,
        "closed,cancelled",
        "cancels what is over",
        purchasing.cancel_order,
        "order_state",
        reason="why not",
    )


def buy_from_nobody(sight: Sight, draw: random.Random) -> Move:
    """There is no such supplier."""
    return _drafting(sight, NOBODY, [draw.choice(sight.goods)], draw, "unknown_supplier", "unknown_reference")


def change_by_old_version(sight: Sight, draw: random.Random) -> Move | None:
    """Somebody changed the draft meanwhile."""
    found = one(draw, sight.rows(purchasing.list_orders, status="draft"))
    return None if found is None else _buys(
        "changes a draft by an old version", purchasing.change_order, _of_order(found), "stale_version",
        if_match=found["version"] + 5, id=found["id"], note="wrong",
    )  # fmt: skip


def _drafting(sight: Sight, supplier: str, items: list[str], draw: random.Random, *foolish: str) -> Move:
    lines = [{"item_id": item, "quantity": str(draw.randint(5, 60))} for item in items]
    what = "drafts an order" if not foolish else "drafts an order to nobody"
    return _buys(
        what, purchasing.draft_order, {supplier, *items}, *foolish, supplier_id=supplier,
        warehouse_id=sight.warehouses[draw.random() < 0.2],
        expected_on=sight.today + timedelta(days=draw.randint(1, 3)), lines=lines,
    )  # fmt: skip


def _with_order(
    sight: Sight, draw: random.Random, status: str, what: str, operation: Operation[Any, Any], *foolish: str,
    **fields: Any,
) -> Move | None:  # fmt: skip
    """Something done with an order in one of these states."""
    found = one(draw, sight.rows(purchasing.list_orders, status=status))
    return None if found is None else _buys(what, operation, _of_order(found), *foolish, id=found["id"], **fields)


def _of_order(found: Json) -> set[str]:
    return {found["id"], found["supplier_id"], *(line["item_id"] for line in found["lines"])}


def _buys(
    what: str, operation: Operation[Any, Any], touches: Iterable[str], *foolish: str, who: str = "buyer",
    alone: bool = False, if_match: int | None = None, **fields: Any,
) -> Move:  # fmt: skip
    return Move(
        who=who, what=what, operation=operation, fields=fields, touches=frozenset(touches), foolish=foolish,
        alone=alone, if_match=if_match,
    )  # fmt: skip

"""Those who keep the warehouses: goods that leave, come, come back, move, and are counted."""

import random
from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from services.commands.simulating.moves import Json, Move, Named
from services.commands.simulating.names import in_order
from services.commands.simulating.people.choosing import above_zero, beyond, one, part
from services.commands.simulating.sight import Sight
from shared.contracts import inventory
from shared.contracts.operations import Operation

_OPEN = ("open", "picked", "partly_handed_over")


def hand_over(sight: Sight, draw: random.Random) -> Move | None:
    """What is to leave leaves, all of it."""
    return _picking(sight, draw, "hands over", inventory.hand_over)


def hand_part_over(sight: Sight, draw: random.Random) -> Move | None:
    """A part of what is to leave leaves."""
    return _picking(sight, draw, "hands a part over", inventory.hand_over, lambda line: part(draw, line["open"]))


def confirm_pick(sight: Sight, draw: random.Random) -> Move | None:
    """What was picked, perhaps not all that was asked for."""
    return _picking(sight, draw, "confirms a pick", inventory.confirm_pick, lambda line: part(draw, line["quantity"]))


def receive(sight: Sight, draw: random.Random) -> Move | None:
    """All that is open of a purchase order comes in."""
    found = one(draw, sight.rows(inventory.list_inbound, status="open"))
    return None if found is None else _receiving(found, "receives", [])


def receive_part(sight: Sight, draw: random.Random) -> Move | None:
    """A part of a purchase order comes in, some of it no good."""
    found = one(draw, sight.rows(inventory.list_inbound, status="open"))
    if found is None:
        return None
    lines = [
        {"line": line["line"], "accepted": part(draw, line["open"]), "rejected": str(draw.choice((0, 0, 1)))}
        for line in found["lines"]
        if above_zero(line["open"])
    ]
    return _receiving(found, "receives a part", lines) if lines else None


def cancel_receipt(sight: Sight, draw: random.Random) -> Move | None:
    """What came in goes out again."""
    found = one(draw, sight.rows(inventory.list_receipts, status="received"))
    return (
        None
        if found is None
        else _keeps(
            "cancels a receipt", inventory.cancel_receipt, {found["id"], found["purchase_order_id"]}, id=found["id"]
        )
    )


def receive_return(sight: Sight, draw: random.Random) -> Move | None:
    """What a customer sent back comes in."""
    found = one(draw, sight.rows(inventory.list_expected_returns, status="expected,partly_received"))
    return (
        None
        if found is None
        else _keeps("takes a return in", inventory.receive_return, _of_return(found), return_id=found["id"])
    )


def inspect_return(sight: Sight, draw: random.Random) -> Move | None:
    """What came back goes on the shelf or to the scrap."""
    found = one(draw, sight.rows(inventory.list_expected_returns, status="partly_received,received"))
    if found is None:
        return None
    lines = [
        {"order_line": line["order_line"], **_judged(draw, line["to_inspect"])}
        for line in found["lines"]
        if above_zero(line["to_inspect"])
    ]
    return _keeps("inspects a return", inventory.inspect_return, _of_return(found), return_id=found["id"], lines=lines)


def ship_transfer(sight: Sight, draw: random.Random) -> Move | None:
    """Goods go to the other warehouse."""
    level = one(draw, [row for row in _stock(sight) if Decimal(row["available"]) >= 2])
    return (
        None
        if level is None
        else _transferring(sight, level, part(draw, str(int(Decimal(level["available"])))), "ships a transfer")
    )


def receive_transfer(sight: Sight, draw: random.Random) -> Move | None:
    """Goods from the other warehouse come in, or are lost."""
    found = one(draw, sight.rows(inventory.list_transfers, status="in_transit,partly_arrived"))
    if found is None:
        return None
    lines = [
        {"item_id": line["item_id"], "arrived": part(draw, line["in_transit"]), "lost": "0"}
        for line in found["lines"]
    ]  # fmt: skip
    if draw.random() < 0.3:
        lines = [{**line, "arrived": "0", "lost": "1"} for line in lines]
    return _keeps(
        "receives a transfer", inventory.receive_transfer, _items(found), transfer_id=found["id"], lines=lines
    )


def adjust(sight: Sight, draw: random.Random) -> Move | None:
    """A count found more or less than the books."""
    level = one(draw, _stock(sight))
    if level is None:
        return None
    fewer = min(2, int(Decimal(level["available"])))
    quantity, reason = (str(-fewer), "lost") if fewer and draw.random() < 0.5 else ("2", "found")
    return _adjusting(level, quantity, reason, "adjusts stock", unit_value=None if quantity[0] == "-" else "3.5")


def set_limits(sight: Sight, draw: random.Random) -> Move | None:
    """Other limits for an item."""
    level = one(draw, _stock(sight))
    line = level and {"item_id": level["item_id"], "minimum": str(draw.randint(1, 30)), "maximum": "70"}
    return (
        None
        if level is None
        else _keeps(
            "sets limits",
            inventory.set_stock_limits,
            {level["item_id"]},
            warehouse_id=level["warehouse_id"],
            lines=[line],
        )
    )


def new_item(_sight: Sight, draw: random.Random) -> Move:
    """An item that was not traded before."""
    sku = f"N{draw.randint(1, 99999):05}"
    return _keeps("registers an item", inventory.register_item, set(), sku=sku, name=sku, weight="1")


# ---- foolish


def over_ship(sight: Sight, draw: random.Random) -> Move | None:
    """More than is to leave."""
    return _picking(
        sight, draw, "hands too much over", inventory.hand_over, lambda line: beyond(line["open"]), "over_shipped"
    )


def over_receive(sight: Sight, draw: random.Random) -> Move | None:
    """More than was ordered, far beyond the tolerance."""
    found = one(draw, sight.rows(inventory.list_inbound, status="open"))
    lines = found and [{"line": 1, "accepted": beyond(found["lines"][0]["acceptable"])}]
    return None if found is None else _receiving(found, "receives too much", lines, "over_receipt", "line_cancelled")


def receive_closed(sight: Sight, draw: random.Random) -> Move | None:
    """Nothing more is wanted."""
    found = one(draw, sight.rows(inventory.list_inbound, status="closed"))
    lines = [{"line": 1, "accepted": "1"}]
    return (
        None
        if found is None
        else _receiving(found, "receives what is closed", lines, "inbound_closed", "line_cancelled")
    )


def write_off_too_much(sight: Sight, draw: random.Random) -> Move | None:
    """More than is there."""
    level = one(draw, _stock(sight))
    return (
        None
        if level is None
        else _adjusting(level, f"-{beyond(level['on_hand'])}", "lost", "writes too much off", "insufficient_stock")
    )


def transfer_too_much(sight: Sight, draw: random.Random) -> Move | None:
    """More than is there."""
    level = one(draw, _stock(sight))
    return (
        None
        if level is None
        else _transferring(sight, level, beyond(level["on_hand"]), "ships too much", "insufficient_stock")
    )


def cancel_receipt_twice(sight: Sight, draw: random.Random) -> Move | None:
    """It is cancelled already."""
    found = one(draw, sight.rows(inventory.list_receipts, status="cancelled"))
    return None if found is None else _keeps(
        "cancels a receipt again", inventory.cancel_receipt, {found["purchase_order_id"]}, "already_cancelled",
        id=found["id"],
    )  # fmt: skip


def _picking(
    sight: Sight, draw: random.Random, what: str, operation: Operation[Any, Any], quantity: Any = None, *foolish: str
) -> Move | None:
    """Something done with an open pick list: to all of it, or so much of each of its lines."""
    found = one(draw, sight.rows(inventory.list_picks, status=",".join(_OPEN)))
    if found is None:
        return None
    order = found["order_id"]
    every = in_order("pick", sight.rows(inventory.list_picks, order_id=order))
    nth = next(at for at, pick in enumerate(every) if pick["id"] == found["id"])
    lines = (
        [{"line": line["line"], "quantity": quantity(line)} for line in found["lines"] if above_zero(line["open"])]
        if quantity
        else []
    )
    return _keeps(what, operation, {order}, *foolish, id=Named("pick", order, nth), lines=lines)


def _receiving(inbound: Json, what: str, lines: Any, *foolish: str) -> Move:
    return _keeps(
        what, inventory.receive_goods, {inbound["id"], inbound["supplier_id"], *_items(inbound)}, *foolish,
        purchase_order_id=inbound["id"], lines=lines,
    )  # fmt: skip


def _transferring(sight: Sight, level: Json, quantity: str, what: str, *foolish: str) -> Move:
    (other,) = (each for each in sight.warehouses if each != level["warehouse_id"])
    lines = [{"item_id": level["item_id"], "quantity": quantity}]
    return _keeps(
        what, inventory.ship_transfer, {level["item_id"]}, *foolish, from_warehouse_id=level["warehouse_id"],
        to_warehouse_id=other, lines=lines,
    )  # fmt: skip


def _adjusting(
    level: Json, quantity: str, reason: str, what: str, *foolish: str, unit_value: str | None = None
) -> Move:
    line = {"item_id": level["item_id"], "quantity": quantity, "unit_value": unit_value}
    return _keeps(
        what, inventory.adjust_stock, {level["item_id"]}, *foolish, warehouse_id=level["warehouse_id"], reason=reason,
        lines=[line],
    )  # fmt: skip


def _judged(draw: random.Random, quantity: str) -> Json:
    restocked = int(Decimal(part(draw, quantity)))
    return {"restocked": str(restocked), "scrapped": str(int(Decimal(quantity)) - restocked)}


def _stock(sight: Sight) -> list[Json]:
    return [row for row in sight.rows(inventory.list_stock) if row["item_id"] in sight.goods]


def _items(document: Json) -> set[str]:
    return {line["item_id"] for line in document["lines"]}


def _of_return(found: Json) -> set[str]:
    return {found["id"], found["order_id"], *_items(found)}


def _keeps(what: str, operation: Operation[Any, Any], touches: Iterable[str], *foolish: str, **fields: Any) -> Move:
    return Move(
        who="keeper", what=what, operation=operation, fields=fields, touches=frozenset(touches), foolish=foolish
    )

"""Customers and those who sell to them: orders, cancellations, returns."""

import random
from typing import Any

from services.commands.simulating.moves import Json, Move
from services.commands.simulating.people.choosing import NOBODY, above_zero, beyond, one, part
from services.commands.simulating.sight import Sight
from shared.contracts import sales

_STANDING = "placed,on_hold,confirmed,partly_shipped,shipped"


def order(sight: Sight, draw: random.Random) -> Move:
    """A customer orders one to three items, sometimes from the other warehouse, sometimes with a service."""
    warehouse = {"warehouse_id": sight.warehouses[1]} if draw.random() < 0.25 else {}
    lines = [_line(item, draw, **warehouse) for item in draw.sample(sight.goods, draw.randint(1, 3))]
    if draw.random() < 0.2:
        lines.append({"item_id": draw.choice(sight.services), "quantity": "1", "price": "30"})
    return _placing(_customer(sight, draw), lines, "orders goods", accept_backorder=draw.random() < 0.8)


def order_service(sight: Sight, draw: random.Random) -> Move:
    """A customer orders a service alone."""
    lines = [{"item_id": draw.choice(sight.services), "quantity": "1", "price": str(draw.randint(20, 90))}]
    return _placing(_customer(sight, draw), lines, "orders a service")


def order_boxes(sight: Sight, draw: random.Random) -> Move:
    """A customer orders in boxes of twelve, with more allowed to come."""
    line = _line(sight.goods[draw.choice((0, 3, 6, 9))], draw, unit="box", quantity="1", over_tolerance="0.1")
    return _placing(_customer(sight, draw), [line], "orders a box")


def order_bought_in(sight: Sight, draw: random.Random) -> Move:
    """What is ordered is bought for this order."""
    return _placing(_customer(sight, draw), [_line(_item(sight, draw), draw, buy_to_order=True)], "orders bought in")


def cancel(sight: Sight, draw: random.Random) -> Move | None:
    """Someone no longer wants an order, at whatever stage it is."""
    return _cancelling(one(draw, sight.rows(sales.list_orders, status=_STANDING)), "cancels")


def cancel_line(sight: Sight, draw: random.Random) -> Move | None:
    """Someone no longer wants the first line of an order."""
    found = one(draw, sight.rows(sales.list_orders, status=_STANDING))
    return _cancelling(found, "cancels a line", lines=[1])


def take_back(sight: Sight, draw: random.Random) -> Move | None:
    """A customer may send goods back."""
    line = one(draw, _returnable(sight))
    if line is None:
        return None
    return _returning(line, part(draw, str(int(float(line["handed_over"]) - float(line["returned"])))))


def give_up_return(sight: Sight, draw: random.Random) -> Move | None:
    """A return will not come."""
    found = one(draw, sight.rows(sales.list_returns, status="authorised"))
    if found is None:
        return None
    return _sells("cancels a return", sales.cancel_return, {found["id"], found["order_id"]}, id=found["id"])


def change_customer(sight: Sight, draw: random.Random) -> Move:
    """A customer moves."""
    row = draw.choice([row for row in sight.rows(sales.list_customers) if not row["archived"]])
    return _sells(
        "changes a customer", sales.change_customer, {row["id"]}, if_match=row["version"], id=row["id"],
        name=f"{row['code']} {draw.randint(1, 999)}",
    )  # fmt: skip


def new_customer(_sight: Sight, draw: random.Random) -> Move:
    """Someone buys for the first time; where the code is taken already, they are known."""
    code = f"N{draw.randint(1, 99999):05}"
    return _sells("registers a customer", sales.register_customer, set(), code=code, name=code, country="China")


def set_price(sight: Sight, draw: random.Random) -> Move:
    """The price of an item for everyone."""
    item = _item(sight, draw)
    return _sells("sets a price", sales.set_price, {item}, item_id=item, price=str(draw.randint(5, 20)))


# ---- foolish


def order_what_is_not_there(sight: Sight, draw: random.Random) -> Move:
    """There is no such item."""
    return _placing(_customer(sight, draw), [_line(NOBODY, draw)], "orders what is not there", "unknown_reference")


def order_from_archive(sight: Sight, draw: random.Random) -> Move:
    """The customer was archived."""
    return _placing(sight.archived_customer, [_line(_item(sight, draw), draw)], "orders though archived", "archived")


def order_less_than_nothing(sight: Sight, draw: random.Random) -> Move:
    """A quantity below zero."""
    line = _line(_item(sight, draw), draw, quantity="-3")
    return _placing(_customer(sight, draw), [line], "orders less than nothing", "not_positive", "invalid")


def order_in_unknown_unit(sight: Sight, draw: random.Random) -> Move:
    """No item is traded in bushels."""
    line = _line(_item(sight, draw), draw, unit="bushel")
    return _placing(_customer(sight, draw), [line], "orders bushels", "unknown_unit")


def cancel_twice(sight: Sight, draw: random.Random) -> Move | None:
    """What is cancelled cannot be cancelled."""
    found = one(draw, sight.rows(sales.list_orders, status="cancelled"))
    return _cancelling(found, "cancels again", "already_cancelled")


def cancel_completed(sight: Sight, draw: random.Random) -> Move | None:
    """It is all over."""
    found = one(draw, sight.rows(sales.list_orders, status="completed"))
    return _cancelling(found, "cancels what is completed", "completed", "too_late")


def return_too_much(sight: Sight, draw: random.Random) -> Move | None:
    """More than was ever sold."""
    line = one(draw, _returnable(sight))
    return None if line is None else _returning(line, beyond(line["handed_over"]), "not_returnable")


def change_by_old_version(sight: Sight, draw: random.Random) -> Move:
    """Somebody changed the customer meanwhile."""
    row = draw.choice(sight.rows(sales.list_customers))
    return _sells(
        "changes by an old version", sales.change_customer, {row["id"]}, "stale_version", if_match=row["version"] + 1,
        id=row["id"], name="Wrong",
    )  # fmt: skip


def _customer(sight: Sight, draw: random.Random) -> str:
    return draw.choice(sight.customers)


def _item(sight: Sight, draw: random.Random) -> str:
    return draw.choice(sight.goods)


def _line(item: str, draw: random.Random, **more: Any) -> Json:
    price = f"{draw.randint(600, 1500) / 100:.2f}"
    return {"item_id": item, "quantity": str(draw.randint(1, 12)), "price": price, **more}


def _returnable(sight: Sight) -> list[Json]:
    lines = sight.rows(sales.list_order_lines)
    return [line for line in lines if line["kind"] == "goods" and float(line["handed_over"]) > float(line["returned"])]


def _returning(line: Json, quantity: str, *foolish: str) -> Move | None:
    if not above_zero(quantity):
        return None
    lines = [{"order_line": line["line"], "quantity": quantity}]
    return _sells(
        "authorises a return", sales.authorise_return, {line["order_id"]}, *foolish, order_id=line["order_id"],
        reason="does not fit", lines=lines,
    )  # fmt: skip


def _cancelling(found: Json | None, what: str, *foolish: str, **more: Any) -> Move | None:
    if found is None:
        return None
    return _sells(what, sales.cancel_order, {found["id"]}, *foolish, id=found["id"], reason="not wanted", **more)


def _placing(customer: str, lines: list[Json], what: str, *foolish: str, **more: Any) -> Move:
    touches = {customer, *(line["item_id"] for line in lines)}
    return _sells(what, sales.place_order, touches, *foolish, customer_id=customer, lines=lines, **more)


def _sells(
    what: str, operation: Any, touches: set[str], *foolish: str, if_match: int | None = None, **fields: Any
) -> Move:
    return Move(
        who="seller", what=what, operation=operation, fields=fields, touches=frozenset(touches), foolish=foolish,
        if_match=if_match,
    )  # fmt: skip

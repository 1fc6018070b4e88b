"""Those who keep the books: money in and out, suppliers' invoices, credit, entries, periods."""

import random
from collections.abc import Iterable
from datetime import timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from services.commands.simulating.moves import Json, Move, Named
from services.commands.simulating.names import in_order
from services.commands.simulating.people.choosing import above_zero, one
from services.commands.simulating.sight import Sight
from shared.contracts import finance, purchasing
from shared.contracts.operations import Operation

_CENT = Decimal("0.01")


def collect(sight: Sight, draw: random.Random) -> Move | None:
    """A customer pays an invoice, or what is open, or a part."""
    item = one(draw, _owed(sight))
    return None if item is None else _receiving(sight, item, str(_some(draw, item["open_amount"])), "receives money")


def collect_for_invoice(sight: Sight, draw: random.Random) -> Move | None:
    """A customer says which invoice the money is for."""
    item = one(draw, [each for each in _owed(sight) if each["kind"] == "invoice" and each["order_id"]])
    if item is None:
        return None
    invoices = in_order("invoice", sight.rows(finance.list_invoices, order_id=item["order_id"]))
    nth = next(at for at, invoice in enumerate(invoices) if invoice["id"] == item["document_id"])
    advice = {"document_id": Named("invoice", item["order_id"], nth), "amount": item["open_amount"]}
    return _receiving(sight, item, item["open_amount"], "receives money for an invoice", allocations=[advice])


def collect_on_account(sight: Sight, draw: random.Random) -> Move:
    """A customer pays in advance."""
    customer = {"customer_id": draw.choice(sight.customers), "currency": None}
    return _receiving(sight, customer, str(draw.randint(10, 300)), "receives money on account", allocations=[])


def cancel_payment(sight: Sight, draw: random.Random) -> Move | None:
    """The money did not come after all."""
    found = one(draw, sight.rows(finance.list_payments, kind="payment", state="booked"))
    return None if found is None else _books(
        "cancels a payment", finance.cancel_payment, _of_customer(sight, found["customer_id"]), id=found["id"],
        reason="not honoured",
    )  # fmt: skip


def refund(sight: Sight, draw: random.Random) -> Move | None:
    """What stands on a customer's account goes back."""
    found = one(draw, [row for row in _open_items(sight) if Decimal(row["open_amount"]) < 0])
    return None if found is None else _books(
        "refunds", finance.refund_customer, _of_customer(sight, found["customer_id"]), customer_id=found["customer_id"],
        amount=str(_some(draw, found["open_amount"].lstrip("-"))), currency=found["currency"],
    )  # fmt: skip


def write_off(sight: Sight, draw: random.Random) -> Move | None:
    """A debt is given up."""
    item = one(draw, _owed(sight))
    return None if item is None else _books(
        "writes off", finance.write_off_receivable, _of_customer(sight, item["customer_id"]), who="controller",
        customer_id=item["customer_id"], amount=str(_some(draw, item["open_amount"])), currency=item["currency"],
        reason="hopeless",
    )  # fmt: skip


def charge(sight: Sight, draw: random.Random) -> Move:
    """Money without goods, one way or the other."""
    customer = draw.choice(sight.customers)
    return _books(
        "adjusts an account", finance.adjust_customer_account, _of_customer(sight, customer), who="controller",
        customer_id=customer, amount=str(draw.choice((-20, 15, 40))), kind=draw.choice(("manual", "discount", "fee")),
    )  # fmt: skip


def set_limit(sight: Sight, draw: random.Random) -> Move:
    """Another credit limit."""
    customer = draw.choice(sight.customers)
    return _books(
        "sets a credit limit", finance.set_credit_limit, _of_customer(sight, customer), who="controller",
        customer_id=customer, limit=str(draw.choice((200, 500, 1000, 5000))),
    )  # fmt: skip


def release(sight: Sight, draw: random.Random) -> Move | None:
    """An order beyond the limit may go on."""
    return _deciding(sight, draw, "held", "releases a hold", finance.release_credit_hold)


def decline(sight: Sight, draw: random.Random) -> Move | None:
    """An order beyond the limit may not."""
    return _deciding(sight, draw, "held", "declines a hold", finance.decline_credit_hold)


def record_invoice(sight: Sight, draw: random.Random) -> Move | None:
    """A supplier's invoice, as it should be."""
    return _recording(sight, draw, "records an invoice", Decimal(1), 0)


def record_wrong_invoice(sight: Sight, draw: random.Random) -> Move | None:
    """A supplier's invoice with too much on it: an exception."""
    price, more = draw.choice(((Decimal("1.4"), 0), (Decimal(1), 7), (Decimal("0.5"), 0)))
    return _recording(sight, draw, "records a wrong invoice", price, more)


def accept_invoice(sight: Sight, draw: random.Random) -> Move | None:
    """A second person takes it as it is."""
    return _judging(sight, draw, "accepts an invoice", finance.accept_supplier_invoice, who="controller")


def reject_invoice(sight: Sight, draw: random.Random) -> Move | None:
    """A second person sends it back."""
    return _judging(sight, draw, "rejects an invoice", finance.reject_supplier_invoice, who="controller")


def pay(sight: Sight, draw: random.Random) -> Move | None:
    """A supplier gets money for what is open."""
    rows = [row for row in sight.rows(finance.list_payables, open="true") if above_zero(row["open_amount"])]
    item = one(draw, rows)
    amount = item and str(_some(draw, item["open_amount"]))
    return None if item is None else _books(
        "pays a supplier", finance.pay_supplier, {item["supplier_id"]}, who="controller",
        supplier_id=item["supplier_id"], amount=amount, currency=item["currency"], reference=f"R{draw.randint(1, 999)}",
    )  # fmt: skip


def post_entry(_sight: Sight, draw: random.Random) -> Move:
    """An entry by hand."""
    amount = str(draw.randint(1, 500))
    lines = [{"account": "6602.09", "debit": amount}, {"account": "1002", "credit": amount}]
    return _books("posts an entry", finance.post_entry, set(), who="controller", note="rent", lines=lines)


def close_period(sight: Sight, _draw: random.Random) -> Move | None:
    """Last month is closed, once everything of it has been told."""
    last = sight.today.replace(day=1) - timedelta(days=1)
    name = f"{last:%Y-%m}"
    if any(row["period"] == name and row["state"] == "closed" for row in sight.rows(finance.list_periods)):
        return None
    return _books("closes a period", finance.close_period, set(), who="controller", alone=True, period=name)


# ---- foolish


def receive_less_than_nothing(sight: Sight, draw: random.Random) -> Move:
    """An amount below zero."""
    customer = {"customer_id": draw.choice(sight.customers), "currency": None}
    return _receiving(sight, customer, "-5", "receives less than nothing", "invalid")


def allocate_too_much(sight: Sight, draw: random.Random) -> Move | None:
    """More onto an item than is open."""
    item = one(draw, _owed(sight))
    if item is None or not item["order_id"] or item["kind"] != "invoice":
        return None
    invoices = in_order("invoice", sight.rows(finance.list_invoices, order_id=item["order_id"]))
    nth = next(at for at, invoice in enumerate(invoices) if invoice["id"] == item["document_id"])
    advice = {"document_id": Named("invoice", item["order_id"], nth), "amount": "99999"}
    return _receiving(sight, item, "99999", "allocates too much", "over_allocated", allocations=[advice])


def pay_twice(sight: Sight, draw: random.Random) -> Move | None:
    """The same payment of today once more."""
    today = sight.today.isoformat()
    found = one(draw, [row for row in sight.rows(finance.list_supplier_payments) if row["paid_on"] == today])
    return None if found is None else _books(
        "pays twice", finance.pay_supplier, {found["supplier_id"]}, "duplicate_payment", who="controller",
        supplier_id=found["supplier_id"], amount=found["amount"], currency=found["currency"],
        reference=found["reference"],
    )  # fmt: skip


def accept_own_invoice(sight: Sight, draw: random.Random) -> Move | None:
    """Who recorded it accepts it."""
    return _judging(sight, draw, "accepts their own invoice", finance.accept_supplier_invoice, "same_person")


def release_twice(sight: Sight, draw: random.Random) -> Move | None:
    """It is not held any more."""
    return _deciding(
        sight, draw, "released,declined,dropped", "releases again", finance.release_credit_hold, "not_held"
    )


def post_unbalanced(_sight: Sight, _draw: random.Random) -> Move:
    """Debits that are not credits."""
    lines = [{"account": "6602.09", "debit": "10"}, {"account": "1002", "credit": "9"}]
    return _books(
        "posts what does not balance", finance.post_entry, set(), "unbalanced_entry", note="oops", lines=lines
    )


def post_to_stock(_sight: Sight, _draw: random.Random) -> Move:
    """An account that stock itself keeps."""
    lines = [{"account": "1405", "debit": "10"}, {"account": "1002", "credit": "10"}]
    return _books("posts to stock", finance.post_entry, set(), "control_account", note="oops", lines=lines)


def close_ahead(_sight: Sight, _draw: random.Random) -> Move:
    """A month that has not begun."""
    return _books("closes next year", finance.close_period, set(), "period_ahead", period="2027-01")


def _open_items(sight: Sight) -> list[Json]:
    return sight.rows(finance.list_receivables, open="true")


def _owed(sight: Sight) -> list[Json]:
    return [row for row in _open_items(sight) if above_zero(row["open_amount"])]


def _some(draw: random.Random, amount: str) -> Decimal:
    """Mostly all of an amount."""
    whole = Decimal(amount)
    return whole if draw.random() < 0.7 else max(_CENT, (whole / 3).quantize(_CENT))


def _of_customer(sight: Sight, customer: str) -> set[str]:
    """A customer, and the orders that money of theirs may set free."""
    held = sight.rows(finance.list_credit_holds, customer_id=customer, state="held")
    return {customer, *(row["order_id"] for row in held)}


def _receiving(sight: Sight, owed: Json, amount: str, what: str, *foolish: str, **more: Any) -> Move:
    customer = owed["customer_id"]
    return _books(
        what, finance.receive_payment, _of_customer(sight, customer), *foolish, customer_id=customer, amount=amount,
        currency=owed["currency"], **more,
    )  # fmt: skip


def _deciding(
    sight: Sight, draw: random.Random, state: str, what: str, operation: Operation[Any, Any], *foolish: str
) -> Move | None:
    found = one(draw, sight.rows(finance.list_credit_holds, state=state))
    return None if found is None else _books(
        what, operation, {found["order_id"], *_of_customer(sight, found["customer_id"])}, *foolish, who="controller",
        id=found["id"], reason="as it is",
    )  # fmt: skip


def _recording(sight: Sight, draw: random.Random, what: str, price: Decimal, more: int) -> Move | None:
    orders = sight.rows(purchasing.list_orders, status="partly_received,received,closed")
    due = [order for order in orders if any(map(_uninvoiced, order["lines"]))]
    found = one(draw, due)
    if found is None:
        return None
    lines = [_billed(line, price, more) for line in found["lines"] if _uninvoiced(line) > 0]
    return _books(
        what, finance.record_supplier_invoice, {found["id"], found["supplier_id"], *_items(found)},
        supplier_id=found["supplier_id"], supplier_number=f"F{draw.randint(1, 10**6)}", purchase_order_id=found["id"],
        lines=lines,
    )  # fmt: skip


def _uninvoiced(line: Json) -> Decimal:
    return max(Decimal(0), Decimal(line["received"]) - Decimal(line["invoiced"]))


def _billed(line: Json, price: Decimal, more: int) -> Json:
    quantity = _uninvoiced(line) + more
    net = (quantity * Decimal(line["price"]) * price).quantize(_CENT, ROUND_HALF_UP)
    tax = (net * Decimal(line["tax_rate"])).quantize(_CENT, ROUND_HALF_UP)
    return {"line": line["line"], "quantity": quantity, "net": net, "tax": tax}


def _judging(
    sight: Sight, draw: random.Random, what: str, operation: Operation[Any, Any], *foolish: str, who: str = "bookkeeper"
) -> Move | None:
    found = one(draw, sight.rows(finance.list_supplier_invoices, status="exception"))
    return None if found is None else _books(
        what, operation, {found["id"], found["purchase_order_id"], found["supplier_id"]}, *foolish, who=who,
        id=found["id"], reason="as agreed",
    )  # fmt: skip


def _items(order: Json) -> set[str]:
    return {line["item_id"] for line in order["lines"]}


def _books(
    what: str, operation: Operation[Any, Any], touches: Iterable[str], *foolish: str, who: str = "bookkeeper",
    alone: bool = False, **fields: Any,
) -> Move:  # fmt: skip
    return Move(
        who=who, what=what, operation=operation, fields=fields, touches=frozenset(touches), foolish=foolish,
        alone=alone,
    )  # fmt: skip

"""Whole lives of orders, in waves: placed, reserved, handed over, posted and invoiced."""

import random
from collections.abc import Callable, Iterable

from shared.contracts import finance, inventory, sales
from tests.benchmarks.callers import Caller, Unexpected, rows
from tests.benchmarks.market import Market

Settle = Callable[[], None]


def live(caller: Caller, settle: Settle, market: Market, rng: random.Random, orders: int) -> list[str]:
    """One wave: place the orders, let the company come to rest, hand all of them over, and let it rest again."""
    placed = [caller.do(sales.place_order, **market.order(rng))["id"] for _ in range(orders)]
    settle()
    open_picks = list(rows(caller, inventory.list_picks, status="open"))
    for pick in open_picks:
        caller.do(inventory.hand_over, id=pick["id"])
    settle()
    if len(open_picks) != orders:
        raise Unexpected(f"{orders} orders were placed and {len(open_picks)} were to pick")
    return placed


def require_invoiced(caller: Caller, orders: Iterable[str]) -> None:
    """Raise Unexpected unless every order has left and has exactly one invoice."""
    every = set(orders)
    billed = [invoice["order_id"] for invoice in rows(caller, finance.list_invoices)]
    if sorted(billed) != sorted(every):
        raise Unexpected(f"{len(every)} orders left and {len(billed)} invoices were issued")

"""O11 on PostgreSQL: however many want the last units at once, no more is promised than there is."""

import threading
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from random import Random

import pytest

from deploy.local.servers import Installation
from services.inventory.service import SERVICE
from shared.contracts import inventory, sales
from shared.runtime.delivery import Delivery
from tests.integration.racing import on_postgresql
from tests.unit.inventory.stockroom import D, Stockroom, order_placed, shown
from tests.unit.inventory.test_stock_ledger import check

SKUS = ("A", "B", "C")


@pytest.fixture
def room(installation: Installation, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Stockroom]:
    with on_postgresql(SERVICE, installation, monkeypatch):
        yield Stockroom(tmp_path)


def placed(room: Stockroom, order: str, skus: list[str]) -> Delivery:
    """An order as it comes from the wire."""
    fields = order_placed(room, [room.items[sku] for sku in skus], [D(1) for _ in skus], 7)
    return room.delivery(sales.order_placed, {"order_id": order, **fields})


def cancelled(room: Stockroom, order: str) -> Delivery:
    fields = {"cancellation_id": room.new_id(), "order_id": order, "lines": [], "reason": "x"}
    return room.delivery(sales.cancellation_requested, fields)


def at_once(room: Stockroom, deliveries: list[list[Delivery]]) -> None:
    """Take each list in by a thread of its own, all from the same moment on."""
    receiver, start = room.runtime.receivers["inventory"], threading.Barrier(len(deliveries))
    troubles: list[object] = []

    def take(mine: list[Delivery]) -> None:
        start.wait()
        for each in mine:
            outcome = receiver.take_apart(each)
            if outcome != "handled":
                troubles.append(outcome)

    run([partial(take, mine) for mine in deliveries])
    assert troubles == []


def run(works: list[Callable[[], None]]) -> None:
    threads = [threading.Thread(target=work) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def test_o11_many_at_once_never_promise_more_than_there_is(room: Stockroom) -> None:
    room.stocked(*[(sku, 20, 200) for sku in SKUS])
    random, orders = Random(7), [room.new_id() for _ in range(60)]
    lines = {order: random.sample(SKUS, 3) for order in orders}
    at_once(room, [[placed(room, order, lines[order]) for order in orders[at::6]] for at in range(6)])
    assert [shown(room.level(sku).reserved, room.level(sku).backordered) for sku in SKUS] == ["20 40"] * 3
    at_once(room, [[cancelled(room, order) for order in orders[at:40:4]] for at in range(4)])
    assert [shown(room.level(sku).reserved, room.level(sku).backordered) for sku in SKUS] == ["20 0"] * 3
    room.settle()
    assert room.troubles() == []
    check(room)


def test_a_hand_over_and_a_cancellation_at_once_share_the_order_between_them(room: Stockroom) -> None:
    room.stocked(("A", 20, 200))
    orders = [room.order(("A", 1)) for _ in range(20)]
    picks = [room.plan(order, (1, "A", 1)) for order in orders]
    handed: list[str] = []

    def hand_over() -> None:
        for pick in picks:
            reply = room.ask(inventory.hand_over, id=pick)
            if reply.problem is None:
                handed.append(pick)
            else:
                assert reply.problem.code == "nothing_open"

    receiver = room.runtime.receivers["inventory"]
    cancels = [cancelled(room, order) for order in orders]

    def cancel() -> None:
        for each in cancels:
            assert receiver.take_apart(each) == "handled"

    run([hand_over, cancel])
    room.settle()
    outcomes = [fact.outcome for fact in room.told(inventory.cancellation_decided)]
    assert outcomes.count("too_late") == len(handed)
    assert room.level("A").on_hand == 20 - len(handed)
    assert room.troubles() == []
    check(room)

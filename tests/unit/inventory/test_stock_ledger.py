"""W1: whatever the house does, the ledger, the balances, the levels and the values say the same."""

from collections import defaultdict
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from random import Random
from typing import Any

import pytest

from shared.contracts import inventory, purchasing
from shared.contracts.operations import ListQuery, Operation, Page
from tests.unit.inventory.stockroom import D, Stockroom, worth

SKUS = ("A", "B", "C")


class Keeper:
    """Does what comes to mind, as far as it is allowed."""

    def __init__(self, room: Stockroom, seed: int) -> None:
        self.room, self.random = room, Random(seed)
        self.there = room.warehouse("there")
        self.orders: list[tuple[str, list[str]]] = []
        self.purchases: list[str] = []
        self.acts: tuple[Callable[[], None], ...] = (
            self.buy, self.receive, self.undo_receipt, self.close, self.order, self.cancel, self.ship, self.hand_over,
            self.take_back, self.inspect, self.transfer, self.arrive, self.adjust, self.open,
        )  # fmt: skip

    def act(self) -> None:
        self.random.choice(self.acts)()

    def number(self, most: int = 6) -> Decimal:
        return D(self.random.randint(1, most * 4)) / 4

    def sku(self) -> str:
        return self.random.choice(SKUS)

    def any(self, operation: Operation[ListQuery, Page[Any]], **filters: str) -> Any:
        found = self.room.do(operation, **filters).data
        return self.random.choice(found) if found else None

    def attempt(self, operation: Operation[Any, Any], **fields: Any) -> None:
        """What is refused changes nothing; what nobody expected fails the test."""
        reply = self.room.ask(operation, **fields)
        assert reply.problem is None or reply.problem.status in (409, 422), reply.problem
        self.room.settle()

    def buy(self) -> None:
        lines = [
            {"sku": self.sku(), "quantity": self.number(), "net": self.number(50), "over": "0.25", "under": "0.1"}
            for _ in range(2)
        ]
        self.purchases.append(self.room.approve(*lines))

    def receive(self) -> None:
        if found := self.any(inventory.list_inbound):
            line = self.random.choice(found.lines)
            given = {"line": line.line, "accepted": self.number(), "rejected": D(self.random.randint(0, 1))}
            self.attempt(inventory.receive_goods, purchase_order_id=found.id, lines=[given])

    def undo_receipt(self) -> None:
        if found := self.any(inventory.list_receipts):
            self.attempt(inventory.cancel_receipt, id=found.id)

    def close(self) -> None:
        if self.purchases and self.random.random() < 0.3:
            order = self.random.choice(self.purchases)
            self.room.given(purchasing.closing_requested, purchase_order_id=order, reason="x")

    def order(self) -> None:
        skus = [self.sku() for _ in range(3)]
        order = self.room.order(*[(sku, self.number()) for sku in skus], promised=self.random.randint(1, 9),
                                over_tolerance=D("0.2"))  # fmt: skip
        self.orders.append((order, skus))

    def cancel(self) -> None:
        if self.orders and self.random.random() < 0.5:
            self.room.cancel(self.random.choice(self.orders)[0], *self.random.choice(((), (1,), (2, 3))))

    def ship(self) -> None:
        if self.orders:
            order, skus = self.random.choice(self.orders)
            self.room.plan(order, *[(at + 1, sku, self.number()) for at, sku in enumerate(skus)])

    def hand_over(self) -> None:
        if found := self.any(inventory.list_picks, status="open,picked,partly_handed_over"):
            line = self.random.choice(found.lines)
            part = [{"line": line.line, "quantity": self.number(4)}]
            self.attempt(inventory.hand_over, id=found.id, lines=self.random.choice(([], part)))

    def take_back(self) -> None:
        if self.orders:
            order, skus = self.random.choice(self.orders)
            returned = self.room.returning(order, (1, skus[0], self.number(2)))
            self.attempt(inventory.receive_return, return_id=returned)

    def inspect(self) -> None:
        if found := self.any(inventory.list_expected_returns, status="received"):
            scrapped = found.lines[0].to_inspect * self.random.choice((D(0), D("0.5"), D(1)))
            rest = found.lines[0].to_inspect - scrapped
            lines = [{"order_line": 1, "restocked": rest, "scrapped": scrapped}]
            self.attempt(inventory.inspect_return, return_id=found.id, lines=lines)

    def transfer(self) -> None:
        ends = [self.room.main, self.there]
        self.random.shuffle(ends)
        lines = [{"item_id": self.room.items[self.sku()], "quantity": self.number()}]
        self.attempt(inventory.ship_transfer, from_warehouse_id=ends[0], to_warehouse_id=ends[1], lines=lines)

    def arrive(self) -> None:
        if found := self.any(inventory.list_transfers, status="in_transit,partly_arrived"):
            line = {"item_id": found.lines[0].item_id, "arrived": self.number(3), "lost": D(self.random.randint(0, 1))}
            lines = self.random.choice(([], [line]))
            self.attempt(inventory.receive_transfer, transfer_id=found.id, lines=lines)

    def adjust(self) -> None:
        line = {"item_id": self.room.items[self.sku()], "quantity": self.random.choice((1, -1)) * self.number(2)}
        place = self.random.choice((self.room.main, self.there))
        self.attempt(inventory.adjust_stock, warehouse_id=place, reason="correction", lines=[line])

    def open(self) -> None:
        self.room.stocked((self.sku(), self.number(), self.number(30)), warehouse=self.there)


def everything(room: Stockroom, operation: Operation[ListQuery, Page[Any]]) -> list[Any]:
    page = room.do(operation, limit="1000")
    assert not page.has_more
    return page.data


def check(room: Stockroom) -> None:
    """The invariants that the audit holds, by other code than what keeps them."""
    moves = everything(room, inventory.list_stock_moves)
    held: dict[tuple[str, ...], Decimal] = defaultdict(Decimal)
    values: dict[str, Decimal] = defaultdict(Decimal)
    for move in moves:
        held[move.item_id, move.lot, move.warehouse_id, move.bin, move.status, move.owner] += move.quantity
        values[move.item_id] += worth(move.value)
    kept = {
        (row.item_id, row.lot, row.warehouse_id, row.bin, row.status, row.owner): row.quantity
        for row in everything(room, inventory.list_stock_balances)
    }
    assert kept == held
    check_values(room, values, held)
    check_levels(room, held)
    check_picks(room)


def check_values(room: Stockroom, values: dict[str, Decimal], held: dict[tuple[str, ...], Decimal]) -> None:
    worths: dict[str, Decimal] = defaultdict(Decimal)
    quantities: dict[str, Decimal] = defaultdict(Decimal)
    for row in everything(room, inventory.list_stock_values):
        assert row.value == 0 or row.quantity
        worths[row.item_id] += row.value
        quantities[row.item_id] += row.quantity
    for item in room.items.values():
        assert worths[item] == values[item]
        assert quantities[item] == sum(quantity for key, quantity in held.items() if key[0] == item)


def check_levels(room: Stockroom, held: dict[tuple[str, ...], Decimal]) -> None:
    promised: dict[tuple[str, str], list[Decimal]] = defaultdict(lambda: [D(0), D(0)])
    for line in everything(room, inventory.list_reservations):
        assert line.reserved + line.backordered == max(line.ordered - line.cancelled - line.handed_over, 0)
        assert line.ordered + line.over_shipped == line.handed_over + line.reserved + line.backordered + line.cancelled
        promised[line.item_id, line.warehouse_id][0] += line.reserved
        promised[line.item_id, line.warehouse_id][1] += line.backordered
    inbound: dict[tuple[str, str], Decimal] = defaultdict(Decimal)
    for expected in everything(room, inventory.list_inbound):
        for line in expected.lines if expected.status != "closed" else ():
            inbound[line.item_id, expected.warehouse_id] += line.awaited
    for level in everything(room, inventory.list_stock):
        spot = (level.item_id, level.warehouse_id)
        assert 0 <= level.reserved <= level.on_hand
        assert [level.reserved, level.backordered] == promised[spot]
        assert not (level.backordered and level.available)
        assert level.inbound == inbound[spot]
        available = [q for key, q in held.items() if (key[0], key[2], key[4]) == (*spot, "available")]
        assert level.on_hand == sum(available)


def check_picks(room: Stockroom) -> None:
    listed: dict[tuple[str, int], Decimal] = defaultdict(Decimal)
    for pick in everything(room, inventory.list_picks):
        for line in pick.lines:
            listed[pick.order_id, line.line] += line.open
    for line in everything(room, inventory.list_reservations):
        assert listed[line.order_id, line.line] <= line.reserved


@pytest.mark.parametrize("area", ["company", "warehouse"])
@pytest.mark.parametrize("method", ["moving_average", "fifo"])
def test_w1_whatever_is_done_the_books_agree(tmp_path: Path, method: str, area: str) -> None:
    seed = sum(map(ord, method + area))
    room = Stockroom(tmp_path, seed)
    room.do(inventory.change_settings, cost_method=method, valuation_area=area)
    room.stocked(*[(sku, 10, 100) for sku in SKUS])
    keeper = Keeper(room, seed)
    for _ in range(120):
        keeper.act()
    check(room)
    assert room.troubles() == []
    handed = everything(room, inventory.list_handovers)
    assert sum(line.quantity for line in handed) > 0

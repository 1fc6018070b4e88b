"""W2: goods under way between warehouses are stock of their own; what is lost leaves at its value."""

import pytest

from shared.contracts import inventory
from tests.unit.inventory.stockroom import D, Stockroom, shown


def ship(room: Stockroom, there: str, sku: str, quantity: int) -> inventory.TransferView:
    lines = [{"item_id": room.item(sku), "quantity": D(quantity)}]
    return room.do(inventory.ship_transfer, from_warehouse_id=room.main, to_warehouse_id=there, lines=lines)


def arrive(room: Stockroom, transfer: str, sku: str, arrived: int, lost: int = 0) -> inventory.TransferView:
    lines = [{"item_id": room.items[sku], "arrived": D(arrived), "lost": D(lost)}]
    return room.do(inventory.receive_transfer, transfer_id=transfer, lines=lines)


@pytest.mark.parametrize("area", ["company", "warehouse"])
def test_m6_a_transfer_carries_its_layers_and_a_loss_its_value(room: Stockroom, area: str) -> None:
    room.fifo(area)
    there = room.warehouse("there")
    room.bought("A", 2, 20)
    room.bought("A", 3, 60)
    sent = ship(room, there, "A", 3)
    (shipped,) = room.told(inventory.transfer_shipped)
    assert shown(shipped.lines[0].quantity, shipped.lines[0].value) == "3 40"
    assert room.value("A") == "5 80"
    assert arrive(room, sent.id, "A", 2, lost=1).status == "arrived"
    (told,) = room.told(inventory.transfer_arrived)
    assert shown(told.lines[0].arrived_value, told.lines[0].lost_value) == "20 20"
    assert shown(room.level("A").on_hand, room.level("A", there).on_hand, room.value("A")) == "2 2 4 60"
    if area == "warehouse":
        (here,) = room.do(inventory.list_stock_values, warehouse_id=room.main).data
        (far,) = room.do(inventory.list_stock_values, warehouse_id=there).data
        assert shown(here.quantity, here.value, far.quantity, far.value) == "2 40 2 20"


def test_goods_under_way_are_no_one_s_to_promise_and_serve_those_who_wait_when_they_arrive(room: Stockroom) -> None:
    there = room.warehouse("there")
    room.stocked(("A", 5, 50), warehouse=there)
    waiting = room.order(("A", 3))
    lines = [{"item_id": room.items["A"], "quantity": D(5)}]
    sent = room.do(inventory.ship_transfer, from_warehouse_id=there, to_warehouse_id=room.main, lines=lines)
    assert shown(room.level("A").on_hand, room.level("A", there).on_hand) == "0 0"
    (under_way,) = room.do(inventory.list_stock_balances, status="in_transit").data
    assert shown(under_way.warehouse_id, under_way.quantity) == f"{room.main} 5"
    (value,) = room.do(inventory.list_stock_values).data
    assert shown(value.quantity, value.value, value.in_transit_quantity, value.in_transit_value) == "5 50 5 50"
    assert arrive(room, sent.id, "A", 2).status == "partly_arrived"
    assert room.reservation(waiting).reserved == 2
    rest = room.do(inventory.receive_transfer, transfer_id=sent.id)
    assert shown(rest.status, rest.lines[0].arrived, rest.lines[0].in_transit) == "arrived 5 0"
    assert shown(room.level("A").reserved, room.level("A").available, room.value("A")) == "3 2 5 50"
    assert room.do(inventory.get_transfer, id=sent.id) == rest


def test_only_what_is_free_is_sent(room: Stockroom) -> None:
    there = room.warehouse("there")
    room.stocked(("A", 5, 50))
    room.order(("A", 3))
    lines = [{"item_id": room.items["A"], "quantity": D(3)}]
    refused = room.refused(inventory.ship_transfer, from_warehouse_id=room.main, to_warehouse_id=there, lines=lines)
    assert (refused.code, refused.errors[0]["pointer"]) == ("insufficient_stock", "/lines/0")


def test_no_more_comes_in_than_is_under_way(room: Stockroom) -> None:
    there = room.warehouse("there")
    room.stocked(("A", 5, 50))
    sent = ship(room, there, "A", 5)
    lines = [{"item_id": room.items["A"], "arrived": D(4), "lost": D(2)}]
    assert room.refused(inventory.receive_transfer, transfer_id=sent.id, lines=lines).code == "more_than_sent"
    room.do(inventory.receive_transfer, transfer_id=sent.id)
    assert room.refused(inventory.receive_transfer, transfer_id=sent.id).code == "nothing_open"


def test_transfers_that_make_no_sense_are_refused(room: Stockroom) -> None:
    there = room.warehouse("there")
    line = {"item_id": room.item("A"), "quantity": D(1)}

    def refused(end: str, *lines: dict[str, object]) -> str:
        ends = {"from_warehouse_id": room.main, "to_warehouse_id": end}
        return room.refused(inventory.ship_transfer, **ends, lines=list(lines)).code

    assert refused(room.main, line) == "same_warehouse"
    assert refused(room.new_id(), line) == "unknown_warehouse"
    assert refused(there, line, line) == "duplicate_item"
    assert refused(there, line | {"item_id": room.new_id()}) == "unknown_item"

"""Cancelling at every stage has one of three outcomes, and nothing is sold, reserved or owed twice or lost."""

from collections.abc import Callable
from datetime import timedelta
from itertools import permutations
from typing import Any

import pytest

from shared.contracts import finance, inventory, logistics, sales
from shared.contracts.operations import Operation
from tests.company import Company
from tests.flows.proving import breaches_of
from tests.flows.shop import Shop
from tests.flows.world import World


def test_before_anything_is_decided(world: World) -> None:
    shop = Shop(world)
    item = shop.item("A", stock="10", value="50")
    order = shop.order((item, "4", "20"), wait=False)
    world.only(sales.cancel_order, id=order, reason="mistake")
    world.settle()
    assert shop.order_view(order).status == "cancelled"
    assert shop.stock(item) == (10, 0, 50)


def test_after_the_pick_and_before_the_hand_over(world: World) -> None:
    shop = Shop(world, limit="1000")
    item = shop.item("A", stock="10", value="50")
    order = shop.order((item, "4", "20"))
    (pick,) = shop.picks(order)
    world.do(inventory.confirm_pick, id=pick.id)
    world.do(sales.cancel_order, id=order, reason="late")
    assert shop.order_view(order).status == "cancelled"
    assert (shop.stock(item), shop.picks(order)) == ((10, 0, 50), [])
    assert [shipment.status for shipment in shop.rows(logistics.list_shipments, order_id=order)] == ["cancelled"]
    assert world.only(finance.get_credit, customer_id=shop.customer).exposure == 0


def test_after_a_part_is_handed_over(world: World) -> None:
    shop = Shop(world)
    item = shop.item("A", stock="10", value="50")
    order = shop.order((item, "4", "20"))
    shop.hand_over(order, (1, "1"))
    world.do(sales.cancel_order, id=order, reason="enough")
    view = shop.order_view(order)
    assert (view.status, view.lines[0].handed_over, view.lines[0].cancelled) == ("partly_cancelled", 1, 3)
    assert shop.stock(item) == (9, 0, 45)
    (shipment,) = shop.rows(logistics.list_shipments, order_id=order)
    assert (shipment.status, shipment.lines[0].shipped, shipment.lines[0].cancelled) == ("shipped", 1, 3)
    world.do(logistics.confirm_delivery, id=shipment.id)
    assert world.only(logistics.get_shipment, id=shipment.id).status == "delivered"


def test_after_all_is_handed_over(world: World) -> None:
    shop = Shop(world)
    item = shop.item("A", stock="10", value="50")
    order = shop.order((item, "4", "20"))
    shop.hand_over(order)
    reply = world.refused(sales.cancel_order, id=order, reason="too late")
    assert reply.code == "too_late"
    assert shop.order_view(order).lines[0].handed_over == 4


def test_one_line_of_two(world: World) -> None:
    shop = Shop(world)
    items = [shop.item(sku, stock="5", value="25") for sku in "AB"]
    order = shop.order(*((item, "2", "20") for item in items))
    world.do(sales.cancel_order, id=order, lines=[2], reason="wrong colour")
    lines = shop.order_view(order).lines
    assert [(line.cancelled, line.open) for line in lines] == [(0, 2), (2, 0)]
    shop.hand_over(order)
    assert [invoice.net for invoice in shop.rows(finance.list_invoices, order_id=order)] == [40]


def test_a_return_before_its_goods_come(world: World) -> None:
    shop = Shop(world)
    item = shop.item("A", stock="10", value="50")
    back = _returning(shop, item)
    world.do(sales.cancel_return, id=back)
    assert world.refused(inventory.receive_return, return_id=back).code == "return_cancelled"
    assert [each.status for each in shop.rows(inventory.list_expected_returns, return_id=back)] == ["cancelled"]
    world.on += timedelta(days=31)
    late = world.do(
        sales.authorise_return,
        order_id=world.only(sales.get_return, id=back).order_id,
        reason="after all",
        lines=[{"order_line": 1, "quantity": "4"}],
    ).id
    world.on += timedelta(days=31)
    assert world.do(sales.run_deadlines).lapsed_returns == [late]
    assert world.refused(inventory.receive_return, return_id=late).code == "return_cancelled"
    assert shop.stock(item) == (6, 0, 30)


@pytest.mark.parametrize("come", ["1", "3"])
def test_a_return_whose_goods_come_at_the_same_moment(seeded: Callable[[int], Company], come: str) -> None:
    for seed in range(5):
        world = seeded(seed)
        shop = Shop(world)
        item = shop.item("A", stock="10", value="50")
        back = _returning(shop, item)
        world.only(inventory.receive_return, return_id=back, lines=[{"order_line": 1, "quantity": come}])
        world.do(sales.cancel_return, id=back)
        assert world.refused(inventory.receive_return, return_id=back).status == 409
        world.do(inventory.inspect_return, return_id=back)
        after = world.only(sales.get_return, id=back)
        assert (after.status, after.cancelled_on, after.lines[0].credited) == ("credited", None, int(come))
        assert shop.stock(item)[0] == 6 + int(come)
        assert (world.troubles(), breaches_of(world)) == ([], [])


def _returning(shop: Shop, item: str) -> str:
    """Sell four, hand them over and let three come back; the return's id."""
    order = shop.order((item, "4", "20"))
    shop.hand_over(order)
    lines = [{"order_line": 1, "quantity": "3"}]
    return shop.world.do(sales.authorise_return, order_id=order, reason="faulty", lines=lines).id


STEPS = ("cancel", "pick", "hand over a part", "hand over all")


@pytest.mark.parametrize("steps", list(permutations(STEPS)), ids=" > ".join)
def test_every_interleaving_of_cancel_with_pick_and_hand_over(
    seeded: Callable[[int], Company], steps: tuple[str, ...]
) -> None:
    for seed in range(3):
        world = seeded(seed)
        shop = Shop(world)
        item = shop.item("A", stock="10", value="50")
        order = shop.order((item, "4", "20"))
        (pick,) = shop.picks(order)
        for step in steps:
            _try(world, step, order, pick.id)
            if world.random.random() < 0.5:
                world.settle()
        world.settle()
        view = shop.order_view(order)
        (line,) = view.lines
        on_hand, reserved, value = shop.stock(item)
        assert line.handed_over + line.cancelled + line.open == 4
        assert (on_hand, value) == (10 - line.handed_over, 50 - 5 * line.handed_over)
        assert reserved == line.open
        assert view.status in ("cancelled", "partly_cancelled", "shipped", "partly_shipped"), view.status
        assert sum(invoice.net for invoice in shop.rows(finance.list_invoices, order_id=order)) == 20 * line.handed_over
        assert world.troubles() == []


def _try(world: Company, step: str, order: str, pick: str) -> None:
    """Make a move; a clear refusal is as good an answer as an effect."""
    moves: dict[str, tuple[Operation[Any, Any], dict[str, Any]]] = {
        "cancel": (sales.cancel_order, {"id": order, "reason": "x"}),
        "pick": (inventory.confirm_pick, {"id": pick}),
        "hand over a part": (inventory.hand_over, {"id": pick, "lines": [{"line": 1, "quantity": "1"}]}),
        "hand over all": (inventory.hand_over, {"id": pick}),
    }
    operation, fields = moves[step]
    reply = world.ask(operation, **fields)
    assert reply.problem is None or reply.problem.status in (404, 409, 422), reply.problem

"""S2: from placed to completed, whatever order the answers come in; O3, O4, O11 as far as sales sees them."""

import itertools
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal

import pytest

from shared.contracts import inventory, logistics, sales
from tests.unit.sales.shop import Shop, quantities

D = Decimal


@pytest.mark.parametrize("stock_first", [True, False])
def test_stock_and_credit_in_any_order_confirm_and_ask_for_delivery(shop: Shop, stock_first: bool) -> None:
    order = shop.place()
    answers = [lambda: shop.stock(order), lambda: shop.credit(order)]
    first, second = answers if stock_first else reversed(answers)
    first()
    assert (shop.order(order.id).status, shop.told(sales.order_confirmed)) == ("placed", [])
    second()
    assert shop.order(order.id).status == "confirmed"
    [confirmed], [delivery] = shop.told(sales.order_confirmed), shop.told(sales.delivery_requested)
    assert (confirmed.order_id, confirmed.services_only) == (order.id, False)
    assert (delivery.warehouse_id, quantities_of(delivery)) == (shop.warehouse, [(1, D(10))])


def test_each_warehouse_gets_a_delivery_of_its_own(shop: Shop) -> None:
    other = shop.new_id()
    shop.given(
        inventory.warehouse_registered, warehouse_id=other, code="W2", name="Other", country="CN", archived=False
    )
    shop.confirmed(shop.line("1"), shop.line("2", warehouse_id=other), shop.line("3"))
    told = {each.warehouse_id: quantities_of(each) for each in shop.told(sales.delivery_requested)}
    assert told == {shop.warehouse: [(1, D(1)), (3, D(3))], other: [(2, D(2))]}


def test_an_order_of_services_alone_waits_for_credit_only_and_ends_when_paid(shop: Shop) -> None:
    order = shop.place(shop.line("1", shop.post, "5"))
    shop.credit(order)
    [confirmed] = shop.told(sales.order_confirmed)
    assert (confirmed.services_only, shop.told(sales.delivery_requested)) == (True, [])
    shop.settled(order, shop.invoice(order, (1, "1")))
    after = shop.order(order.id)
    assert (after.status, after.lines[0].handed_over, after.lines[0].open) == ("completed", D(1), D(0))


def test_an_order_held_for_credit_waits_until_it_is_released(shop: Shop) -> None:
    order = shop.place()
    shop.credit(order, "held")
    shop.stock(order)
    held = shop.order(order.id)
    assert (held.status, held.held_on) == ("on_hold", shop.on)
    shop.credit(order)
    assert shop.order(order.id).status == "confirmed"


def test_an_older_credit_decision_that_comes_late_changes_nothing(shop: Shop) -> None:
    order = shop.place()
    shop._sequence += 10
    shop.credit(order)
    shop._sequence -= 8
    shop.credit(order, "held")
    shop.stock(order)
    assert shop.order(order.id).status == "confirmed"


def test_a_backorder_is_delivered_when_goods_come_and_not_before_the_order_is_confirmed(shop: Shop) -> None:
    order = shop.place()
    shop.stock(order, "4")
    shop.serve(order, "1")
    assert shop.told(sales.delivery_requested) == []
    shop.credit(order)
    shop.serve(order, "5")
    assert [quantities_of(each) for each in shop.told(sales.delivery_requested)] == [[(1, D(5))], [(1, D(5))]]
    [line] = shop.order(order.id).lines
    assert (line.reserved, line.backordered, line.requested) == (D(10), D(0), D(10))


def test_goods_served_before_the_shortage_is_known_add_up_all_the_same(shop: Shop) -> None:
    order = shop.place()
    shop.serve(order, "6")
    shop.credit(order)
    shop.stock(order, "4")
    assert [quantities_of(each) for each in shop.told(sales.delivery_requested)] == [[(1, D(10))]]


def test_o4_a_sale_of_2_ships_one_by_one_and_is_complete_when_both_are_invoiced_and_paid(shop: Shop) -> None:
    order = shop.place(shop.line("2"))
    shop.stock(order, "1")
    shop.credit(order)
    shop.hand_over(order, "1")
    [line] = shop.order(order.id).lines
    assert (shop.order(order.id).status, line.backordered, line.open) == ("partly_shipped", D(1), D(1))
    shop.serve(order, "1")
    shop.hand_over(order, "1")
    assert shop.order(order.id).status == "shipped"
    invoices = [shop.invoice(order, (1, "1")) for _ in range(2)]
    assert shop.order(order.id).lines[0].invoiced == 2
    for invoice in invoices:
        assert shop.told(sales.order_completed) == []
        shop.settled(order, invoice)
    assert (shop.order(order.id).status, len(shop.told(sales.order_completed))) == ("completed", 1)


def test_o3_what_is_shipped_over_within_tolerance_leaves_nothing_open(shop: Shop) -> None:
    order = shop.confirmed(shop.line("10", over_tolerance="0.2"))
    shop.hand_over(order, "12")
    [line] = shop.order(order.id).lines
    assert (line.handed_over, line.open, line.backordered, line.to_invoice) == (D(12), D(0), D(0), D(12))
    assert shop.told(sales.order_placed)[0].lines[0].over_tolerance == D("0.2")
    shop.settled(order, shop.invoice(order, (1, "12")))
    assert shop.order(order.id).status == "completed"


def test_o11_of_two_orders_for_the_last_unit_the_short_one_is_delivered_once_it_is_served(shop: Shop) -> None:
    """Inventory's part of the case is in its own tests; here the second waits, and goes on when the first is gone."""
    first, second = shop.place(shop.line("1")), shop.place(shop.line("1"))
    shop.stock(first)
    shop.stock(second, "0")
    shop.credit(first)
    shop.credit(second)
    assert quantities(shop.order(second.id).lines, "backordered") == [1]
    shop.do(sales.cancel_order, id=first.id, reason="changed my mind")
    shop.decide(first, "cancelled", (1, "1", "0"))
    shop.serve(second, "1")
    assert [each.order_id for each in shop.told(sales.delivery_requested)] == [first.id, second.id]
    assert [shop.order(each.id).status for each in (first, second)] == ["cancelled", "confirmed"]


def test_an_order_completes_whatever_order_its_last_facts_come_in(shop: Shop) -> None:
    def facts(order: sales.OrderView) -> list[Callable[[], object]]:
        shipment, invoice = shop.new_id(), shop.new_id()
        return [
            lambda: shop.hand_over(order, "10", shipment=shipment),
            lambda: shop.given(
                logistics.shipment_delivered, shipment_id=shipment, order_id=order.id, delivered_on=shop.on
            ),
            lambda: shop.issue(order, invoice, (1, "10"), (2, "1")),
            lambda: shop.settled(order, invoice),
        ]

    for turn in itertools.permutations(range(4)):
        order = shop.confirmed(shop.line(), shop.line("1", shop.post, "5"))
        chosen = facts(order)
        for index in turn:
            chosen[index]()
        after = shop.order(order.id)
        assert (after.status, shop.troubles(), quantities(after.lines, "open")) == ("completed", [], [D(0), D(0)])
    assert len(shop.told(sales.order_completed)) == 24


def test_a_payment_taken_back_opens_the_order_again_and_completion_is_told_once(shop: Shop) -> None:
    order = shop.confirmed()
    shop.hand_over(order, "10")
    invoice = shop.invoice(order, (1, "10"))
    shop.settled(order, invoice)
    shop.reopened(order, invoice)
    assert shop.order(order.id).status == "shipped"
    shop.settled(order, invoice)
    assert (shop.order(order.id).status, len(shop.told(sales.order_completed))) == ("completed", 1)


def test_the_order_shows_its_shipments_whatever_order_they_are_told_in(shop: Shop) -> None:
    order, shipment = shop.confirmed(), shop.new_id()
    shop.given(logistics.shipment_delivered, shipment_id=shipment, order_id=order.id, delivered_on=shop.on)
    shop.planned(order, shipment)
    shop.given(
        logistics.goods_shipped,
        shipment_id=shipment, handover_id=shop.new_id(), order_id=order.id, shipped_on=shop.on,
        lines=[{"line": 1, "item_id": shop.tea, "quantity": "1"}],
    )  # fmt: skip
    [shown] = shop.order(order.id).shipments
    assert (shown.number, shown.status, shown.shipped_on, shown.late) == ("SH-1", "delivered", shop.on, False)


def test_an_order_says_which_steps_are_done(shop: Shop) -> None:
    order = shop.place()
    shop.stock(order)
    steps = {each.step: each.state for each in shop.order(order.id).fulfilment}
    assert [name for name, state in steps.items() if state == "done"] == ["place", "stock"]
    shop.credit(order)
    steps = {each.step: each.state for each in shop.order(order.id).fulfilment}
    assert steps["confirm"] == "done"
    assert steps["delivery"] == "waiting"


def test_a_thousand_lines_go_through_every_step(shop: Shop) -> None:
    order = shop.confirmed(*(shop.line("2", price="1") for _ in range(1000)))
    assert len(shop.told(sales.delivery_requested)[0].lines) == 1000
    shop.given(
        inventory.goods_handed_over,
        handover_id=shop.new_id(), order_id=order.id, shipment_id=shop.new_id(), warehouse_id=shop.warehouse,
        handed_over_on=shop.on + timedelta(days=1), shipment_complete=True,
        lines=[{"line": line, "item_id": shop.tea, "quantity": "2"} for line in range(1, 1001)],
    )  # fmt: skip
    shop.settled(order, shop.invoice(order, *((line, "2") for line in range(1, 1001))))
    assert shop.order(order.id).status == "completed"


def quantities_of(delivery: sales.DeliveryRequested) -> list[tuple[int, Decimal]]:
    return [(line.line, line.quantity) for line in delivery.lines]

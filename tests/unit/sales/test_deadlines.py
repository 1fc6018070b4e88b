"""S2: what waits too long is declined or listed."""

from datetime import timedelta

from shared.contracts import sales
from tests.unit.sales.shop import Shop


def test_an_order_held_longer_than_the_company_allows_is_declined(shop: Shop) -> None:
    shop.do(sales.change_settings, hold_days=5)
    held, approved = shop.place(), shop.place()
    for order in (held, approved):
        shop.stock(order)
        shop.credit(order, "held")
    shop.credit(approved)
    shop.on += timedelta(days=5)
    assert shop.do(sales.run_deadlines).declined == []
    shop.on += timedelta(days=1)
    assert shop.do(sales.run_deadlines).declined == [held.id]
    assert shop.do(sales.run_deadlines).declined == []
    shop.decide(held, "cancelled", (1, "10", "0"))
    after = shop.order(held.id)
    assert (after.status, after.reason) == ("declined", "held for credit too long")
    assert shop.order(approved.id).status == "confirmed"


def test_credit_that_comes_after_the_order_was_declined_changes_nothing(shop: Shop) -> None:
    order = shop.place()
    shop.credit(order, "held")
    shop.on += timedelta(days=15)
    shop.do(sales.run_deadlines)
    shop.credit(order)
    shop.stock(order)
    shop.decide(order, "cancelled", (1, "10", "0"))
    assert (shop.order(order.id).status, shop.told(sales.order_confirmed)) == ("declined", [])


def test_orders_that_wait_longer_than_they_should_are_listed_with_what_they_wait_for(shop: Shop) -> None:
    waiting, done = shop.place(), shop.confirmed()
    shop.hand_over(done, "10")
    shop.settled(done, shop.invoice(done, (1, "10")))
    assert shop.do(sales.list_overdue_orders).data == []
    shop.on += timedelta(days=2)
    [overdue] = shop.do(sales.list_overdue_orders).data
    assert (overdue.id, overdue.waits_for) == (waiting.id, ["stock", "credit"])
    shop.stock(waiting)
    shop.credit(waiting)
    assert shop.do(sales.list_overdue_orders).data == []
    shop.on += timedelta(days=31)
    assert [each.waits_for for each in shop.do(sales.list_overdue_orders).data] == [["delivery"]]

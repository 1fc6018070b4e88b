"""S2: cancelling at every stage, with its three outcomes, and declining with what takes it back."""

import itertools
from collections.abc import Callable
from decimal import Decimal

import pytest

from shared.contracts import sales
from tests.unit.sales.shop import Shop, quantities

D = Decimal


def cancel(shop: Shop, order: sales.OrderView, *lines: int) -> sales.OrderView:
    return shop.do(sales.cancel_order, id=order.id, reason="changed my mind", **({"lines": lines} if lines else {}))


def outcomes(shop: Shop) -> list[tuple[str, list[tuple[int, int, int]]]]:
    return [
        (each.outcome, [(line.line, int(line.cancelled), int(line.handed_over)) for line in each.lines])
        for each in shop.told(sales.order_cancelled)
    ]


@pytest.mark.parametrize("stage", ["placed", "reserved", "credited", "held", "confirmed"])
def test_before_anything_left_the_whole_order_is_cancelled(shop: Shop, stage: str) -> None:
    order = shop.place(shop.line(), shop.line("1", shop.post, "5"))
    if stage in ("reserved", "confirmed"):
        shop.stock(order)
    if stage in ("credited", "confirmed"):
        shop.credit(order)
    if stage == "held":
        shop.credit(order, "held")
    assert cancel(shop, order).status == "cancelling"
    [request] = shop.told(sales.cancellation_requested)
    assert (request.order_id, request.lines, request.reason) == (order.id, [], "changed my mind")
    shop.decide(order, "cancelled", (1, "10", "0"))
    after = shop.order(order.id)
    assert (after.status, after.cancelled_on, after.reason) == ("cancelled", shop.on, "changed my mind")
    assert quantities(after.lines, "open") == [0, 0]
    assert outcomes(shop) == [("cancelled", [(1, 10, 0), (2, 1, 0)])]


def test_what_left_stays_sold_and_the_rest_is_cancelled_services_stay(shop: Shop) -> None:
    order = shop.confirmed(shop.line(), shop.line("1", shop.post, "5"))
    cancel(shop, order)
    shop.decide(order, "partly_cancelled", (1, "6", "4"))
    assert outcomes(shop) == [("partly_cancelled", [(1, 6, 4)])]
    shop.hand_over(order, "4")
    invoice = shop.invoice(order, (1, "4"), (2, "1"))
    after = shop.order(order.id)
    assert (after.status, quantities(after.lines, "cancelled")) == ("partly_cancelled", [D(6), D(0)])
    shop.settled(order, invoice)
    assert len(shop.told(sales.order_completed)) == 1
    assert shop.order(order.id).completed_on == shop.on


def test_too_late_leaves_the_order_as_it_was_and_says_so(shop: Shop) -> None:
    order = shop.confirmed()
    cancel(shop, order)
    shop.hand_over(order, "10")
    assert shop.order(order.id).status == "cancelling"
    shop.decide(order, "too_late", (1, "0", "10"))
    assert (shop.order(order.id).status, outcomes(shop)) == ("shipped", [])
    assert [each.order_id for each in shop.told(sales.cancellation_refused)] == [order.id]


def test_what_has_left_is_not_asked_for_again(shop: Shop) -> None:
    order = shop.confirmed(shop.line(), shop.line())
    shop.hand_over(order, "10")
    assert shop.refused(sales.cancel_order, id=order.id, lines=[1], reason="x").code == "too_late"
    shop.hand_over(order, "10", line=2)
    problem = shop.refused(sales.cancel_order, id=order.id, reason="x")
    assert (problem.status, problem.code, shop.order(order.id).status) == (409, "too_late", "shipped")
    assert shop.told(sales.cancellation_requested) == []


def test_cancel_and_the_answers_of_stock_and_credit_may_come_in_any_order(shop: Shop) -> None:
    def facts(order: sales.OrderView) -> list[Callable[[], None]]:
        return [
            lambda: shop.stock(order, "4"),
            lambda: shop.credit(order),
            lambda: shop.decide(order, "cancelled", (1, "10", "0")),
        ]

    for turn in itertools.permutations(range(3)):
        order = shop.place()
        cancel(shop, order)
        for index in turn:
            facts(order)[index]()
        assert shop.order(order.id).status == "cancelled"
    assert outcomes(shop) == [("cancelled", [(1, 10, 0)])] * 6
    assert (shop.told(sales.order_confirmed), shop.told(sales.delivery_requested)) == ([], [])


@pytest.mark.parametrize("decided_first", [True, False])
def test_hand_over_and_decision_may_come_in_any_order(shop: Shop, decided_first: bool) -> None:
    order = shop.confirmed()
    cancel(shop, order)
    facts = [
        lambda: shop.decide(order, "partly_cancelled", (1, "6", "4")),
        lambda: shop.hand_over(order, "4"),
    ]
    for fact in facts if decided_first else reversed(facts):
        fact()
    after = shop.order(order.id)
    assert (after.status, quantities(after.lines, "open")) == ("partly_cancelled", [D(0)])
    assert len(shop.told(sales.delivery_requested)) == 1


def test_some_lines_are_cancelled_and_the_others_go_on(shop: Shop) -> None:
    order = shop.place(shop.line("1"), shop.line("2"))
    cancel(shop, order, 2)
    assert shop.told(sales.cancellation_requested)[0].lines == [2]
    shop.stock(order)
    shop.credit(order)
    assert shop.told(sales.order_confirmed) == [], "nothing is begun while a cancel is unanswered"
    shop.decide(order, "cancelled", (2, "2", "0"))
    assert outcomes(shop) == [("partly_cancelled", [(2, 2, 0)])]
    assert shop.order(order.id).status == "confirmed"
    assert [line.line for line in shop.told(sales.delivery_requested)[0].lines] == [1]


def test_the_last_line_cancelled_ends_the_order_and_its_services(shop: Shop) -> None:
    order = shop.confirmed(shop.line("1"), shop.line("2"), shop.line("1", shop.post, "5"))
    cancel(shop, order, 1)
    shop.decide(order, "cancelled", (1, "1", "0"))
    cancel(shop, order)
    shop.decide(order, "cancelled", (1, "0", "0"), (2, "2", "0"))
    assert outcomes(shop) == [("partly_cancelled", [(1, 1, 0)]), ("cancelled", [(2, 2, 0), (3, 1, 0)])]
    assert shop.order(order.id).status == "cancelled"


def test_goods_that_come_for_a_backorder_while_it_is_being_cancelled_are_not_sent(shop: Shop) -> None:
    order = shop.place()
    shop.stock(order, "0")
    shop.credit(order)
    cancel(shop, order)
    shop.serve(order, "10")
    shop.decide(order, "cancelled", (1, "10", "0"))
    assert shop.told(sales.delivery_requested) == []
    assert shop.order(order.id).status == "cancelled"


def test_services_can_be_cancelled_until_the_order_is_confirmed(shop: Shop) -> None:
    order = shop.place(shop.line("1", shop.post, "5"), shop.line("1", shop.post, "6"))
    assert cancel(shop, order, 1).status == "placed"
    assert outcomes(shop) == [("partly_cancelled", [(1, 1, 0)])]
    assert cancel(shop, order).status == "cancelled"
    assert outcomes(shop)[1:] == [("cancelled", [(2, 1, 0)])]
    assert shop.told(sales.cancellation_requested) == []
    confirmed = shop.confirmed(shop.line("1", shop.post, "5"))
    assert shop.refused(sales.cancel_order, id=confirmed.id, reason="no").code == "too_late"


def test_a_service_beside_goods_goes_at_once_or_stays_once_confirmed(shop: Shop) -> None:
    order = shop.place(shop.line(), shop.line("1", shop.post, "5"))
    assert quantities(cancel(shop, order, 2).lines, "cancelled") == [0, 1]
    confirmed = shop.confirmed(shop.line(), shop.line("1", shop.post, "5"))
    problem = shop.refused(sales.cancel_order, id=confirmed.id, lines=[2], reason="no")
    assert (problem.status, problem.code) == (409, "too_late")


def test_a_service_a_goods_line_and_cancel_named_together(shop: Shop) -> None:
    order = shop.place(shop.line(), shop.line(), shop.line("1", shop.post, "5"))
    cancel(shop, order, 3, 1)
    shop.decide(order, "cancelled", (1, "10", "0"))
    assert outcomes(shop) == [("partly_cancelled", [(3, 1, 0)]), ("partly_cancelled", [(1, 10, 0)])]


def test_cancelling_twice_or_too_often_is_refused_clearly(shop: Shop) -> None:
    order = shop.place(shop.line("1"), shop.line("2"))
    cancel(shop, order, 1)
    assert shop.refused(sales.cancel_order, id=order.id, reason="x").code == "already_cancelling"
    shop.decide(order, "cancelled", (1, "1", "0"))
    problem = shop.refused(sales.cancel_order, id=order.id, lines=[1], reason="x")
    assert (problem.code, problem.errors[0]["pointer"]) == ("already_cancelled", "/lines/0")
    assert shop.refused(sales.cancel_order, id=order.id, lines=[7], reason="x").code == "unknown_line"
    assert shop.refused(sales.cancel_order, id=order.id, lines=[2, 2], reason="x").code == "repeated_line"
    cancel(shop, order)
    shop.decide(order, "cancelled", (2, "2", "0"))
    assert shop.refused(sales.cancel_order, id=order.id, reason="x").code == "already_cancelled"
    assert shop.refused(sales.cancel_order, id=shop.new_id(), reason="x").status == 404


def test_a_completed_order_is_returned_not_cancelled(shop: Shop) -> None:
    order = shop.confirmed()
    shop.hand_over(order, "10")
    shop.settled(order, shop.invoice(order, (1, "10")))
    assert shop.refused(sales.cancel_order, id=order.id, reason="x").code == "completed"


def test_declined_credit_takes_back_the_stock_and_then_the_order(shop: Shop) -> None:
    order = shop.place(shop.line(), shop.line("1", shop.post, "5"))
    shop.stock(order)
    shop.credit(order, "held")
    shop.credit(order, "declined")
    assert shop.order(order.id).status == "cancelling"
    assert shop.told(sales.cancellation_requested)[0].lines == []
    shop.decide(order, "cancelled", (1, "10", "0"))
    after = shop.order(order.id)
    assert (after.status, after.reason) == ("declined", "credit declined")
    assert outcomes(shop) == [("cancelled", [(1, 10, 0), (2, 1, 0)])]
    assert {each.step: each.state for each in after.fulfilment}["place"] == "undone"
    assert shop.refused(sales.cancel_order, id=order.id, reason="x").code == "already_cancelled"


def test_credit_declined_before_stock_is_decided_leads_to_the_same_end(shop: Shop) -> None:
    order = shop.place()
    shop.credit(order, "declined")
    shop.decide(order, "cancelled", (1, "10", "0"))
    shop.stock(order, "4")
    assert (shop.order(order.id).status, outcomes(shop)) == ("declined", [("cancelled", [(1, 10, 0)])])
    assert shop.told(sales.delivery_requested) == []


def test_who_accepts_no_backorder_is_declined_when_stock_is_short(shop: Shop) -> None:
    order = shop.place(accept_backorder=False)
    shop.credit(order)
    shop.stock(order, "9")
    shop.decide(order, "cancelled", (1, "10", "0"))
    assert (shop.order(order.id).status, shop.told(sales.order_confirmed)) == ("declined", [])


def test_services_declined_are_cancelled_at_once(shop: Shop) -> None:
    order = shop.place(shop.line("1", shop.post, "5"))
    shop.credit(order, "declined")
    assert (shop.order(order.id).status, outcomes(shop)) == ("declined", [("cancelled", [(1, 1, 0)])])


def test_credit_declined_while_a_cancel_of_one_line_is_unanswered_withdraws_the_rest_after_it(shop: Shop) -> None:
    order = shop.place(shop.line("1"), shop.line("2"))
    cancel(shop, order, 1)
    shop.credit(order, "declined")
    assert len(shop.told(sales.cancellation_requested)) == 1
    shop.decide(order, "cancelled", (1, "1", "0"))
    assert len(shop.told(sales.cancellation_requested)) == 2
    shop.decide(order, "cancelled", (1, "0", "0"), (2, "2", "0"))
    assert (shop.order(order.id).status, shop.troubles()) == ("declined", [])
    assert outcomes(shop) == [("partly_cancelled", [(1, 1, 0)]), ("cancelled", [(2, 2, 0)])]

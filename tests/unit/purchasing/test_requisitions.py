"""P3: requisitions from people, from low stock and from sales orders, and their way into orders."""

from datetime import date
from decimal import Decimal
from itertools import permutations
from pathlib import Path
from typing import Any

import pytest

from shared.contracts import inventory, purchasing, sales
from tests.company import TODAY
from tests.unit.purchasing.buying import Buyer, D, Fact


@pytest.fixture
def buyer(tmp_path: Path) -> Buyer:
    return Buyer(tmp_path)


def wished(buyer: Buyer, item: str, quantity: int, **fields: Any) -> purchasing.RequisitionView:
    given = {"item_id": item, "quantity": D(quantity), "warehouse_id": buyer.warehouse, **fields}
    return buyer.do(purchasing.request_purchase, **given)


def open_ones(buyer: Buyer) -> list[Decimal]:
    return [each.quantity for each in buyer.do(purchasing.list_requisitions, status="open").data]


def test_a_person_asks_in_any_of_the_items_units(buyer: Buyer) -> None:
    item = buyer.item()
    assert wished(buyer, item, 2, unit="dozen").quantity == D(24)
    problem = buyer.refused(
        purchasing.request_purchase, item_id=item, quantity="1", unit="box", warehouse_id=buyer.warehouse
    )
    assert (problem.code, problem.errors[0]["pointer"]) == ("unknown_unit", "/unit")


def test_a_wish_is_cancelled_once(buyer: Buyer) -> None:
    made = wished(buyer, buyer.item(), 1)
    assert buyer.do(purchasing.cancel_requisition, id=made.id).status == "cancelled"
    assert buyer.refused(purchasing.cancel_requisition, id=made.id).code == "requisition_not_open"


def test_wishes_are_merged_by_supplier_at_the_best_offer_in_whole_packs(buyer: Buyer) -> None:
    tea, cup = buyer.item("TEA"), buyer.item("CUP")
    dear, cheap, dollars = buyer.supplier("DEAR"), buyer.supplier("CHEAP"), buyer.supplier("USD", currency="USD")
    buyer.offer(dear, tea, "5", over_tolerance=D("0.1"))
    buyer.offer(cheap, tea, "2.5", pack_size=D(12), lead_time_days=9, over_tolerance=D("0.2"))
    buyer.offer(dollars, tea, "0.60")
    buyer.offer(cheap, cup, "2", lead_time_days=3)
    for item, quantity in ((tea, 10), (tea, 5), (cup, 7)):
        wished(buyer, item, quantity)
    made = buyer.do(purchasing.order_requisitions)
    (order,) = made.orders
    assert (order.supplier_id, order.status, order.expected_on) == (cheap, "draft", date(2026, 3, 11))
    lines = {line.item_id: (line.quantity, line.price, line.net, line.over_tolerance) for line in order.lines}
    assert lines == {tea: (D(24), D("2.5"), D(60), D("0.2")), cup: (D(7), D(2), D(14), D(0))}
    assert (order.net, order.tax, order.gross, made.unserved) == (D(74), D("9.62"), D("83.62"), [])
    assert open_ones(buyer) == []
    behind = buyer.do(purchasing.list_requisitions, order_id=order.id)
    assert [each.status for each in behind.data] == ["ordered"] * 3


def test_what_nobody_approved_offers_stays_open_and_is_named(buyer: Buyer) -> None:
    item = buyer.item()
    buyer.offer(buyer.supplier(approved=False), item, "1")
    waiting = wished(buyer, item, 3)
    made = buyer.do(purchasing.order_requisitions)
    assert (made.orders, [each.id for each in made.unserved]) == ([], [waiting.id])
    assert open_ones(buyer) == [D(3)]


def test_only_the_named_wishes_go_to_the_named_supplier(buyer: Buyer) -> None:
    item, one, other = buyer.item(), buyer.supplier("S1"), buyer.supplier("S2")
    buyer.offer(one, item, "1")
    buyer.offer(other, item, "2")
    first, _second = wished(buyer, item, 3), wished(buyer, item, 4)
    made = buyer.do(purchasing.order_requisitions, supplier_id=other, requisition_ids=[first.id])
    assert [(order.supplier_id, order.net) for order in made.orders] == [(other, D(6))]
    refused = buyer.refused(purchasing.order_requisitions, requisition_ids=[first.id])
    assert refused.code == "requisition_not_open"
    refused = buyer.refused(purchasing.order_requisitions, requisition_ids=[buyer.new_id()])
    assert (refused.code, refused.errors[0]["pointer"]) == ("unknown_requisition", "/requisition_ids/0")


def test_a_wish_for_another_warehouse_is_another_order(buyer: Buyer) -> None:
    item, second = buyer.item(), buyer.new_id()
    buyer.given(
        inventory.warehouse_registered, warehouse_id=second, code="W2", name="Second", country="CN", archived=False
    )
    buyer.offer(buyer.supplier(), item, "1")
    wished(buyer, item, 3)
    wished(buyer, item, 4, warehouse_id=second)
    made = buyer.do(purchasing.order_requisitions)
    assert {order.warehouse_id: order.net for order in made.orders} == {buyer.warehouse: D(3), second: D(4)}


# Low stock


def test_low_stock_asks_once_and_the_newest_alert_says_how_much(buyer: Buyer) -> None:
    item = buyer.item()
    buyer.low(item, 15)
    buyer.low(item, 18)
    assert open_ones(buyer) == [D(18)]
    buyer._sequence = 0
    buyer.low(item, 9)
    assert open_ones(buyer) == [D(18)]


def test_low_stock_waits_for_its_draft_and_asks_again_once_that_is_approved(buyer: Buyer) -> None:
    item = buyer.item()
    buyer.offer(buyer.supplier(), item, "1")
    buyer.low(item, 15)
    (draft,) = buyer.do(purchasing.order_requisitions).orders
    buyer.low(item, 15)
    assert open_ones(buyer) == []
    buyer.do(purchasing.submit_order, id=draft.id)
    buyer.low(item, 6)
    assert open_ones(buyer) == [D(6)]


def test_low_stock_of_an_item_not_known_yet_waits_for_it(buyer: Buyer) -> None:
    item = buyer.new_id()
    buyer.low(item, 15)
    assert open_ones(buyer) == []
    buyer.item(item_id=item)
    assert (open_ones(buyer), buyer.troubles()) == ([D(15)], [])


def test_a_cancelled_draft_opens_its_wishes_again(buyer: Buyer) -> None:
    item = buyer.item()
    buyer.offer(buyer.supplier(), item, "1")
    wished(buyer, item, 3)
    buyer.low(item, 15)
    (draft,) = buyer.do(purchasing.order_requisitions).orders
    assert buyer.do(purchasing.cancel_order, id=draft.id, reason="wrong supplier").status == "cancelled"
    assert open_ones(buyer) == [D(3), D(15)]
    assert buyer.told(purchasing.order_closed) == []


# Sales orders (以销定购)


def placed(buyer: Buyer, item: str, order: str, number: str = "SO-1") -> Fact:
    line = {
        "item_id": item, "kind": "goods", "warehouse_id": buyer.warehouse, "price": D(1), "tax_code": "VAT13",
        "tax_rate": D("0.13"), "net": D(1), "tax": D("0.13"), "gross": D("1.13"), "over_tolerance": D(0),
    }  # fmt: skip
    lines = [
        {**line, "line": 1, "quantity": D(6), "buy_to_order": True},
        {**line, "line": 2, "quantity": D(4), "buy_to_order": False},
        {**line, "line": 3, "quantity": D(2), "buy_to_order": True},
    ]
    return sales.order_placed, {
        "order_id": order, "number": number, "customer_id": buyer.new_id(), "placed_on": TODAY,
        "promised_on": date(2026, 3, 20), "currency": "CNY", "exchange_rate": D(1), "prices_include_tax": False,
        "tax_rounding": "line", "terms": {"instalments": [{"share": "1", "days": 30}]}, "ship_to": {"country": "CN"},
        "lines": lines, "net": D(3), "tax": D("0.39"), "gross": D("3.39"),
    }  # fmt: skip


def confirmed(order: str) -> Fact:
    return sales.order_confirmed, {
        "order_id": order, "number": "SO-1", "confirmed_on": TODAY, "services_only": False,
    }  # fmt: skip


def cancelled(order: str, *lines: tuple[int, int, int]) -> Fact:
    told = [{"line": line, "cancelled": D(off), "handed_over": D(gone)} for line, off, gone in lines]
    outcome = "partly_cancelled" if told else "cancelled"
    return sales.order_cancelled, {
        "order_id": order, "cancelled_on": TODAY, "outcome": outcome, "reason": "customer", "lines": told,
    }  # fmt: skip


def test_what_is_bought_to_order_is_asked_for_once_confirmed_less_what_is_cancelled_in_any_order_of_facts(
    buyer: Buyer,
) -> None:
    item = buyer.item()
    for number, told in enumerate(permutations(range(3))):
        order = buyer.new_id()
        name = f"SO-{number}"
        facts = [placed(buyer, item, order, name), confirmed(order), cancelled(order, (1, 2, 4), (3, 2, 0))]
        buyer.tell(*(facts[index] for index in told))
        assert buyer.troubles() == []
        (waiting,) = buyer.do(purchasing.list_requisitions, status="open", source_id=order).data
        assert (waiting.quantity, waiting.number, waiting.source_line) == (D(4), f"{name}/1", 1)
        assert waiting.needed_on == date(2026, 3, 20)


def test_nothing_is_asked_for_before_the_order_is_confirmed_or_after_all_of_it_is_cancelled(buyer: Buyer) -> None:
    item, order = buyer.item(), buyer.new_id()
    buyer.tell(placed(buyer, item, order))
    assert open_ones(buyer) == []
    buyer.tell(cancelled(order), confirmed(order))
    assert (open_ones(buyer), buyer.troubles()) == ([], [])


def test_a_customers_wish_comes_back_only_as_far_as_it_still_stands(buyer: Buyer) -> None:
    item, order = buyer.item(), buyer.new_id()
    buyer.offer(buyer.supplier(), item, "1")
    buyer.tell(placed(buyer, item, order), confirmed(order))
    (draft,) = buyer.do(purchasing.order_requisitions).orders
    assert draft.lines[0].quantity == D(8)
    buyer.tell(cancelled(order, (1, 6, 0)))
    buyer.do(purchasing.cancel_order, id=draft.id, reason="customer left")
    assert open_ones(buyer) == [D(2)]

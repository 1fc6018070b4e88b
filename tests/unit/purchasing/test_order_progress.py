"""P4: what comes of an order: receipts, invoices, payments, cancelling and closing; O1 from purchasing's side."""

from itertools import permutations
from pathlib import Path
from typing import Any

import pytest

from shared.contracts import finance, inventory, purchasing
from tests.unit.purchasing.buying import Buyer, D, Fact, cancelled_receipt


@pytest.fixture
def buyer(tmp_path: Path) -> Buyer:
    return Buyer(tmp_path)


@pytest.fixture
def order(buyer: Buyer) -> purchasing.PurchaseOrderView:
    line = {"item_id": buyer.item(), "quantity": "10", "price": "5", "over_tolerance": "0.5"}
    return buyer.approved(buyer.supplier(), line)


def state(buyer: Buyer, order: purchasing.PurchaseOrderView) -> tuple[str, int, int]:
    now = buyer.order(order.id)
    (line,) = buyer.do(purchasing.list_order_lines, order_id=order.id).data
    assert (line.received, line.open) == (now.lines[0].received, now.lines[0].open)
    return now.status, int(line.received), int(line.open)


def closed(order: purchasing.PurchaseOrderView, received: int, cancelled: int) -> dict[str, Any]:
    line = {"line": 1, "received": D(received), "cancelled": D(cancelled)}
    return {"purchase_order_id": order.id, "lines": [line]}


def test_o1_receipts_and_a_cancelled_receipt(buyer: Buyer, order: purchasing.PurchaseOrderView) -> None:
    second = buyer.received(order, 8)
    buyer.given(inventory.goods_received, **buyer.received(order, 4))
    assert state(buyer, order) == ("partly_received", 4, 6)
    buyer.given(inventory.goods_received, **second)
    assert state(buyer, order) == ("received", 12, 0)
    buyer.given(inventory.receipt_cancelled, **cancelled_receipt(second))
    assert state(buyer, order) == ("partly_received", 4, 6)


def test_rejected_goods_are_counted_and_still_owed(buyer: Buyer, order: purchasing.PurchaseOrderView) -> None:
    buyer.given(inventory.goods_received, **buyer.received(order, 7, rejected=3))
    assert state(buyer, order) == ("partly_received", 7, 3)
    assert buyer.order(order.id).lines[0].rejected == D(3)


def test_receipt_invoice_and_payment_add_up_in_any_order_and_then_it_asks_to_be_closed(buyer: Buyer) -> None:
    supplier, line = buyer.supplier(), {"item_id": buyer.item(), "quantity": "10", "price": "5"}
    for told in permutations(range(4)):
        order = buyer.approved(supplier, line)
        invoice = buyer.invoiced(order, 10)
        facts: list[Fact] = [
            (inventory.goods_received, buyer.received(order, 4)),
            (inventory.goods_received, buyer.received(order, 6)),
            (finance.supplier_invoice_posted, invoice),
            (finance.supplier_invoice_settled, buyer.settled(order, invoice)),
        ]
        buyer.tell(*(facts[index] for index in told))
        now = buyer.order(order.id)
        assert (now.status, now.paid, now.lines[0].invoiced) == ("closing", True, D(10))
        assert [fact.purchase_order_id for fact in buyer.told(purchasing.closing_requested)].count(order.id) == 1
    assert buyer.told(purchasing.order_closed) == []
    assert buyer.troubles() == []


def test_an_order_all_in_is_closed_when_inventory_says_so(buyer: Buyer, order: purchasing.PurchaseOrderView) -> None:
    buyer.tell(
        (inventory.goods_received, buyer.received(order, 10)),
        (finance.supplier_invoice_posted, buyer.invoiced(order, 10)),
        (inventory.inbound_closed, closed(order, 10, 0)),
    )
    assert state(buyer, order) == ("closed", 10, 0)
    assert [fact.outcome for fact in buyer.told(purchasing.order_closed)] == ["closed"]


def test_within_the_tolerance_what_is_missing_is_not_waited_for(buyer: Buyer) -> None:
    line = {"item_id": buyer.item(), "quantity": "10", "price": "5", "under_tolerance": "0.1"}
    order = buyer.approved(buyer.supplier(), line)
    buyer.given(inventory.goods_received, **buyer.received(order, 9))
    assert state(buyer, order) == ("received", 9, 1)
    buyer.given(finance.supplier_invoice_posted, **buyer.invoiced(order, 9))
    buyer.given(inventory.inbound_closed, **closed(order, 9, 1))
    assert state(buyer, order) == ("closed", 9, 0)


def test_an_order_of_which_nothing_came_is_cancelled_when_inventory_says_so(
    buyer: Buyer, order: purchasing.PurchaseOrderView
) -> None:
    asked = buyer.do(purchasing.cancel_order, id=order.id, reason="not needed")
    assert (asked.status, asked.closed_on) == ("closing", None)
    assert buyer.refused(purchasing.cancel_order, id=order.id, reason="again").code == "order_state"
    buyer.given(inventory.inbound_closed, **closed(order, 0, 10))
    assert state(buyer, order) == ("cancelled", 0, 0)
    assert [fact.outcome for fact in buyer.told(purchasing.order_closed)] == ["cancelled"]


@pytest.mark.parametrize("receipt_first", [True, False])
def test_goods_that_came_before_the_cancellation_make_it_a_closing(
    buyer: Buyer, order: purchasing.PurchaseOrderView, *, receipt_first: bool
) -> None:
    buyer.do(purchasing.cancel_order, id=order.id, reason="not needed")
    facts: list[Fact] = [
        (inventory.goods_received, buyer.received(order, 4)),
        (inventory.inbound_closed, closed(order, 4, 6)),
    ]
    buyer.tell(*(facts if receipt_first else reversed(facts)))
    assert state(buyer, order) == ("closed", 4, 0)
    assert [fact.outcome for fact in buyer.told(purchasing.order_closed)] == ["closed"]


def test_an_order_partly_received_is_closed_short_and_can_still_be_invoiced_and_paid(
    buyer: Buyer, order: purchasing.PurchaseOrderView
) -> None:
    buyer.given(inventory.goods_received, **buyer.received(order, 4))
    assert buyer.refused(purchasing.cancel_order, id=order.id, reason="no").code == "partly_received"
    buyer.do(purchasing.close_order, id=order.id, reason="supplier is out of it")
    buyer.given(inventory.inbound_closed, **closed(order, 4, 6))
    invoice = buyer.invoiced(order, 4)
    buyer.given(finance.supplier_invoice_posted, **invoice)
    buyer.given(finance.supplier_invoice_settled, **buyer.settled(order, invoice))
    now = buyer.order(order.id)
    assert (now.status, now.paid, now.reason) == ("closed", True, "supplier is out of it")
    assert len(buyer.told(purchasing.closing_requested)) == 1


def test_what_low_stock_had_asked_for_is_asked_for_anew_but_a_persons_wish_comes_back(buyer: Buyer) -> None:
    item = buyer.item()
    buyer.offer(buyer.supplier(), item, "1")
    buyer.low(item, 15)
    buyer.do(purchasing.request_purchase, item_id=item, quantity="3", warehouse_id=buyer.warehouse)
    (draft,) = buyer.do(purchasing.order_requisitions).orders
    buyer.do(purchasing.submit_order, id=draft.id)
    buyer.do(purchasing.cancel_order, id=draft.id, reason="no")
    buyer.given(inventory.inbound_closed, **closed(draft, 0, 18))
    by_source = {each.source: each.status for each in buyer.do(purchasing.list_requisitions).data}
    assert by_source == {"stock_low": "withdrawn", "person": "open"}

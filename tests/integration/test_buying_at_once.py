"""P3, P4 on PostgreSQL: low stock, drafts, receipts, invoices and approvals that cross add up once."""

from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest

from deploy.local.servers import Installation
from services.purchasing.service import SERVICE
from shared.contracts import finance, inventory, purchasing
from shared.runtime.delivery import Delivery
from tests.integration.racing import on_postgresql, race
from tests.unit.purchasing.buying import Buyer, D


@pytest.fixture
def buyer(installation: Installation, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Buyer]:
    with on_postgresql(SERVICE, installation, monkeypatch):
        yield Buyer(tmp_path)


def test_one_requisition_of_low_stock_and_one_order_of_it(buyer: Buyer) -> None:
    supplier = buyer.supplier()
    for number in range(10):
        item = buyer.item(f"I{number}")
        buyer.offer(supplier, item, "1")
        race(buyer, "purchasing", *(_low(buyer, item, suggested) for suggested in (5, 6, 7)))
        (requisition,) = buyer.do(purchasing.list_requisitions, item_id=item).data
        assert (requisition.quantity, requisition.status) == (7, "open")
        replies = race(buyer, "purchasing", *[partial(buyer.ask, purchasing.order_requisitions)] * 3)
        assert sorted(len(reply.body["orders"]) for reply in replies) == [0, 0, 1]
    assert buyer.troubles() == []


def test_receipts_invoices_and_payments_add_up_and_close_the_order_once(buyer: Buyer) -> None:
    supplier, item = buyer.supplier(), buyer.item()
    for _ in range(10):
        order = buyer.approved(supplier, {"item_id": item, "quantity": "10", "price": "5"})
        facts = [buyer.delivery(inventory.goods_received, buyer.received(order, 2)) for _ in range(5)]
        for invoice in [buyer.invoiced(order, 5) for _ in range(2)]:
            facts.append(buyer.delivery(finance.supplier_invoice_posted, invoice))
            facts.append(buyer.delivery(finance.supplier_invoice_settled, buyer.settled(order, invoice)))
        race(buyer, "purchasing", *facts)
        now = buyer.order(order.id)
        assert (now.status, now.paid, now.lines[0].received, now.lines[0].invoiced) == ("closing", True, 10, 10)
    assert len(buyer.told(purchasing.closing_requested)) == 10
    assert buyer.troubles() == []


def test_an_order_is_approved_once_and_not_of_a_supplier_suspended_before(buyer: Buyer) -> None:
    buyer.do(purchasing.change_settings, approval_limit="0")
    item = buyer.item()
    for number in range(8):
        supplier = buyer.supplier(f"S{number + 5}")
        draft = buyer.draft(supplier, {"item_id": item, "quantity": "10", "price": "5"})
        buyer.do(purchasing.submit_order, id=draft.id)
        with buyer.by("chief"):
            approve = partial(buyer.ask, purchasing.approve_order, id=draft.id)
            suspend = partial(buyer.ask, purchasing.suspend_supplier, id=supplier, reason="x")
            replies = race(buyer, "purchasing", approve, approve, approve, suspend)
        codes = [reply.problem.code if reply.problem else "approved" for reply in replies[:3]]
        assert codes.count("approved") <= 1
        assert set(codes) <= {"approved", "order_state", "supplier_not_approved"}
        assert buyer.order(draft.id).status == ("approved" if "approved" in codes else "pending_approval")
    assert buyer.troubles() == []


def _low(buyer: Buyer, item: str, suggested: int) -> Delivery:
    fields = {
        "alert_id": buyer.new_id(), "item_id": item, "warehouse_id": buyer.warehouse, "available": D(1),
        "inbound": D(0), "minimum": D(5), "maximum": D(20), "suggested": D(suggested),
    }  # fmt: skip
    return buyer.delivery(inventory.stock_low, fields)

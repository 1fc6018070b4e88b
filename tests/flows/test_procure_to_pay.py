"""Procure to pay: from a need to the supplier's money; and goods that move or were there before."""

from datetime import timedelta
from decimal import Decimal

import pytest

from shared.contracts import finance, inventory, purchasing, sales
from tests.flows.shop import BUYER, CHIEF, Shop
from tests.flows.world import World


def test_low_stock_becomes_a_requisition_an_order_and_goods(world: World) -> None:
    shop = Shop(world)
    item = shop.item("A", stock="10", value="50")
    limits = [{"item_id": item, "minimum": "8", "maximum": "20"}]
    world.do(inventory.set_stock_limits, warehouse_id=shop.warehouse, lines=limits)
    shop.hand_over(shop.order((item, "4", "20")))
    (requisition,) = shop.rows(purchasing.list_requisitions, status="open")
    assert (requisition.item_id, requisition.quantity) == (item, 14)
    ordered = world.do(purchasing.order_requisitions)
    (draft,) = ordered.orders
    world.do(purchasing.submit_order, id=draft.id)
    shop.receive(draft.id)
    assert shop.stock(item)[0] == 20
    assert shop.rows(purchasing.list_requisitions, status="open") == []


def test_above_the_limit_a_second_person_approves(world: World) -> None:
    shop = Shop(world)
    item = shop.item("A")
    world.do(purchasing.change_settings, approval_limit="100")
    world.actor = BUYER
    purchase = shop.buy((item, "100", "5"))
    assert world.only(purchasing.get_order, id=purchase).status == "pending_approval"
    assert world.refused(purchasing.approve_order, id=purchase).code == "second_approver_needed"
    world.actor = CHIEF
    world.do(purchasing.approve_order, id=purchase)
    assert world.only(purchasing.get_order, id=purchase).status == "approved"
    world.actor = BUYER
    small = shop.buy((item, "10", "5"))
    assert world.only(purchasing.get_order, id=small).status == "approved"


def test_o1_goods_arrive_in_parts_with_rejects_within_tolerance(world: World) -> None:
    shop = Shop(world)
    item = shop.item("A")
    line = {"item_id": item, "quantity": "10", "price": "5", "over_tolerance": "0.5"}
    purchase = shop.buy(lines=[line])
    shop.receive(purchase, (1, "4", "1"))
    (expected,) = world.only(inventory.get_inbound, id=purchase).lines
    assert (expected.received, expected.open) == (4, 6)
    again = shop.receive(purchase, (1, "8", "0"))
    (expected,) = world.only(inventory.get_inbound, id=purchase).lines
    assert (expected.received, expected.open) == (12, 0)
    assert shop.stock(item) == (12, 0, 60)
    world.do(inventory.cancel_receipt, id=again.id)
    (expected,) = world.only(inventory.get_inbound, id=purchase).lines
    assert (expected.received, expected.open) == (4, 6)
    assert shop.stock(item) == (4, 0, 20)
    assert world.refused(
        inventory.receive_goods, purchase_order_id=purchase, lines=[{"line": 1, "accepted": "12"}]
    ).code == "over_receipt"  # fmt: skip


def test_m2_the_three_way_match_posts_within_tolerance_and_asks_beyond(world: World) -> None:
    shop = Shop(world)
    world.do(finance.change_settings, price_tolerance="0.02", if_match=1)
    item = shop.item("A")
    purchases = [shop.buy((item, "10", "5")) for _ in range(2)]
    for purchase in purchases:
        shop.receive(purchase)
    assert (shop.balance("1405"), shop.balance("2202.02")) == (100, -100)

    good = world.do(finance.record_supplier_invoice, **_invoice(shop, purchases[0], "I-1", "51", "6.63"))
    assert good.status == "posted"
    assert (shop.balance("2202.02"), shop.balance("6401.02"), shop.balance("2221.01.01"), shop.balance("2202.01")) == (
        -50, 1, Decimal("6.63"), Decimal("-57.63"),
    )  # fmt: skip

    world.actor = BUYER
    odd = world.do(finance.record_supplier_invoice, **_invoice(shop, purchases[1], "I-2", "52", "6.76"))
    assert (odd.status, shop.balance("2202.01")) == ("exception", Decimal("-57.63"))
    assert world.refused(finance.accept_supplier_invoice, id=odd.id).code == "same_person"
    world.actor = CHIEF
    world.do(finance.accept_supplier_invoice, id=odd.id, reason="agreed by telephone")
    assert shop.balance("2202.02") == 0
    world.do(finance.pay_supplier, supplier_id=shop.supplier, amount="116.39")
    assert shop.balance("2202.01") == 0
    assert {world.only(purchasing.get_order, id=purchase).status for purchase in purchases} == {"closed"}


def _invoice(shop: Shop, purchase: str, number: str, net: str, tax: str) -> dict[str, object]:
    line = {"line": 1, "quantity": "10", "net": net, "tax": tax}
    return {
        "supplier_id": shop.supplier, "supplier_number": number, "purchase_order_id": purchase, "lines": [line],
    }  # fmt: skip


def test_an_order_bought_to_order_asks_for_its_goods(world: World) -> None:
    shop = Shop(world)
    item = shop.item("A")
    order = shop.order({"item_id": item, "quantity": "3", "price": "20", "buy_to_order": True})
    (requisition,) = shop.rows(purchasing.list_requisitions, status="open")
    assert (requisition.quantity, requisition.source) == (3, "sales_order")
    (draft,) = world.do(purchasing.order_requisitions).orders
    world.do(purchasing.submit_order, id=draft.id)
    shop.receive(draft.id)
    assert shop.order_view(order).lines[0].reserved == 3


def test_a_purchase_that_is_cancelled_takes_no_goods_any_more(world: World) -> None:
    shop = Shop(world)
    item = shop.item("A")
    purchase = shop.buy((item, "10", "5"))
    world.do(purchasing.cancel_order, id=purchase, reason="found cheaper")
    assert world.only(purchasing.get_order, id=purchase).status == "cancelled"
    refusal = world.refused(inventory.receive_goods, purchase_order_id=purchase)
    assert refusal.code in ("inbound_closed", "line_cancelled")


def test_m6_a_transfer_carries_its_layers_and_its_loss(world: World) -> None:
    shop = Shop(world, cost_method="fifo")
    item = shop.item("A")
    shop.receive(shop.buy((item, "2", "10")))
    shop.receive(shop.buy((item, "3", "20")))
    branch = world.do(inventory.register_warehouse, code="BRANCH", name="Branch", country="China").id
    sent = world.do(
        inventory.ship_transfer,
        from_warehouse_id=shop.warehouse,
        to_warehouse_id=branch,
        lines=[{"item_id": item, "quantity": "3"}],
    )
    assert shop.balance("1402") + shop.balance("1405") == 80
    world.do(
        inventory.receive_transfer, transfer_id=sent.id, lines=[{"item_id": item, "arrived": "2", "lost": "1"}]
    )  # fmt: skip
    stock = {row.warehouse_id: row.on_hand for row in shop.rows(inventory.list_stock, item_id=item)}
    assert (stock[shop.warehouse], stock[branch]) == (2, 2)
    assert (shop.balance("1402"), shop.balance("1405"), shop.balance("6602.01")) == (0, 60, 20)


def test_a_company_takes_over_its_earlier_books(world: World) -> None:
    shop = Shop(world)
    shop.item("A", stock="10", value="50")
    due = world.on + timedelta(days=10)
    receivable = {"customer_id": shop.customer, "number": "OLD-1", "due_on": due, "amount": "200"}
    payable = {"supplier_id": shop.supplier, "number": "OLD-2", "due_on": due, "amount": "80"}
    world.do(finance.open_receivables, items=[receivable])
    world.do(finance.open_payables, items=[payable])
    world.do(finance.open_ledger, balances=[{"account": "1002", "debit": "1000"}])
    assert [shop.balance(account) for account in ("1405", "1122", "2202.01", "1002")] == [50, 200, -80, 1000]
    sheet = world.only(finance.get_balance_sheet, on=world.on)
    assert sheet.total_assets == sheet.total_liabilities + sheet.total_equity
    world.do(finance.receive_payment, customer_id=shop.customer, amount="200")
    assert shop.open_receivables() == []


def test_stock_written_off_and_found_is_in_the_books(world: World) -> None:
    shop = Shop(world)
    item = shop.item("A", stock="10", value="50")
    lines = [{"item_id": item, "quantity": "-2"}]
    world.do(inventory.adjust_stock, warehouse_id=shop.warehouse, reason="damaged", lines=lines)
    lines = [{"item_id": item, "quantity": "1"}]
    world.do(inventory.adjust_stock, warehouse_id=shop.warehouse, reason="found", lines=lines)
    assert shop.stock(item) == (9, 0, 45)
    assert shop.balance("1405") == 45
    order = shop.order((item, "9", "20"))
    too_many = [{"item_id": item, "quantity": "-1"}]
    refusal = world.refused(inventory.adjust_stock, warehouse_id=shop.warehouse, reason="lost", lines=too_many)
    assert refusal.code == "insufficient_stock"
    assert shop.order_view(order).lines[0].reserved == 9


def test_a_date_in_a_closed_period_is_refused_and_a_late_fact_says_where_it_went(world: World) -> None:
    shop = Shop(world)
    item = shop.item("A", stock="10", value="50")
    order = shop.order((item, "4", "20"))
    world.do(finance.close_period, period=f"{world.on:%Y-%m}")
    assert world.refused(finance.receive_payment, customer_id=shop.customer, amount="1").code == "period_closed"
    shop.hand_over(order)
    (invoice,) = shop.rows(finance.list_invoices, order_id=order)
    lines = shop.rows(finance.list_entry_lines, account="6401.01")
    assert [line.effective_on > world.on for line in lines] == [True]
    assert invoice.net == 80
    assert shop.rows(sales.list_orders, status="cancelled") == []


def test_a_receipt_undone_after_part_of_its_value_was_sold_leaves_no_accrual(world: World) -> None:
    shop = Shop(world)
    item = shop.item("A")
    purchases = [shop.buy((item, "10", "10")), shop.buy((item, "10", "20"))]
    _, dear = [shop.receive(purchase) for purchase in purchases]
    shop.hand_over(shop.order((item, "10", "30")))
    world.do(inventory.cancel_receipt, id=dear.id)
    assert shop.stock(item) == (0, 0, 0)
    accounts = ("1405", "6401.01", "2202.02", "6401.02")
    assert [shop.balance(account) for account in accounts] == [0, 150, -100, -50]
    (left,) = shop.rows(finance.list_accruals, open="true")
    assert (left.purchase_order_id, left.open_value) == (purchases[0], 100)


@pytest.mark.parametrize("late", ["0", "1"])
def test_o1_what_is_missing_within_tolerance_is_open_until_the_order_closes_and_cancelled_then(
    world: World, late: str
) -> None:
    shop = Shop(world)
    item = shop.item("A")
    purchase = shop.buy(lines=[{"item_id": item, "quantity": "10", "price": "5", "under_tolerance": "0.2"}])
    shop.receive(purchase, (1, "8", "0"))
    (expected,) = world.only(inventory.get_inbound, id=purchase).lines
    (line,) = world.only(purchasing.get_order, id=purchase).lines
    assert (expected.open, expected.awaited, line.open) == (2, 0, 2)
    assert world.only(purchasing.get_order, id=purchase).status == "received"
    assert shop.rows(inventory.list_stock, item_id=item)[0].inbound == 0
    if late != "0":
        shop.receive(purchase, (1, late, "0"))
    come = 8 + int(late)
    net, tax = str(5 * come), str(Decimal("0.65") * come)
    lines = [{"line": 1, "quantity": str(come), "net": net, "tax": tax}]
    world.do(finance.record_supplier_invoice, **_invoice(shop, purchase, "I-1", net, tax) | {"lines": lines})
    order = world.only(purchasing.get_order, id=purchase)
    (expected,) = world.only(inventory.get_inbound, id=purchase).lines
    assert (order.status, order.lines[0].received, order.lines[0].cancelled) == ("closed", come, 10 - come)
    assert (expected.received, expected.cancelled, expected.open) == (come, 10 - come, 0)
    assert shop.balance("2202.02") == 0

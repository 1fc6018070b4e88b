"""Order to cash: from an order to the money, on every runtime, whatever the order of the messages."""

from decimal import Decimal

from shared.contracts import finance, inventory, logistics, sales
from tests.flows.shop import Shop
from tests.flows.world import World


def test_one_orders_whole_life(world: World) -> None:
    shop = Shop(world)
    item = shop.item("A", stock="10", value="50")
    order = shop.order((item, "4", "20"))

    placed = shop.order_view(order)
    assert (placed.status, placed.net, placed.tax, placed.gross) == (
        "confirmed",
        80,
        Decimal("10.40"),
        Decimal("90.40"),
    )
    assert shop.stock(item) == (10, 4, 50)

    handed = shop.hand_over(order)
    assert [(line.quantity, line.cost) for line in handed.lines] == [(4, 20)]
    assert shop.stock(item) == (6, 0, 30)
    assert (shop.balance("1405"), shop.balance("6401.01"), shop.balance("6001")) == (30, 20, -80)
    (invoice,) = shop.rows(finance.list_invoices, order_id=order)
    assert (invoice.net, invoice.tax, invoice.gross) == (80, Decimal("10.40"), Decimal("90.40"))

    (shipment,) = shop.rows(logistics.list_shipments, order_id=order)
    world.do(logistics.confirm_delivery, id=shipment.id)
    world.do(finance.receive_payment, customer_id=shop.customer, amount="90.40")
    assert shop.open_receivables() == []
    assert shop.balance("1122") == 0
    ended = shop.order_view(order)
    assert ended.status == "completed"
    assert [each.status for each in ended.shipments] == ["delivered"]
    assert {step.state for step in ended.fulfilment} == {"done"}


def test_o4_a_part_is_shipped_the_rest_follows_and_all_is_invoiced(world: World) -> None:
    shop = Shop(world)
    item = shop.item("A", stock="2", value="10")
    order = shop.order((item, "2", "20"))
    shop.hand_over(order, (1, "1"))
    (line,) = shop.order_view(order).lines
    assert (line.handed_over, line.open, line.invoiced) == (1, 1, 1)
    shop.hand_over(order)
    (line,) = shop.order_view(order).lines
    assert (line.handed_over, line.open, line.invoiced) == (2, 0, 2)
    assert sum(invoice.gross for invoice in shop.rows(finance.list_invoices, order_id=order)) == Decimal("45.20")


def test_o3_shipping_over_is_held_to_the_tolerance(world: World) -> None:
    shop = Shop(world)
    item = shop.item("A", stock="20", value="100")
    order = shop.order({"item_id": item, "quantity": "10", "price": "1", "over_tolerance": "0.2"})
    (pick,) = shop.picks(order)
    refusal = world.refused(inventory.hand_over, id=pick.id, lines=[{"line": 1, "quantity": "13"}])
    assert refusal.code in ("over_shipped", "over_shipment")
    shop.hand_over(order, (1, "12"))
    (line,) = shop.order_view(order).lines
    assert (line.handed_over, line.open, line.backordered) == (12, 0, 0)
    assert shop.stock(item) == (8, 0, 40)


def test_o3_a_shipment_whose_goods_all_went_with_another_one_is_cancelled(world: World) -> None:
    shop = Shop(world)
    item = shop.item("A", stock="6", value="30")
    order = shop.order({"item_id": item, "quantity": "10", "price": "1", "over_tolerance": "0.2"})
    shop.receive(shop.buy((item, "6", "5")))
    first, second = shop.picks(order)
    shop.hand_over(order, (1, "11"))
    shipments = {each.id: each for each in shop.rows(logistics.list_shipments, order_id=order)}
    assert (shipments[first.id].status, shipments[second.id].status) == ("shipped", "cancelled")
    world.do(logistics.confirm_delivery, id=first.id)
    assert shop.order_view(order).lines[0].handed_over == 11


def test_what_is_short_waits_and_is_shipped_when_goods_arrive(world: World) -> None:
    shop = Shop(world)
    item = shop.item("A", stock="3", value="15")
    order = shop.order((item, "5", "20"))
    (line,) = shop.order_view(order).lines
    assert (shop.order_view(order).status, line.reserved, line.backordered) == ("confirmed", 3, 2)
    shop.hand_over(order)
    purchase = shop.buy((item, "10", "5"))
    shop.receive(purchase)
    (line,) = shop.order_view(order).lines
    assert (line.reserved, line.backordered, line.handed_over) == (5, 0, 3)
    shop.hand_over(order)
    assert shop.order_view(order).lines[0].open == 0
    assert shop.stock(item) == (8, 0, 40)


def test_an_order_that_will_not_wait_is_declined_and_leaves_nothing_reserved(world: World) -> None:
    shop = Shop(world, limit="1000")
    item = shop.item("A", stock="3", value="15")
    order = shop.order((item, "5", "20"), accept_backorder=False)
    assert shop.order_view(order).status == "declined"
    assert shop.stock(item) == (3, 0, 15)
    assert world.only(finance.get_credit, customer_id=shop.customer).exposure == 0


def test_o11_the_last_unit_goes_to_one_and_after_its_cancellation_to_the_other(world: World) -> None:
    shop = Shop(world)
    item = shop.item("A", stock="1", value="5")
    first = shop.order((item, "1", "20"), wait=False)
    second = shop.order((item, "1", "20"), wait=False)
    world.settle()
    reserved = {order: shop.order_view(order).lines[0].reserved for order in (first, second)}
    assert sorted(reserved.values()) == [0, 1]
    holder = max(reserved, key=lambda order: reserved[order])
    waiter = first if holder == second else second
    world.do(sales.cancel_order, id=holder, reason="changed my mind")
    assert shop.order_view(holder).status == "cancelled"
    assert shop.order_view(waiter).lines[0].reserved == 1
    assert shop.stock(item) == (1, 1, 5)


def test_m3_the_last_credit_goes_to_one_and_a_payment_releases_the_other(world: World) -> None:
    shop = Shop(world, limit="1000")
    item = shop.item("A", stock="1000", value="1000", tax_code="standard")
    world.do(finance.set_tax_rate, tax_code="ZERO", rate="0", valid_from="2020-01-01")
    free = {"item_id": item, "price": "1", "tax_code": "ZERO"}
    used = shop.order(free | {"quantity": "600"})
    shop.hand_over(used)
    first = shop.order(free | {"quantity": "300"}, wait=False)
    second = shop.order(free | {"quantity": "300"}, wait=False)
    world.settle()
    states = {order: shop.order_view(order).status for order in (first, second)}
    assert sorted(states.values()) == ["confirmed", "on_hold"]
    world.do(finance.receive_payment, customer_id=shop.customer, amount="200")
    assert {shop.order_view(order).status for order in (first, second)} == {"confirmed"}
    assert world.only(finance.get_credit, customer_id=shop.customer).exposure == 1000


def test_a_held_order_that_finance_declines_gives_its_stock_back(world: World) -> None:
    shop = Shop(world, limit="10")
    item = shop.item("A", stock="5", value="25")
    order = shop.order((item, "5", "20"))
    assert shop.order_view(order).status == "on_hold"
    assert shop.stock(item)[1] == 5
    world.do(finance.decline_credit_hold, id=order, reason="too much")
    assert shop.order_view(order).status == "declined"
    assert shop.stock(item) == (5, 0, 25)


def test_services_ride_on_goods_or_stand_alone(world: World) -> None:
    shop = Shop(world)
    item = shop.item("A", stock="5", value="25")
    postage = shop.item("POST", kind="service")
    both = shop.order((item, "1", "20"), (postage, "1", "3"))
    alone = shop.order((postage, "1", "7"))
    assert [invoice.net for invoice in shop.rows(finance.list_invoices, order_id=alone)] == [7]
    shop.hand_over(both)
    assert [invoice.net for invoice in shop.rows(finance.list_invoices, order_id=both)] == [23]
    world.do(finance.receive_payment, customer_id=shop.customer, amount="33.90")
    assert {shop.order_view(order).status for order in (both, alone)} == {"completed"}


def test_m7_document_rounding_gives_the_last_invoice_the_remainder(world: World) -> None:
    shop = Shop(world)
    world.do(sales.change_settings, tax_rounding="document")
    items = [shop.item(sku, stock="1", value="0.10") for sku in "AB"]
    order = shop.order(*((item, "1", "0.33") for item in items))
    assert shop.order_view(order).gross == Decimal("0.75")
    shop.hand_over(order, (1, "1"))
    shop.hand_over(order, (2, "1"))
    invoices = sorted(shop.rows(finance.list_invoices, order_id=order), key=lambda invoice: invoice.number)
    assert [invoice.gross for invoice in invoices] == [Decimal("0.37"), Decimal("0.38")]


def test_a_return_puts_stock_and_books_right_again(world: World) -> None:
    shop = Shop(world)
    item = shop.item("A", stock="10", value="50")
    order = shop.order((item, "4", "20"))
    shop.hand_over(order)
    back = world.do(sales.authorise_return, order_id=order, reason="faulty", lines=[{"order_line": 1, "quantity": "2"}])
    world.do(inventory.receive_return, return_id=back.id)
    assert shop.stock(item)[0] == 6
    world.do(
        inventory.inspect_return,
        return_id=back.id,
        lines=[{"order_line": 1, "restocked": "1", "scrapped": "1"}],
    )
    assert shop.stock(item) == (7, 0, 35)
    assert world.only(sales.get_return, id=back.id).status == "credited"
    (note,) = shop.rows(finance.list_credit_notes, order_id=order)
    assert (note.net, note.tax) == (40, Decimal("5.20"))
    assert shop.open_receivables() == [Decimal("45.20")]
    assert (shop.balance("1405"), shop.balance("6001"), shop.balance("6401.01")) == (35, -40, 10)
    assert world.refused(
        sales.authorise_return, order_id=order, reason="more", lines=[{"order_line": 1, "quantity": "3"}]
    ).code == "not_returnable"  # fmt: skip


def test_m5_a_fifo_return_comes_back_at_what_it_left_at(world: World) -> None:
    shop = Shop(world, cost_method="fifo")
    item = shop.item("A")
    for price in ("10", "20"):
        shop.receive(shop.buy((item, "1", price)))
    order = shop.order((item, "2", "50"))
    assert sum(line.cost or 0 for line in shop.hand_over(order).lines) == 30
    back = world.do(sales.authorise_return, order_id=order, reason="x", lines=[{"order_line": 1, "quantity": "1"}])
    world.do(inventory.receive_return, return_id=back.id)
    world.do(inventory.inspect_return, return_id=back.id)
    assert shop.stock(item) == (1, 0, 15)
    assert shop.balance("6401.01") == 15

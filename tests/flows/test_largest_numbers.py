"""Numbers as large as a document holds, and more of them than one document: all is carried through, and readable."""

from decimal import Decimal

from gateway.catalogue import published
from shared.contracts import finance, inventory, purchasing, sales
from tests.flows.shop import Shop
from tests.flows.world import World

MOST_PIECES, MUCH = Decimal(999_999_999), Decimal(9_000_000_000_000)


def test_what_is_wanted_of_an_item_in_all_may_be_more_than_a_line_holds(world: World) -> None:
    shop = Shop(world)
    item = shop.item("A", stock="30", value="50")
    limits = [{"item_id": item, "minimum": "20", "maximum": "36"}]
    world.do(inventory.set_stock_limits, warehouse_id=shop.warehouse, lines=limits)
    for _ in range(2):
        shop.order((item, str(MOST_PIECES), "0.01"))

    (level,) = shop.rows(inventory.list_stock, item_id=item, warehouse_id=shop.warehouse)
    assert (level.reserved, level.available, level.backordered) == (30, 0, 2 * MOST_PIECES - 30)
    (requisition,) = shop.rows(purchasing.list_requisitions, status="open")
    assert requisition.quantity == MOST_PIECES - 30 + 36

    (draft,) = world.do(purchasing.order_requisitions).orders
    assert [line.quantity for line in draft.lines] == [MOST_PIECES, 6]
    world.do(purchasing.submit_order, id=draft.id)
    shop.receive(draft.id)
    shop.receive(shop.buy((item, "999999987", "5"), (item, "999999999", "5")))
    assert shop.stock(item)[:2] == (3 * MOST_PIECES + 24, 2 * MOST_PIECES)
    _read_everything(world)


def test_what_is_owed_and_held_in_all_may_be_more_than_a_document_says(world: World) -> None:
    shop = Shop(world)
    item = shop.item("A", stock="9000", value=str(MUCH))
    shop.receive(shop.buy((item, "9000", "9.7"), (item, "1", str(MOST_PIECES))))
    line = {"item_id": item, "quantity": "9000", "value": str(MUCH)}
    world.do(inventory.open_stock, warehouse_id=shop.warehouse, lines=[line])
    value = 2 * MUCH + 87_300 + MOST_PIECES
    assert shop.stock(item) == (27_001, 0, value)

    for _ in range(3):
        shop.hand_over(shop.order((item, "8800", str(MOST_PIECES))))
    assert world.troubles() == []
    sold = 3 * 8800 * MOST_PIECES
    owed = sold * Decimal("1.13")
    credit = world.only(finance.get_credit, customer_id=shop.customer)
    assert (credit.receivables, credit.exposure, shop.balance("1122"), shop.balance("6001")) == (
        owed, owed, owed, -sold,
    )  # fmt: skip
    statement = world.only(
        finance.get_customer_statement, customer_id=shop.customer, from_on="2000-01-01", to_on="2100-01-01"
    )
    assert statement.closing == owed

    counted = {"item_id": item, "quantity": "-600"}
    world.do(inventory.adjust_stock, warehouse_id=shop.warehouse, reason="lost", lines=[counted])
    assert shop.stock(item)[0] == 1
    assert shop.balance("1405") == shop.stock(item)[2]
    _read_everything(world)


def _read_everything(world: World) -> None:
    """Every list and report can be read."""
    for contract in published():
        for operation in contract.operations.values():
            if operation.listing and not operation.path_parameters and operation.service != "identity":
                world.only(operation)
    span = {"from_on": "2000-01-01", "to_on": "2100-01-01"}
    world.only(finance.get_trial_balance, **span)
    world.only(finance.get_balance_sheet, on="2100-01-01")
    world.only(finance.get_profit_and_loss, **span)
    world.only(sales.list_orders)
    assert world.troubles() == []

"""A small trading company, set up and driven through its operations as its people would."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

from shared.contracts import finance, inventory, logistics, purchasing, sales
from shared.contracts.operations import ListQuery, Operation, Page
from tests.flows.world import World

BUYER, CHIEF = "buyer", "chief"


class Shop:
    """A company with one warehouse, 13 % tax, one carrier, one supplier, and items to trade."""

    def __init__(self, world: World, *, limit: str | None = None, cost_method: str = "moving_average") -> None:
        self.world = world
        do = world.do
        do(finance.set_tax_rate, tax_code="standard", rate="0.13", valid_from="2020-01-01")
        if cost_method != "moving_average":
            do(inventory.change_settings, cost_method=cost_method)
        self.warehouse = do(inventory.register_warehouse, code="MAIN", name="Main", country="China").id
        do(sales.change_settings, default_warehouse_id=self.warehouse)
        carrier = do(logistics.register_carrier, code="FAST", name="Fast", mode="courier").id
        do(
            logistics.add_rate_card, carrier_id=carrier, tariff="per_kg", price_per_kg="1", minimum="5", transit_days=2
        )  # fmt: skip
        supplier = do(purchasing.register_supplier, code="S1", name="Maker")
        self.supplier = do(purchasing.approve_supplier, id=supplier.id).id
        self.customer = self.new_customer("C1", limit)

    def new_customer(self, code: str, limit: str | None = None) -> str:
        """A customer, with a credit limit of its own where one is given."""
        customer = self.world.do(sales.register_customer, code=code, name=f"Customer {code}", country="China").id
        if limit is not None:
            self.world.do(finance.set_credit_limit, customer_id=customer, limit=limit)
        return customer

    def item(self, sku: str, stock: str = "0", value: str = "0", **fields: Any) -> str:
        """An item, with opening stock of a value; bought at 5 with a lead time of 3 days."""
        item = self.world.do(inventory.register_item, sku=sku, name=f"Item {sku}", weight="0.5", **fields).id
        if fields.get("kind") != "service":
            breaks = [{"min_quantity": "1", "price": "5"}]
            self.world.do(
                purchasing.offer_item, supplier_id=self.supplier, item_id=item, price_breaks=breaks, lead_time_days=3
            )
        if Decimal(stock):
            line = {"item_id": item, "quantity": stock, "value": value}
            self.world.do(inventory.open_stock, warehouse_id=self.warehouse, lines=[line])
        return item

    def order(self, *lines: tuple[str, str, str] | dict[str, Any], wait: bool = True, **fields: Any) -> str:
        """Place an order of lines (item, quantity, price); its id."""
        given = [
            line if isinstance(line, dict) else {"item_id": line[0], "quantity": line[1], "price": line[2]}
            for line in lines
        ]
        place = self.world.do if wait else self.world.only
        return place(sales.place_order, **{"customer_id": self.customer, "lines": given, **fields}).id

    def order_view(self, order: str) -> sales.OrderView:
        """The order as it stands."""
        return self.world.only(sales.get_order, id=order)

    def rows(self, operation: Operation[ListQuery, Page[Any]], **filters: Any) -> list[Any]:
        """All rows of a list."""
        page = self.world.only(operation, limit="1000", **filters)
        assert not page.has_more
        return page.data

    def picks(self, order: str) -> list[inventory.PickView]:
        """The order's pick lists that have something open, oldest first."""
        found = self.rows(inventory.list_picks, order_id=order)
        return [pick for pick in found if pick.status in ("open", "picked", "partly_handed_over")]

    def hand_over(self, order: str, *lines: tuple[int, str], wait: bool = True) -> inventory.HandOverView:
        """Hand over what is open of the order's first pick, or the quantities given."""
        (pick, *_) = self.picks(order)
        given = [{"line": line, "quantity": quantity} for line, quantity in lines]
        call = self.world.do if wait else self.world.only
        return call(inventory.hand_over, id=pick.id, lines=given)

    def buy(self, *lines: tuple[str, str, str], **fields: Any) -> str:
        """A purchase order of lines (item, quantity, price), submitted; its id."""
        given = [{"item_id": item, "quantity": quantity, "price": price} for item, quantity, price in lines]
        expected = self.world.on + timedelta(days=3)
        draft = self.world.do(
            purchasing.draft_order,
            **{"supplier_id": self.supplier, "warehouse_id": self.warehouse, "expected_on": expected, "lines": given}
            | fields,
        )
        self.world.do(purchasing.submit_order, id=draft.id)
        return draft.id

    def receive(self, purchase: str, *lines: tuple[int, str, str]) -> inventory.ReceiptView:
        """Receive lines (line, accepted, rejected) of a purchase order; everything open, where none is given."""
        given = [{"line": line, "accepted": accepted, "rejected": rejected} for line, accepted, rejected in lines]
        return self.world.do(inventory.receive_goods, purchase_order_id=purchase, lines=given)

    def stock(self, item: str) -> tuple[Decimal, Decimal, Decimal]:
        """On hand, reserved and value of an item."""
        (level,) = self.rows(inventory.list_stock, item_id=item, warehouse_id=self.warehouse)
        values = self.rows(inventory.list_stock_values, item_id=item)
        return level.on_hand, level.reserved, sum((row.value for row in values), Decimal(0))

    def balance(self, account: str) -> Decimal:
        """What an account stands at, debit less credit, in base currency."""
        span = {"from_on": "2000-01-01", "to_on": "2100-01-01"}
        trial = self.world.only(finance.get_trial_balance, **span)
        return sum((row.closing_debit - row.closing_credit for row in trial.rows if row.account == account), Decimal(0))

    def open_receivables(self, customer: str | None = None) -> list[Decimal]:
        """What is open of the customer's items, in due order."""
        found = self.rows(finance.list_receivables, customer_id=customer or self.customer, open="true")
        return [row.open_amount for row in found]

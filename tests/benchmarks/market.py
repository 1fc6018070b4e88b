"""The company that is measured: items with stock and a price, customers with a credit limit, and their orders."""

import random
from dataclasses import dataclass
from decimal import Decimal

from shared.contracts import finance, inventory, logistics, sales
from tests.benchmarks.callers import Caller, Json

STOCK = Decimal(5_000_000)
_FOREVER = "2020-01-01"


@dataclass(frozen=True)
class Market:
    """Ids of what can be sold, and to whom."""

    items: tuple[str, ...]
    customers: tuple[str, ...]

    def order(self, rng: random.Random, lines: int = 3, *, hot: bool = False) -> Json:
        """The fields of an order of so many different items at list price; a `hot` one has an item all want."""
        chosen = [self.items[0], *rng.sample(self.items[1:], lines - 1)] if hot else rng.sample(self.items, lines)
        return {
            "customer_id": rng.choice(self.customers),
            "lines": [{"item_id": item, "quantity": str(rng.randint(1, 5))} for item in chosen],
        }


def opened(caller: Caller, items: int = 200, customers: int = 50) -> Market:
    """Set a company up through its gateway, as its people would."""
    do = caller.do
    do(finance.set_tax_rate, tax_code="standard", rate="0.13", valid_from=_FOREVER)
    warehouse = do(inventory.register_warehouse, code="MAIN", name="Main", country="China")["id"]
    do(sales.change_settings, default_warehouse_id=warehouse)
    carrier = do(logistics.register_carrier, code="FAST", name="Fast", mode="courier")["id"]
    do(logistics.add_rate_card, carrier_id=carrier, tariff="per_kg", price_per_kg="1", minimum="5", transit_days=2)
    goods = tuple(_item(caller, number) for number in range(items))
    stock = [{"item_id": item, "quantity": STOCK, "value": STOCK * 5} for item in goods]
    do(inventory.open_stock, warehouse_id=warehouse, lines=stock)
    for item in goods:
        do(sales.set_price, item_id=item, price="20", valid_from=_FOREVER)
    return Market(goods, tuple(_customer(caller, number) for number in range(customers)))


def _item(caller: Caller, number: int) -> str:
    fields = {"sku": f"B-{number:05}", "name": f"Item {number}", "weight": "0.5"}
    return str(caller.do(inventory.register_item, **fields)["id"])


def _customer(caller: Caller, number: int) -> str:
    made = caller.do(sales.register_customer, code=f"B-{number:05}", name=f"Customer {number}", country="China")
    caller.do(finance.set_credit_limit, customer_id=made["id"], limit="900000000")
    return str(made["id"])

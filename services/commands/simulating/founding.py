"""What there is before the first day: cards of goods, places and parties, then what they offer, owe and hold."""

import random
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from services.commands.simulating.moves import Move
from services.commands.simulating.sight import Sight
from shared.contracts import finance, inventory, logistics, purchasing, sales
from shared.contracts.operations import Operation

GOODS, SERVICES, CUSTOMERS, SUPPLIERS = 18, 2, 14, 5
SINCE = "2020-01-01"
APPROVAL_LIMIT = "400"


def cards(_sight: Sight, draw: random.Random) -> Iterator[Move]:
    """Rates, warehouses, items, customers, suppliers, carriers."""
    yield _open("finance", finance.set_tax_rate, tax_code="standard", rate="0.13", valid_from=SINCE)
    yield _open("finance", finance.set_tax_rate, tax_code="reduced", rate="0.09", valid_from=SINCE)
    yield _open("finance", finance.set_exchange_rate, currency="USD", rate="7.1", valid_from=SINCE)
    for code in ("MAIN", "EAST"):
        yield _open("keeper", inventory.register_warehouse, code=code, name=code.title(), country="China")
    for nth in range(GOODS + SERVICES):
        yield _item(nth, draw)
    for nth in range(CUSTOMERS):
        yield _customer(nth, draw)
    for nth in range(SUPPLIERS):
        days = draw.choice((0, 14, 30))
        yield _open("buyer", purchasing.register_supplier, code=f"S{nth}", name=f"Supplier {nth}", terms=_net(days))
    for nth in range(2):
        yield _open("coordinator", logistics.register_carrier, code=f"L{nth}", name=f"Carrier {nth}", mode="road")


def _item(nth: int, draw: random.Random) -> Move:
    kind = "goods" if nth < GOODS else "service"
    given: dict[str, Any] = {"weight": str(draw.randint(1, 40) / 10)} if kind == "goods" else {}
    if nth % 3 == 0 and kind == "goods":
        given["units"] = [{"unit": "box", "numerator": 12}]
    tax = "reduced" if nth % 5 == 0 else "standard"
    return _open(
        "keeper", inventory.register_item, sku=f"I{nth:02}", name=f"Item {nth}", kind=kind, tax_code=tax, **given
    )


def _customer(nth: int, draw: random.Random) -> Move:
    shares = [{"share": "0.3", "days": 0}, {"share": "0.7", "days": 30}]
    terms = {"instalments": shares} if nth % 4 == 0 else _net(draw.choice((0, 10, 30)))
    currency: dict[str, Any] = {"currency": "USD"} if nth % 7 == 3 else {}
    return _open(
        "seller", sales.register_customer, code=f"C{nth:02}", name=f"Customer {nth}", country="China",
        terms=terms, **currency,
    )  # fmt: skip


def conditions(sight: Sight, draw: random.Random) -> Iterator[Move]:
    """Settings, limits, rates of carriers, offers, and the stock that is taken over."""
    main, east = sight.warehouses
    yield _open("seller", sales.change_settings, default_warehouse_id=main)
    yield _open("chief", purchasing.change_settings, approval_limit=APPROVAL_LIMIT)
    for nth, carrier in enumerate(sight.carriers):
        yield _open(
            "coordinator", logistics.add_rate_card, carrier_id=carrier, tariff="per_kg", price_per_kg=str(nth + 1),
            minimum="5", transit_days=3 - nth,
        )  # fmt: skip
    for supplier in sight.suppliers:
        yield _open("buyer", purchasing.approve_supplier, id=supplier)
    for nth, customer in enumerate(sight.customers):
        if nth % 3 == 0:
            limit = str(draw.choice((300, 800, 2000)))
            yield _open("controller", finance.set_credit_limit, customer_id=customer, limit=limit)
    for nth, item in enumerate(sight.goods):
        yield _offer(sight, nth, item, draw)
        for warehouse in (main, east)[: 1 + nth % 2]:
            yield _stock(warehouse, item, nth, draw)


def _offer(sight: Sight, nth: int, item: str, draw: random.Random) -> Move:
    cost = Decimal(200 + 37 * nth) / 100
    breaks = [{"min_quantity": "0", "price": cost}, {"min_quantity": "50", "price": cost - Decimal("0.15")}]
    return _open(
        "buyer", purchasing.offer_item, supplier_id=sight.suppliers[nth % SUPPLIERS], item_id=item,
        price_breaks=breaks, lead_time_days=draw.randint(1, 3), over_tolerance="0.1", under_tolerance="0.05",
        preferred=True,
    )  # fmt: skip


def _stock(warehouse: str, item: str, nth: int, draw: random.Random) -> Move:
    quantity = draw.randint(5, 60)
    line = {"item_id": item, "quantity": str(quantity), "value": Decimal(quantity * (200 + 37 * nth)) / 100}
    return _open("controller", inventory.open_stock, warehouse_id=warehouse, lines=[line])


def limits(sight: Sight, draw: random.Random) -> Iterator[Move]:
    """Between which quantities items are kept, and which cards are archived again."""
    main = sight.warehouses[0]
    for item in sight.goods[:-3]:
        line = {"item_id": item, "minimum": str(draw.randint(2, 15)), "maximum": "60"}
        yield _open("keeper", inventory.set_stock_limits, warehouse_id=main, lines=[line])
    yield _open("seller", sales.change_customer, if_match=1, id=sight.customers[-1], archived=True)
    yield _open("keeper", inventory.change_item, if_match=1, id=sight.goods[-1], archived=True)


def _net(days: int) -> dict[str, Any]:
    return {"instalments": [{"share": "1", "days": days}]}


def _open(who: str, operation: Operation[Any, Any], if_match: int | None = None, **fields: Any) -> Move:
    name = next((str(fields[name]) for name in ("code", "sku", "tax_code") if name in fields), "")
    what = f"{operation.name} {name}".rstrip()
    return Move(who=who, what=what, operation=operation, fields=fields, if_match=if_match)


STAGES = (cards, conditions, limits)
"""The company comes to rest between them."""

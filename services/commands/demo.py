"""The demo company: a few items, customers and suppliers, and two weeks of trade, made as any client would.

`huotong demo` loads it into a running company by its gateway; again is harmless.
"""

import argparse
import sys
from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import requests

from services.commands.client import Client, Refused
from services.commands.login import add_login_arguments, client_of
from shared.contracts import finance, inventory, logistics, purchasing, sales
from shared.contracts.identity import RegisterCompany

DEMO = RegisterCompany(code="DEMO", name="示例贸易有限公司 Demo Trading", currency="CNY", time_zone="Asia/Shanghai")

_ITEMS = (
    ("TEA-01", "龙井茶 250 g Longjing tea", "45.00", "88.00", "0.30", 120),
    ("TEA-02", "普洱茶饼 Pu'er tea cake", "62.00", "138.00", "0.40", 80),
    ("CUP-01", "青瓷茶杯 Celadon cup", "18.50", "39.00", "0.25", 200),
    ("POT-01", "紫砂壶 Zisha teapot", "120.00", "268.00", "0.60", 40),
    ("BOX-01", "竹制茶盒 Bamboo tea box", "9.80", "24.00", "0.35", 150),
)
_CUSTOMERS = (("C-100", "东城茶庄 East Town Tea", "20000"), ("C-200", "云上酒店 Cloud Hotel", "50000"))
_CARDS: tuple[tuple[str, str, str, int, dict[str, Any]], ...] = (
    ("SF", "顺达快递 Express", "courier", 2, {"tariff": "first_and_further", "first_weight": "1", "first_price": "12",
                                             "step": "1", "step_price": "2"}),
    ("LL", "陆联货运 Road freight", "road", 4, {"tariff": "per_kg", "price_per_kg": "1.5", "minimum": "30"}),
)  # fmt: skip
_ORDERS = 10


def main(arguments: Sequence[str]) -> int:
    """Load it where it is not there yet; 1 where the gateway refuses or cannot be reached."""
    parser = argparse.ArgumentParser(prog="huotong demo", description=__doc__)
    add_login_arguments(parser)
    try:
        loaded = load_demo(client_of(parser.parse_args(arguments)))
    except (Refused, requests.RequestException) as error:
        print(error, file=sys.stderr)
        return 1
    print("the demo is loaded" if loaded else "the demo is there already")
    return 0


def load_demo(client: Client) -> bool:
    """Load the demo once; False where it is there already. A load that was cut off is taken up where it stopped.

    Every write bears a key of its own, so that loading again has no second effect.
    """
    return _Demo(client).load()


class _Demo:
    def __init__(self, client: Client) -> None:
        self._client = client
        self._today = date.today()  # noqa: DTZ011 - the demo happens on the days before today, wherever it is shown

    def load(self) -> bool:
        if sum(1 for _ in self._client.rows(sales.list_orders)) >= _ORDERS:
            return False
        self._rates()
        warehouse = self._made(
            inventory.register_warehouse, "WH", code="SH", name="上海仓 Shanghai", country="中国 China"
        )
        self._client.do(sales.change_settings, key="demo-settings", default_warehouse_id=warehouse)
        self._client.do(purchasing.change_settings, key="demo-limit", approval_limit="10000")
        self._carriers()
        items = self._items()
        self._suppliers(items)
        self._stock(warehouse, items)
        self._orders(items, self._customers())
        return True

    def _rates(self) -> None:
        for code, rate in (("standard", "0.13"), ("VAT9", "0.09"), ("VAT6", "0.06"), ("ZERO", "0")):
            self._client.do(finance.set_tax_rate, key=f"demo-{code}", tax_code=code, rate=rate, valid_from="2020-01-01")

    def _carriers(self) -> None:
        for code, name, mode, days, card in _CARDS:
            carrier = self._made(logistics.register_carrier, code, code=code, name=name, mode=mode)
            self._client.do(
                logistics.add_rate_card, key=f"demo-card-{code}", carrier_id=carrier, transit_days=days, **card
            )  # fmt: skip

    def _items(self) -> dict[str, str]:
        return {
            sku: self._made(inventory.register_item, sku, sku=sku, name=name, weight=weight)
            for sku, name, _cost, _price, weight, _stock in _ITEMS
        }

    def _suppliers(self, items: dict[str, str]) -> None:
        supplier = self._made(purchasing.register_supplier, "S-1", code="S-1", name="武夷茶业 Wuyi Tea Works")
        self._client.do(purchasing.approve_supplier, key="demo-approve", id=supplier)
        for sku, _name, cost, price, *_ in _ITEMS:
            breaks = [{"min_quantity": "1", "price": cost}]
            self._made(
                purchasing.offer_item, f"offer-{sku}", supplier_id=supplier, item_id=items[sku], price_breaks=breaks,
                lead_time_days=5, pack_size="10",
            )  # fmt: skip
            self._made(sales.set_price, f"price-{sku}", item_id=items[sku], price=price, valid_from="2020-01-01")

    def _stock(self, warehouse: str, items: dict[str, str]) -> None:
        lines = [
            {"item_id": items[sku], "quantity": stock, "value": Decimal(cost) * stock}
            for sku, _name, cost, _price, _weight, stock in _ITEMS
        ]
        limits = [
            {"item_id": items[sku], "minimum": str(stock // 3), "maximum": str(stock)} for sku, *_, stock in _ITEMS
        ]
        opened = self._today - timedelta(days=14)
        self._made(inventory.open_stock, "stock", dated=opened, warehouse_id=warehouse, lines=lines)
        self._client.do(inventory.set_stock_limits, key="demo-limits", warehouse_id=warehouse, lines=limits)

    def _customers(self) -> list[str]:
        made = []
        for code, name, limit in _CUSTOMERS:
            customer = self._made(sales.register_customer, code, code=code, name=name, country="中国 China")
            self._client.do(finance.set_credit_limit, key=f"demo-limit-{code}", customer_id=customer, limit=limit)
            made.append(customer)
        return made

    def _orders(self, items: dict[str, str], customers: list[str]) -> None:
        """Ten orders over two weeks; the people of each role find them to work on."""
        for number in range(_ORDERS):
            day = self._today - timedelta(days=13 - number)
            chosen = [_ITEMS[(number + step) % len(_ITEMS)][0] for step in range(1 + number % 3)]
            lines = [{"item_id": items[sku], "quantity": 3 + number} for sku in chosen]
            customer = customers[number % len(customers)]
            self._made(sales.place_order, f"order-{number}", dated=day, customer_id=customer, lines=lines)

    def _made(self, operation: Any, label: str, /, **fields: Any) -> str:
        return str(self._client.do(operation, key=f"demo-{label}", **_texts(fields))["id"])


def _texts(fields: dict[str, Any]) -> dict[str, Any]:
    """Whole numbers as the decimal strings the API wants."""
    lines = [
        {name: str(value) if isinstance(value, int) else value for name, value in line.items()}
        for line in fields.get("lines", ())
    ]
    return fields | ({"lines": lines} if lines else {})

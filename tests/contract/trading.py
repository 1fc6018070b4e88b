"""A company with papers in every state, and what a client learns of it from its lists."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from services.commands.installation import every_service
from shared.contracts import finance, inventory, logistics, purchasing, sales
from shared.contracts.operations import Operation
from tests.company import Company
from tests.flows.shop import BUYER, CHIEF, Shop

Known = dict[str, list[str]]
"""Ids by the path of their collection, by `<service>.<field>` where a service's lists tell them, and by `<field>`."""
_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_TOLD = ("currency", "tax_code", "account", "unit")


def trading_company(folder: Path) -> Company:
    """Orders open, shipped, returned and waiting for goods; purchases from draft to paid; goods between warehouses."""
    company = Company(every_service(), folder)
    trade(company)
    return company


def trade(company: Company) -> None:
    """Fill the present company of an installation so."""
    shop = Shop(company)
    item = shop.item("A", stock="500", value="2500")
    _sell(company, shop, item)
    _buy(company, shop, item)
    _move(company, shop, item)


def _sell(company: Company, shop: Shop, item: str) -> None:
    orders = [shop.order((item, "4", "20")) for _ in range(6)]
    for order in orders[:4]:
        shop.hand_over(order)
    shop.hand_over(orders[4], (1, "1"))
    shop.order((shop.item("B"), "5", "20"))
    (shipment, *_) = shop.rows(logistics.list_shipments, order_id=orders[0])
    company.do(logistics.confirm_delivery, id=shipment.id)
    line = {"order_line": 1, "quantity": "2"}
    backs = [
        company.do(sales.authorise_return, order_id=each, reason="faulty", lines=[line]).id for each in orders[1:4]
    ]
    for back in backs[1:]:
        company.do(inventory.receive_return, return_id=back)
    inspected = [{"order_line": 1, "restocked": "1", "scrapped": "1"}]
    company.do(inventory.inspect_return, return_id=backs[2], lines=inspected)
    company.do(finance.receive_payment, customer_id=shop.customer, amount="100")


def _buy(company: Company, shop: Shop, item: str) -> None:
    company.do(purchasing.change_settings, approval_limit="1000")
    company.actor = BUYER
    shop.buy((item, "900", "5"))
    received, invoiced, odd, _ = (shop.buy((item, "10", "5")) for _ in range(4))
    shop.receive(received, (1, "4", "1"))
    for number, purchase, net in (("I-1", invoiced, "50"), ("I-2", odd, "70")):
        shop.receive(purchase)
        line = {"line": 1, "quantity": "10", "net": net, "tax": "6.50"}
        company.do(
            finance.record_supplier_invoice, supplier_id=shop.supplier, supplier_number=number,
            purchase_order_id=purchase, lines=[line],
        )  # fmt: skip
    company.actor = CHIEF
    company.do(finance.pay_supplier, supplier_id=shop.supplier, amount="20")


def _move(company: Company, shop: Shop, item: str) -> None:
    branch = company.do(inventory.register_warehouse, code="BRANCH", name="Branch", country="China").id
    for _ in range(2):
        company.do(
            inventory.ship_transfer, from_warehouse_id=shop.warehouse, to_warehouse_id=branch,
            lines=[{"item_id": item, "quantity": "3"}],
        )  # fmt: skip


def known_of(company: Company) -> Known:
    """What its lists tell."""
    known: dict[str, dict[str, None]] = {}
    for service in every_service():
        for operation in service.contract.operations.values():
            if operation.listing and not operation.path_parameters and "/system/" not in operation.path:
                reply = company.ask(operation, limit="20")
                assert reply.body is not None, reply.problem
                for name, value in _named(reply.body["data"], operation):
                    known.setdefault(name, {})[value] = None
    return {name: list(values) for name, values in known.items()}


def _named(rows: list[Any], operation: Operation[Any, Any]) -> Iterator[tuple[str, str]]:
    one = f"{operation.path.rpartition('/')[2].removesuffix('s').replace('-', '_')}_id"
    for row in rows:
        if "id" in row:
            yield operation.path, str(row["id"])
        own = [(one, str(row["id"]))] if _UUID.fullmatch(str(row.get("id"))) else []
        for name, value in (*own, *_told(row, "")):
            yield f"{operation.service}.{name}", value
            yield name, value


def _told(value: Any, name: str) -> Iterator[tuple[str, str]]:
    if isinstance(value, dict):
        for inner, each in value.items():
            yield from _told(each, inner)
    elif isinstance(value, list):
        for each in value:
            yield from _told(each, name.removesuffix("s"))
    elif isinstance(value, str) and name != "id" and (_UUID.fullmatch(value) or name in _TOLD):
        yield name, value

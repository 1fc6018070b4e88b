"""A company that buys, and what other services tell it, in few words."""

from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from services.purchasing.service import SERVICE
from shared.contracts import finance, inventory, purchasing
from shared.contracts.operations import Event
from tests.company import TODAY, Company

D = Decimal
Fact = tuple[Event[Any], dict[str, Any]]


class Buyer(Company):
    """A company with purchasing alone, one warehouse, tax at 13 %, and dollars at 7."""

    def __init__(self, folder: Path, seed: int = 0) -> None:
        super().__init__([SERVICE], folder, seed)
        self.warehouse = self.new_id()
        self.given(
            inventory.warehouse_registered,
            warehouse_id=self.warehouse, code="W1", name="Main", country="CN", archived=False,
        )  # fmt: skip
        self.given(finance.tax_rate_set, tax_code="VAT13", rate=D("0.13"), valid_from=date(2020, 1, 1))
        self.given(finance.exchange_rate_set, currency="USD", rate=D(7), valid_from=date(2020, 1, 1))

    def item(self, sku: str = "TEA", **fields: Any) -> str:
        """An item of inventory's, traded by the piece and by the dozen."""
        id_ = self.new_id()
        fact = {
            "item_id": id_, "sku": sku, "name": sku, "kind": "goods", "category": "all", "base_unit": "pc",
            "units": [{"unit": "dozen", "numerator": 12, "denominator": 1}], "weight": D(1), "volume": D(0),
            "tax_code": "VAT13", "archived": False,
        }  # fmt: skip
        self.given(inventory.item_registered, **{**fact, **fields})
        return id_

    def supplier(self, code: str = "S1", *, approved: bool = True, **fields: Any) -> str:
        """A supplier, approved unless said otherwise."""
        made = self.do(purchasing.register_supplier, code=code, name=code, **fields)
        if approved:
            self.do(purchasing.approve_supplier, id=made.id)
        return made.id

    def offer(self, supplier: str, item: str, price: str, **fields: Any) -> purchasing.OfferView:
        """A supplier's offer at one price."""
        breaks = [{"min_quantity": "0", "price": price}]
        return self.do(purchasing.offer_item, supplier_id=supplier, item_id=item, price_breaks=breaks, **fields)

    def draft(self, supplier: str, *lines: dict[str, Any], **fields: Any) -> purchasing.PurchaseOrderView:
        """A draft order by hand, expected in a week."""
        given = {"expected_on": date(2026, 3, 9), "warehouse_id": self.warehouse, **fields}
        return self.do(purchasing.draft_order, supplier_id=supplier, lines=list(lines), **given)

    def approved(self, supplier: str, *lines: dict[str, Any], **fields: Any) -> purchasing.PurchaseOrderView:
        """An order within the limit, approved by being submitted."""
        return self.do(purchasing.submit_order, id=self.draft(supplier, *lines, **fields).id)

    def order(self, id_: str) -> purchasing.PurchaseOrderView:
        """The order as it is now."""
        return self.do(purchasing.get_order, id=id_)

    def received(self, order: purchasing.PurchaseOrderView, *accepted: int, rejected: int = 0) -> dict[str, Any]:
        """A receipt of so many of each line, as inventory would tell of it."""
        lines = [
            {"line": number, "item_id": order.lines[number - 1].item_id, "accepted": D(quantity),
             "rejected": D(rejected), "value": D(0)}
            for number, quantity in enumerate(accepted, start=1)
        ]  # fmt: skip
        return {
            "receipt_id": self.new_id(), "number": "GR-1", "purchase_order_id": order.id,
            "supplier_id": order.supplier_id, "warehouse_id": order.warehouse_id, "received_on": self.on,
            "lines": lines,
        }  # fmt: skip

    def invoiced(self, order: purchasing.PurchaseOrderView, *quantities: int) -> dict[str, Any]:
        """A supplier's invoice for so many of each line, as finance would tell of it."""
        return {
            "supplier_invoice_id": self.new_id(), "supplier_number": "INV 7", "purchase_order_id": order.id,
            "supplier_id": order.supplier_id, "posted_on": self.on,
            "lines": [{"line": line, "quantity": D(each)} for line, each in enumerate(quantities, start=1)],
        }  # fmt: skip

    def settled(self, order: purchasing.PurchaseOrderView, invoice: dict[str, Any]) -> dict[str, Any]:
        """Its payment."""
        return {
            "supplier_invoice_id": invoice["supplier_invoice_id"], "purchase_order_id": order.id, "settled_on": self.on,
        }  # fmt: skip

    def tell(self, *facts: Fact) -> None:
        """Others tell these facts, in this order."""
        for event, fields in facts:
            self.given(event, **fields)

    def low(self, item: str, suggested: int) -> None:
        """Inventory tells that stock is low."""
        self.given(
            inventory.stock_low, alert_id=self.new_id(), item_id=item, warehouse_id=self.warehouse, available=D(1),
            inbound=D(0), minimum=D(5), maximum=D(20), suggested=D(suggested),
        )  # fmt: skip


def cancelled_receipt(receipt: dict[str, Any]) -> dict[str, Any]:
    """The receipt undone."""
    kept = {name: receipt[name] for name in receipt if name not in ("number", "received_on")}
    return {**kept, "cancelled_on": TODAY}

"""A shop under test: sales alone, with the copies it needs, and the other services' answers at hand."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from services.sales.service import SERVICE
from shared.contracts import finance, inventory, logistics, sales
from tests.company import TODAY, Company

D = Decimal


class Shop(Company):
    """Sells tea (goods, 13 %) and postage (a service, 6 %) to Ann, from one warehouse."""

    def __init__(self, folder: Path, seed: int = 0, *, default_warehouse: bool = True) -> None:
        super().__init__([SERVICE], folder, seed)
        self.tea, self.post, self.warehouse = self.new_id(), self.new_id(), self.new_id()
        self.rate("VAT13", "0.13")
        self.rate("VAT6", "0.06")
        self.item(self.tea, "tea", "goods", "VAT13", units=[{"unit": "box", "numerator": 12, "denominator": 1}])
        self.item(self.post, "post", "service", "VAT6")
        self.given(
            inventory.warehouse_registered,
            warehouse_id=self.warehouse, code="W1", name="Main", country="CN", archived=False,
        )  # fmt: skip
        self.ann = self.do(sales.register_customer, code="C1", name="Ann", country="CN").id
        if default_warehouse:
            self.do(sales.change_settings, default_warehouse_id=self.warehouse)

    def rate(self, code: str, rate: str, valid_from: date = date(2020, 1, 1)) -> None:
        self.given(finance.tax_rate_set, tax_code=code, rate=rate, valid_from=valid_from)

    def item(self, id_: str, sku: str, kind: str, tax_code: str, **more: Any) -> None:
        fields: dict[str, Any] = {"units": [], "archived": False, "weight": "0", "volume": "0"} | more
        self.given(
            inventory.item_registered,
            item_id=id_, sku=sku, name=sku, kind=kind, category="all", base_unit="pcs", tax_code=tax_code, **fields,
        )  # fmt: skip

    def line(self, quantity: str = "10", item: str | None = None, price: str | None = "2", **more: Any) -> Any:
        return {"item_id": item or self.tea, "quantity": quantity, "price": price, **more}

    def place(self, *lines: Any, **more: Any) -> sales.OrderView:
        return self.do(sales.place_order, customer_id=self.ann, lines=list(lines) or [self.line()], **more)

    def order(self, id_: str) -> sales.OrderView:
        return self.do(sales.get_order, id=id_)

    # What the others answer

    def stock(self, order: sales.OrderView, *reserved: str) -> None:
        """Inventory reserves these quantities of the goods lines, all of them where none is named."""
        goods = [line for line in order.lines if line.kind == "goods"]
        quantities = [D(each) for each in reserved] or [line.ordered for line in goods]
        lines = [
            {
                "line": line.line, "item_id": line.item_id, "warehouse_id": self.warehouse, "reserved": quantity,
                "backordered": line.ordered - quantity,
            }
            for line, quantity in zip(goods, quantities, strict=True)
        ]  # fmt: skip
        short = any(each["backordered"] for each in lines)
        self.given(inventory.stock_short if short else inventory.stock_reserved, order_id=order.id, lines=lines)

    def serve(self, order: sales.OrderView, quantity: str, line: int = 1) -> None:
        served = {"line": line, "item_id": self.tea, "warehouse_id": self.warehouse, "quantity": quantity}
        self.given(inventory.backorder_served, order_id=order.id, lines=[served])

    def credit(self, order: sales.OrderView, answer: str = "approved") -> None:
        event = getattr(finance, f"credit_{answer}")
        self.given(
            event, order_id=order.id, customer_id=self.ann, amount=order.gross, exposure=order.gross, limit=None
        )  # fmt: skip

    def confirmed(self, *lines: Any, **more: Any) -> sales.OrderView:
        order = self.place(*lines, **more)
        if any(line.kind == "goods" for line in order.lines):
            self.stock(order)
        self.credit(order)
        return self.order(order.id)

    def hand_over(self, order: sales.OrderView, quantity: str, line: int = 1, shipment: str | None = None) -> None:
        self.given(
            inventory.goods_handed_over,
            handover_id=self.new_id(), order_id=order.id, shipment_id=shipment or self.new_id(),
            warehouse_id=self.warehouse, handed_over_on=self.on, shipment_complete=True,
            lines=[{"line": line, "item_id": self.tea, "quantity": quantity}],
        )  # fmt: skip

    def decide(self, order: sales.OrderView, outcome: str, *lines: tuple[int, str, str]) -> None:
        """Inventory decides a cancellation: per line what is cancelled and what had been handed over."""
        decided = [{"line": line, "cancelled": gone, "handed_over": left} for line, gone, left in lines]
        self.given(inventory.cancellation_decided, order_id=order.id, outcome=outcome, lines=decided)

    def invoice(self, order: sales.OrderView, *lines: tuple[int, str]) -> str:
        """Finance invoices these quantities; the invoice's id."""
        invoice_id = self.new_id()
        self.issue(order, invoice_id, *lines)
        return invoice_id

    def issue(self, order: sales.OrderView, invoice_id: str, *lines: tuple[int, str]) -> None:
        invoiced = [{"line": line, "quantity": quantity, "net": "1", "tax": "0"} for line, quantity in lines]
        self.given(
            finance.invoice_issued,
            invoice_id=invoice_id, number=f"INV-{invoice_id[-4:]}", order_id=order.id, customer_id=self.ann,
            issued_on=self.on, currency="CNY", net="1", tax="0", gross="1", lines=invoiced,
        )  # fmt: skip

    def settled(self, order: sales.OrderView, invoice_id: str) -> None:
        self.given(finance.invoice_settled, invoice_id=invoice_id, order_id=order.id, settled_on=self.on)

    def reopened(self, order: sales.OrderView, invoice_id: str) -> None:
        self.given(finance.invoice_reopened, invoice_id=invoice_id, order_id=order.id, reopened_on=self.on)

    def planned(self, order: sales.OrderView, shipment_id: str) -> None:
        self.given(
            logistics.shipment_planned,
            shipment_id=shipment_id, number="SH-1", delivery_id=self.new_id(), order_id=order.id,
            warehouse_id=self.warehouse, carrier_id=self.new_id(), mode="road", expected_on=TODAY, late=False,
            lines=[{"line": 1, "item_id": self.tea, "quantity": "1"}],
        )  # fmt: skip

    def received(self, back: sales.ReturnView, *lines: tuple[int, str]) -> None:
        self.given(
            inventory.return_received,
            return_receipt_id=self.new_id(), return_id=back.id, order_id=back.order_id, warehouse_id=self.warehouse,
            received_on=self.on,
            lines=[{"order_line": line, "item_id": self.tea, "quantity": quantity} for line, quantity in lines],
        )  # fmt: skip

    def inspected(self, back: sales.ReturnView, *lines: tuple[int, str, str]) -> None:
        self.given(
            inventory.return_inspected,
            inspection_id=self.new_id(), return_id=back.id, order_id=back.order_id, warehouse_id=self.warehouse,
            inspected_on=self.on,
            lines=[
                {"order_line": line, "item_id": self.tea, "restocked": good, "scrapped": bad}
                for line, good, bad in lines
            ],
        )  # fmt: skip

    def credited(self, back: sales.ReturnView, *lines: tuple[int, str]) -> None:
        self.given(
            finance.credit_note_issued,
            credit_note_id=self.new_id(), number="CN-1", return_id=back.id, order_id=back.order_id,
            customer_id=self.ann, issued_on=self.on, currency="CNY", net="1", tax="0", gross="1",
            lines=[{"line": line, "quantity": quantity, "net": "1", "tax": "0"} for line, quantity in lines],
        )  # fmt: skip


def quantities(lines: Sequence[sales.OrderLineView], name: str) -> list[Decimal]:
    """One quantity of every line."""
    return [getattr(line, name) for line in lines]

"""A company with a warehouse, and what other services tell it: the givens of inventory's tests."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

from services.inventory.service import SERVICE
from shared.contracts import inventory, logistics, purchasing, sales
from shared.contracts.common import Address, net
from shared.contracts.fields import decimal_text
from shared.runtime.delivery import Outcome
from tests.company import TODAY, Company

D = Decimal
Numbers = Decimal | int | str
Line = Mapping[str, Any]


class Stockroom(Company):
    """One warehouse (`main`), items made by their SKU when first named, orders and shipments in one line each."""

    def __init__(self, folder: Path, seed: int = 0) -> None:
        super().__init__([SERVICE], folder, seed)
        self.items: dict[str, str] = {}
        self.main = self.warehouse("main")

    def warehouse(self, code: str) -> str:
        return self.do(inventory.register_warehouse, code=code, name=code, country="CN").id

    def item(self, sku: str, **fields: Any) -> str:
        if sku not in self.items:
            self.items[sku] = self.do(inventory.register_item, sku=sku, name=sku, **fields).id
        return self.items[sku]

    def stocked(self, *lines: tuple[str, Numbers, Numbers], warehouse: str | None = None) -> None:
        """Open stock: (SKU, quantity, whole value)."""
        opened = [{"item_id": self.item(sku), "quantity": D(q), "value": D(value)} for sku, q, value in lines]
        self.do(inventory.open_stock, warehouse_id=warehouse or self.main, lines=opened)

    def fifo(self, area: str = "company") -> None:
        self.do(inventory.change_settings, cost_method="fifo", valuation_area=area)

    # What sales, purchasing and logistics tell

    def order(self, *lines: tuple[str, Numbers], promised: int = 7, order_id: str | None = None, **more: Any) -> str:
        """An order placed: (SKU, quantity) per line, promised in so many days."""
        placed = order_placed(self, [self.item(sku) for sku, _ in lines], [D(q) for _, q in lines], promised, **more)
        order_id = order_id or self.new_id()
        self.given(sales.order_placed, None, order_id=order_id, **placed)
        return order_id

    def cancel(self, order_id: str, *lines: int) -> Outcome:
        return self.given(
            sales.cancellation_requested,
            cancellation_id=self.new_id(),
            order_id=order_id,
            lines=list(lines),
            reason="x",
        )

    def plan(self, order_id: str, *lines: tuple[int, str, Numbers], warehouse: str | None = None) -> str:
        """A shipment planned: (order line, SKU, quantity) each; its id is the pick's."""
        shipment_id = self.new_id()
        self.given(
            logistics.shipment_planned,
            shipment_id=shipment_id, number="SH-1", delivery_id=self.new_id(), order_id=order_id,
            warehouse_id=warehouse or self.main, carrier_id=self.new_id(), mode="road", charge=D(30),
            expected_on=TODAY + timedelta(days=4), late=False,
            lines=[{"line": line, "item_id": self.item(sku), "quantity": D(q)} for line, sku, q in lines],
        )  # fmt: skip
        return shipment_id

    def approve(self, *lines: Line, order_id: str | None = None) -> str:
        """A purchase order approved: `sku`, `quantity`, `net` per line, and tolerances if any."""
        order_id = order_id or self.new_id()
        self.given(
            purchasing.order_approved,
            purchase_order_id=order_id, number="PO-1", supplier_id=self.new_id(), warehouse_id=self.main,
            approved_on=TODAY, expected_on=TODAY + timedelta(days=9), currency="CNY", exchange_rate=D(1),
            terms=net(days=30), lines=[self._purchase_line(at + 1, line) for at, line in enumerate(lines)],
        )  # fmt: skip
        return order_id

    def _purchase_line(self, number: int, line: Line) -> dict[str, Any]:
        whole = D(line["net"])
        return {
            "line": number, "item_id": self.item(line["sku"]), "quantity": D(line["quantity"]),
            "price": D(1), "net": whole, "base_net": whole, "tax_rate": D("0.13"),
            "over_tolerance": D(line.get("over", 0)), "under_tolerance": D(line.get("under", 0)),
        }  # fmt: skip

    def bought(self, sku: str, quantity: Numbers, net_: Numbers) -> inventory.ReceiptView:
        """Bought and received whole."""
        order_id = self.approve({"sku": sku, "quantity": quantity, "net": net_})
        return self.do(inventory.receive_goods, purchase_order_id=order_id)

    def return_cancelled(self, return_id: str, order_id: str, *lines: tuple[int, str, Numbers]) -> Outcome:
        """A return given up: (order line, SKU, quantity) each."""
        return self.given(
            sales.return_cancelled,
            return_id=return_id, order_id=order_id, cancelled_on=TODAY,
            lines=[{"order_line": line, "item_id": self.item(sku), "quantity": D(q)} for line, sku, q in lines],
        )  # fmt: skip

    def returning(self, order_id: str, *lines: tuple[int, str, Numbers], return_id: str | None = None) -> str:
        """A return authorised: (order line, SKU, quantity) each."""
        return_id = return_id or self.new_id()
        self.given(
            sales.return_authorised,
            return_id=return_id, number="RT-1", order_id=order_id, customer_id=self.new_id(), warehouse_id=self.main,
            authorised_on=TODAY, reason="broken",
            lines=[{"order_line": line, "item_id": self.item(sku), "quantity": D(q)} for line, sku, q in lines],
        )  # fmt: skip
        return return_id

    # What is asked for most

    def sold(self, sku: str, quantity: Numbers) -> tuple[str, inventory.HandOverView]:
        """Ordered, planned and handed over whole."""
        order_id = self.order((sku, quantity))
        pick = self.plan(order_id, (1, sku, quantity))
        return order_id, self.do(inventory.hand_over, id=pick)

    def level(self, sku: str, warehouse: str | None = None) -> inventory.StockView:
        found = self.do(inventory.list_stock, item_id=self.items[sku], warehouse_id=warehouse or self.main)
        (level,) = found.data
        return level

    def value(self, sku: str) -> str:
        """Quantity and value over all valuation areas: `3 45`."""
        rows = self.do(inventory.list_stock_values, item_id=self.items[sku]).data
        return shown(sum((row.quantity for row in rows), D(0)), sum((worth(row.value) for row in rows), D(0)))

    def reservation(self, order_id: str, line: int = 1) -> inventory.ReservationView:
        rows = self.do(inventory.list_reservations, order_id=order_id).data
        return next(row for row in rows if row.line == line)


def worth(value: Decimal | None) -> Decimal:
    """A value that is there."""
    assert value is not None
    return value


def shown(*values: object) -> str:
    """Values as a person would read them, one after the other."""
    return " ".join(decimal_text(each) if isinstance(each, Decimal) else str(each) for each in values)


def order_placed(
    room: Stockroom, items: Sequence[str], quantities: Sequence[Decimal], promised: int, **more: Any
) -> dict[str, Any]:
    """The fields of an order placed, without its id."""
    placed: date = more.pop("placed_on", TODAY)
    return {
        "number": "SO-1",
        "customer_id": room.new_id(),
        "placed_on": placed,
        "promised_on": TODAY + timedelta(days=promised),
        "currency": "CNY",
        "exchange_rate": D(1),
        "prices_include_tax": False,
        "tax_rounding": "line",
        "terms": net(days=30),
        "ship_to": Address(country="CN"),
        "lines": [
            _placed_line(at + 1, item, quantity, room.main, **more)
            for at, (item, quantity) in enumerate(zip(items, quantities, strict=True))
        ],
        "net": D(1),
        "tax": D(0),
        "gross": D(1),
    }


def _placed_line(number: int, item: str, quantity: Decimal, warehouse: str, **more: Any) -> dict[str, Any]:
    line = {
        "line": number, "item_id": item, "kind": "goods", "warehouse_id": warehouse, "quantity": quantity,
        "price": D(1), "tax_code": "standard", "tax_rate": D("0.13"), "net": D(1), "tax": D(0), "gross": D(1),
        "over_tolerance": D(0), "buy_to_order": False,
    }  # fmt: skip
    return line | more

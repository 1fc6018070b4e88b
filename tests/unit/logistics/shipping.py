"""A company that ships, and what other services tell it, in few words."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

from services.logistics.service import SERVICE
from shared.contracts import inventory, logistics, sales
from shared.contracts.operations import Event
from tests.company import TODAY, Company

D = Decimal
Fact = tuple[Event[Any], dict[str, Any]]


class Shipper(Company):
    """A company with logistics alone and items of 1 kg and 0.01 m³."""

    def __init__(self, folder: Path, seed: int = 0) -> None:
        super().__init__([SERVICE], folder, seed)
        self.warehouse = self.new_id()
        self.items = [self.item(), self.item()]

    def item(self, id_: str | None = None) -> str:
        """An item of inventory's."""
        item = id_ or self.new_id()
        self.given(
            inventory.item_registered, item_id=item, sku=item, name="Tea", kind="goods", category="all",
            base_unit="pc", units=[], weight=D(1), volume=D("0.01"), tax_code="VAT13", archived=False,
        )  # fmt: skip
        return item

    def courier(self, **fields: Any) -> str:
        """12 for the first kg, 2 for each further, 2 days."""
        carrier = self.do(logistics.register_carrier, code="SF", name="SF", mode="courier", owner="Mei").id
        card = {
            "tariff": "first_and_further", "first_weight": "1", "first_price": "12", "step": "1", "step_price": "2",
            "transit_days": 2, **fields,
        }  # fmt: skip
        self.do(logistics.add_rate_card, carrier_id=carrier, **card)
        return carrier

    def road(self, **fields: Any) -> str:
        """1.50 a kg, at least 30, 4 days."""
        carrier = self.do(logistics.register_carrier, code="DB", name="DB", mode="road").id
        card = {"tariff": "per_kg", "price_per_kg": "1.5", "minimum": "30", "transit_days": 4, **fields}
        self.do(logistics.add_rate_card, carrier_id=carrier, **card)
        return carrier

    def requested(self, *quantities: int, order: str | None = None, within: int = 3, **fields: Any) -> Fact:
        """A delivery of so many of each line, promised within some days, as sales would ask for it."""
        lines = [
            {"line": number, "item_id": self.items[number - 1], "quantity": D(quantity)}
            for number, quantity in enumerate(quantities, start=1)
        ]
        return sales.delivery_requested, {
            "delivery_id": self.new_id(), "order_id": order or self.new_id(), "order_number": "SO-1",
            "customer_id": self.new_id(), "warehouse_id": self.warehouse, "ship_to": {"country": "CN"},
            "requested_on": TODAY, "promised_on": TODAY + timedelta(days=within), "lines": lines, **fields,
        }  # fmt: skip

    def cancelled(self, order: str, *lines: int) -> Fact:
        """The order, or these lines of it, cancelled, as sales would tell of it."""
        told = [{"line": line, "cancelled": D(1), "handed_over": D(0)} for line in lines]
        return sales.order_cancelled, {
            "order_id": order, "cancelled_on": TODAY, "outcome": "partly_cancelled" if lines else "cancelled",
            "reason": "customer", "lines": told,
        }  # fmt: skip

    def handed_over(
        self, shipment: logistics.ShipmentView, *quantities: int, complete: bool = True, on: date = TODAY
    ) -> Fact:
        """So many of each line with the carrier, as inventory would tell of it."""
        lines = [
            {"line": line.line, "item_id": line.item_id, "quantity": D(quantity), "cost": D(1)}
            for line, quantity in zip(shipment.lines, quantities, strict=False)
            if quantity
        ]
        return inventory.goods_handed_over, {
            "handover_id": self.new_id(), "order_id": shipment.order_id, "shipment_id": shipment.id,
            "warehouse_id": self.warehouse, "handed_over_on": on, "shipment_complete": complete, "lines": lines,
        }  # fmt: skip

    def shortened(self, shipment: logistics.ShipmentView, *quantities: int) -> Fact:
        """So many of each line leave by the shipment's pick list in all, as inventory would tell of it."""
        lines = [
            {"line": line.line, "item_id": line.item_id, "quantity": D(quantity)}
            for line, quantity in zip(shipment.lines, quantities, strict=False)
        ]
        return inventory.pick_shortened, {"shipment_id": shipment.id, "order_id": shipment.order_id, "lines": lines}

    def tell(self, *facts: Fact) -> None:
        """Others tell these facts, in this order."""
        for event, fields in facts:
            self.given(event, **fields)

    def shipment(self, *quantities: int, **fields: Any) -> logistics.ShipmentView:
        """The shipment of a delivery of so many of each line."""
        event, asked = self.requested(*quantities, **fields)
        self.given(event, **asked)
        (found,) = self.do(logistics.list_shipments, delivery_id=asked["delivery_id"]).data
        return found

    def now(self, shipment: logistics.ShipmentView) -> logistics.ShipmentView:
        """The shipment as it is by now."""
        return self.do(logistics.get_shipment, id=shipment.id)

    def track(self, shipment: logistics.ShipmentView, *events: dict[str, Any]) -> logistics.ShipmentView:
        """Record what the carrier tells."""
        return self.do(logistics.record_tracking, shipment_id=shipment.id, events=list(events))


def scan(id_: str, kind: str, day: int, hour: int = 4, **fields: Any) -> dict[str, Any]:
    """A tracking event of March 2026, hours in UTC."""
    moment = datetime(2026, 3, day, hour, tzinfo=UTC)
    return {"carrier_event_id": id_, "kind": kind, "occurred_at": moment, **fields}

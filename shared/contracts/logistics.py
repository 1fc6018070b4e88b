"""What `logistics` offers and tells: carriers, rates, shipments, tracking, incidents. Money in base currency."""

from datetime import date, datetime
from typing import Annotated, Literal

from shared.contracts.fields import COST, MAX_LINES, Id, Length, LineNo, NaturalAmount, PositiveQuantity, Text
from shared.contracts.message import message
from shared.contracts.operations import Contract
from shared.contracts.system import add_system_operations

CONTRACT = Contract("logistics", "物流", "Logistics")
add_system_operations(CONTRACT)

Mode = Literal["courier", "road", "rail", "air", "sea"]
IncidentKind = Literal["delay", "damage", "loss", "refusal"]

# ---- events


@message
class ShipmentLine:
    """A quantity of an order line in a shipment."""

    line: LineNo
    item_id: Id
    quantity: PositiveQuantity


@message
class ShipmentPlanned:
    """The least-cost carrier that keeps the promise was chosen; `late` where none does and the fastest was."""

    shipment_id: Id
    number: str
    delivery_id: Id
    order_id: Id
    warehouse_id: Id
    carrier_id: Id
    mode: Mode
    charge: Annotated[NaturalAmount, COST] | None = None
    expected_on: date
    late: bool
    lines: Annotated[list[ShipmentLine], Length(1, MAX_LINES)]


shipment_planned = CONTRACT.event(
    "shipment_planned", ShipmentPlanned, subject="shipment_id", zh="运输已计划", en="Shipment planned"
)


@message
class GoodsShipped:
    """The carrier has the goods of one hand-over."""

    shipment_id: Id
    handover_id: Id
    order_id: Id
    shipped_on: date
    lines: Annotated[list[ShipmentLine], Length(1, MAX_LINES)]


goods_shipped = CONTRACT.event(
    "goods_shipped", GoodsShipped, subject="shipment_id", zh="货物已发运", en="Goods shipped"
)


@message
class ShipmentDelivered:
    """The customer has the goods."""

    shipment_id: Id
    order_id: Id
    delivered_on: date


shipment_delivered = CONTRACT.event(
    "shipment_delivered", ShipmentDelivered, subject="shipment_id", zh="货物已签收", en="Shipment delivered"
)


@message
class IncidentRaised:
    """Something went wrong under way."""

    incident_id: Id
    shipment_id: Id
    order_id: Id
    kind: IncidentKind
    occurred_at: datetime
    note: Text


incident_raised = CONTRACT.event(
    "incident_raised", IncidentRaised, subject="incident_id", zh="运输异常", en="Incident raised"
)

"""What `logistics` offers and tells: carriers, rates, shipments, tracking, incidents. Money in base currency."""

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Literal

from shared.contracts.common import Address, ById
from shared.contracts.fields import (
    COST,
    MAX_LINES,
    Code,
    Currency,
    Days,
    Id,
    Length,
    LineNo,
    NaturalAmount,
    NaturalQuantity,
    PositiveQuantity,
    Price,
    Rate,
    Text,
    Version,
)
from shared.contracts.message import message
from shared.contracts.operations import Contract
from shared.contracts.system import add_system_operations

CONTRACT = Contract("logistics", "物流", "Logistics")
add_system_operations(CONTRACT)

Mode = Literal["courier", "road", "rail", "air", "sea"]
Tariff = Literal["first_and_further", "per_kg"]
IncidentKind = Literal["delay", "damage", "loss", "refusal"]
TrackingKind = Literal[
    "picked_up", "in_transit", "out_for_delivery", "delivered", "delivery_failed", "refused", "lost", "returning",
    "returned", "delayed", "damaged",
]  # fmt: skip
ShipmentStatus = Literal[
    "unplanned", "planned", "partly_shipped", "shipped", "picked_up", "in_transit", "out_for_delivery",
    "partly_delivered", "delivered", "delivery_failed", "refused", "lost", "returning", "returned", "cancelled",
]  # fmt: skip

# ---- carriers


@message
class RegisterCarrier:
    """A new carrier. `owner` looks after what goes wrong with its shipments; without one, whoever records it."""

    code: Code
    name: Text
    mode: Mode
    owner: Text | None = None


@message
class ChangeCarrier:
    """What is given replaces what was; the rest stays. An archived carrier gets no new shipments."""

    id: Id
    name: Text | None = None
    mode: Mode | None = None
    owner: Text | None = None
    archived: bool | None = None


@message
class CarrierView:
    """A carrier; `mode` is that of its rate cards where they do not say another."""

    id: Id
    version: Version
    code: Code
    name: Text
    mode: Mode
    owner: Text | None
    archived: bool


register_carrier = CONTRACT.command(
    "register_carrier", "POST", "/carriers", RegisterCarrier, CarrierView,
    scope="logistics:write", zh="登记承运商", en="Register a carrier", status=201, errors=("exists",),
)  # fmt: skip
change_carrier = CONTRACT.command(
    "change_carrier", "PATCH", "/carriers/{id}", ChangeCarrier, CarrierView,
    scope="logistics:write", zh="变更承运商", en="Change a carrier", if_match=True,
    errors=("not_found", "stale_version"),
)  # fmt: skip
get_carrier = CONTRACT.query(
    "get_carrier", "/carriers/{id}", ById, CarrierView,
    scope="logistics:read", zh="查看承运商", en="A carrier", errors=("not_found",),
)  # fmt: skip
list_carriers = CONTRACT.list_of(
    "list_carriers", "/carriers", CarrierView, scope="logistics:read", zh="承运商列表", en="Carriers",
    filters={"code": "text", "mode": "text", "archived": "flag"}, sorts=("code",),
)  # fmt: skip

# ---- rate cards


@message
class AddRateCard:
    """What a carrier asks for one zone: a country, a region of it, or everywhere. Weights in kg.

    `first_and_further` (首重续重): `first_price` up to `first_weight`, then `step_price` per begun `step`. `per_kg`:
    `price_per_kg`. At least `minimum`, then `fuel_surcharge` (a fraction) on top. `volumetric_divisor` in cm³ per kg.
    """

    carrier_id: Id
    mode: Mode | None = None
    country: Text | None = None
    region: Text | None = None
    tariff: Tariff
    first_weight: PositiveQuantity | None = None
    first_price: Price | None = None
    step: PositiveQuantity | None = None
    step_price: Price | None = None
    price_per_kg: Price | None = None
    minimum: NaturalAmount = Decimal(0)
    fuel_surcharge: Rate = Decimal(0)
    volumetric_divisor: PositiveQuantity | None = None
    transit_days: Days
    max_weight: PositiveQuantity | None = None
    valid_from: date | None = None
    valid_to: date | None = None


@message
class RateCardView:
    """A rate card, in base currency; what shipments were planned by it stays with them when it is withdrawn."""

    id: Id
    carrier_id: Id
    mode: Mode
    country: Text | None
    region: Text | None
    tariff: Tariff
    first_weight: PositiveQuantity | None
    first_price: Annotated[Price, COST] | None = None
    step: PositiveQuantity | None
    step_price: Annotated[Price, COST] | None = None
    price_per_kg: Annotated[Price, COST] | None = None
    minimum: Annotated[NaturalAmount, COST] | None = None
    fuel_surcharge: Rate
    volumetric_divisor: PositiveQuantity | None
    transit_days: Days
    max_weight: PositiveQuantity | None
    currency: Currency
    valid_from: date
    valid_to: date | None
    withdrawn: bool


@message
class AskQuotes:
    """A consignment to be priced. `on` is the day it would go, `promised_on` the day it should be there."""

    weight: NaturalQuantity
    volume: NaturalQuantity = Decimal(0)
    country: Text
    region: Text | None = None
    on: date | None = None
    promised_on: date | None = None


@message
class QuoteView:
    """What a rate card asks for a consignment."""

    rate_card_id: Id
    carrier_id: Id
    carrier_code: Code
    mode: Mode
    chargeable_weight: NaturalQuantity
    charge: Annotated[NaturalAmount, COST] | None = None
    expected_on: date
    late: bool


@message
class Quotes:
    """Every way to send a consignment, best first: the cheapest that keep the promise, then the fastest."""

    quotes: list[QuoteView]


add_rate_card = CONTRACT.command(
    "add_rate_card", "POST", "/rate-cards", AddRateCard, RateCardView,
    scope="logistics:write", zh="登记运价", en="Add a rate card", status=201,
    errors=(
        "unknown_carrier", "archived", "missing", "not_of_this_tariff", "region_without_country",
        "ends_before_it_begins",
    ),
)  # fmt: skip
withdraw_rate_card = CONTRACT.command(
    "withdraw_rate_card", "POST", "/rate-cards/{id}/withdraw", ById, RateCardView,
    scope="logistics:write", zh="撤回运价", en="Withdraw a rate card", errors=("not_found", "withdrawn"),
)  # fmt: skip
list_rate_cards = CONTRACT.list_of(
    "list_rate_cards", "/rate-cards", RateCardView, scope="logistics:read", zh="运价列表", en="Rate cards",
    filters={"carrier_id": "id", "mode": "text", "country": "text", "withdrawn": "flag"}, sorts=("id",),
)  # fmt: skip
quote = CONTRACT.query(
    "quote", "/quotes", AskQuotes, Quotes, scope="logistics:read", zh="询运价", en="Quotes for a consignment"
)

# ---- shipments


@message
class ShipmentLine:
    """A quantity of an order line in a shipment."""

    line: LineNo
    item_id: Id
    quantity: PositiveQuantity


@message
class PlannedLine:
    """A quantity of an order line in a shipment, and what of it has left or was cancelled."""

    line: LineNo
    item_id: Id
    quantity: PositiveQuantity
    shipped: NaturalQuantity
    cancelled: NaturalQuantity


@message
class Consignment:
    """One hand-over: what the carrier got of a shipment at once."""

    handover_id: Id
    shipped_on: date
    lines: Annotated[list[ShipmentLine], Length(1, MAX_LINES)]


@message
class ShipmentView:
    """A shipment. Weight in kg, volume in m³; `expected_on` follows hand-over and delays, `late` is by the promise.

    Without a carrier it is `unplanned`, for the `reason` given.
    """

    id: Id
    version: Version
    number: str
    status: ShipmentStatus
    delivery_id: Id
    order_id: Id
    order_number: str
    customer_id: Id
    warehouse_id: Id
    warehouse_code: Code | None
    ship_to: Address
    requested_on: date
    promised_on: date
    carrier_id: Id | None
    carrier_code: Code | None
    rate_card_id: Id | None
    mode: Mode | None
    reason: Text | None
    weight: NaturalQuantity
    volume: NaturalQuantity
    chargeable_weight: NaturalQuantity | None
    charge: Annotated[NaturalAmount, COST] | None = None
    expected_on: date | None
    late: bool
    delivered_on: date | None
    lines: Annotated[list[PlannedLine], Length(1, MAX_LINES)]
    consignments: list[Consignment]


@message
class PlanShipment:
    """Plan a shipment that found no carrier: by the best rate card there is, or the best of the carrier named.

    With `charge` and `transit_days` the carrier takes it as agreed, whatever its rate cards say.
    """

    id: Id
    carrier_id: Id | None = None
    charge: Annotated[NaturalAmount, COST] | None = None
    transit_days: Days | None = None


plan_shipment = CONTRACT.command(
    "plan_shipment", "POST", "/shipments/{id}/plan", PlanShipment, ShipmentView,
    scope="logistics:write", zh="安排运输", en="Plan a shipment",
    errors=("not_found", "shipment_state", "no_carrier", "unknown_carrier", "archived", "missing"),
)  # fmt: skip
get_shipment = CONTRACT.query(
    "get_shipment", "/shipments/{id}", ById, ShipmentView,
    scope="logistics:read", zh="查看运输单", en="A shipment", errors=("not_found",),
)  # fmt: skip
list_shipments = CONTRACT.list_of(
    "list_shipments", "/shipments", ShipmentView, scope="logistics:read", zh="运输单列表", en="Shipments",
    filters={
        "number": "text", "status": "text", "order_id": "id", "order_number": "text", "delivery_id": "id",
        "customer_id": "id", "warehouse_id": "id", "carrier_id": "id", "requested_on": "date", "promised_on": "date",
        "late": "flag",
    },
    sorts=("id", "number", "requested_on", "promised_on"),
)  # fmt: skip

# ---- tracking


@message
class Tracked:
    """Something a carrier tells. The same `carrier_event_id` told twice counts once.

    With `handover_id` it is about that consignment only, else about the whole shipment. `expected_on` is the carrier's
    new date.
    """

    carrier_event_id: Code
    kind: TrackingKind
    occurred_at: datetime
    handover_id: Id | None = None
    expected_on: date | None = None
    place: Text | None = None
    note: Text | None = None


@message
class RecordTracking:
    """What a carrier tells of a shipment, in any order."""

    shipment_id: Id
    events: Annotated[list[Tracked], Length(1, 500)]


@message
class ConfirmDelivery:
    """The customer has the shipment, or one consignment of it, since this day."""

    id: Id
    delivered_on: date | None = None
    handover_id: Id | None = None


@message
class TrackingView:
    """Something a carrier told."""

    id: Id
    shipment_id: Id
    order_id: Id
    carrier_event_id: Code
    kind: TrackingKind
    occurred_at: datetime
    handover_id: Id | None
    expected_on: date | None
    place: Text | None
    note: Text | None
    recorded_at: datetime


_TRACKING_ERRORS = ("not_found", "shipment_state")
record_tracking = CONTRACT.command(
    "record_tracking", "POST", "/shipments/{shipment_id}/tracking", RecordTracking, ShipmentView,
    scope="logistics:write", zh="记录轨迹", en="Record what a carrier tells", errors=_TRACKING_ERRORS,
)  # fmt: skip
confirm_delivery = CONTRACT.command(
    "confirm_delivery", "POST", "/shipments/{id}/confirm-delivery", ConfirmDelivery, ShipmentView,
    scope="logistics:write", zh="确认签收", en="Confirm a delivery", errors=_TRACKING_ERRORS,
)  # fmt: skip
list_tracking = CONTRACT.list_of(
    "list_tracking", "/tracking", TrackingView, scope="logistics:read", zh="轨迹", en="Tracking events",
    filters={"shipment_id": "id", "order_id": "id", "kind": "text", "occurred_at": "instant"},
    sorts=("occurred_at", "id"),
)  # fmt: skip

# ---- incidents


@message
class IncidentView:
    """Something that went wrong under way: who looks after it, and how it ended."""

    id: Id
    shipment_id: Id
    order_id: Id
    carrier_id: Id | None
    tracking_id: Id
    kind: IncidentKind
    occurred_at: datetime
    note: Text
    owner: Text
    status: Literal["open", "resolved"]
    resolution: Text | None
    resolved_on: date | None
    resolved_by: Text | None


@message
class ResolveIncident:
    """How an incident ended."""

    id: Id
    resolution: Text
    on: date | None = None


list_incidents = CONTRACT.list_of(
    "list_incidents", "/incidents", IncidentView, scope="logistics:read", zh="运输异常列表", en="Incidents",
    filters={
        "shipment_id": "id", "order_id": "id", "carrier_id": "id", "kind": "text", "status": "text", "owner": "text",
        "occurred_at": "instant",
    },
    sorts=("occurred_at", "id"),
)  # fmt: skip
resolve_incident = CONTRACT.command(
    "resolve_incident", "POST", "/incidents/{id}/resolve", ResolveIncident, IncidentView,
    scope="logistics:write", zh="处理运输异常", en="Resolve an incident", errors=("not_found", "resolved"),
)  # fmt: skip

# ---- events


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

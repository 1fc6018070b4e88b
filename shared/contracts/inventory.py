"""What `inventory` offers and tells: items, warehouses, stock and its value, reservations, hand-overs.

Quantities are in the item's base unit; values and costs in the company's base currency.
"""

from datetime import date
from typing import Annotated, Literal

from shared.contracts.fields import (
    COST,
    MAX_LINES,
    Amount,
    Code,
    Id,
    Length,
    LineNo,
    NaturalAmount,
    NaturalQuantity,
    PositiveQuantity,
    Quantity,
    Text,
)
from shared.contracts.message import message
from shared.contracts.operations import Contract
from shared.contracts.system import add_system_operations

CONTRACT = Contract("inventory", "库存", "Inventory")
add_system_operations(CONTRACT)

ItemKind = Literal["goods", "service"]
CancellationOutcome = Literal["cancelled", "partly_cancelled", "too_late"]
AdjustmentReason = Literal["damaged", "lost", "found", "sample", "correction"]

# ---- events


@message
class ItemUnit:
    """A unit an item is traded in: one of it is `numerator`/`denominator` base units, exactly."""

    unit: Code
    numerator: LineNo
    denominator: LineNo


@message
class ItemFact:
    """An item as it is now. Weight in kg and volume in m³, per base unit."""

    item_id: Id
    sku: Code
    name: Text
    kind: ItemKind
    category: Code
    base_unit: Code
    units: list[ItemUnit]
    weight: NaturalQuantity
    volume: NaturalQuantity
    tax_code: Code
    archived: bool


item_registered = CONTRACT.event("item_registered", ItemFact, subject="item_id", zh="物料已建档", en="Item registered")
item_changed = CONTRACT.event("item_changed", ItemFact, subject="item_id", zh="物料已变更", en="Item changed")


@message
class WarehouseFact:
    """A warehouse as it is now."""

    warehouse_id: Id
    code: Code
    name: Text
    country: Text
    archived: bool


warehouse_registered = CONTRACT.event(
    "warehouse_registered", WarehouseFact, subject="warehouse_id", zh="仓库已建档", en="Warehouse registered"
)


@message
class ReservedLine:
    """What of an order line is reserved, and what waits for goods."""

    line: LineNo
    item_id: Id
    warehouse_id: Id
    reserved: NaturalQuantity
    backordered: NaturalQuantity


@message
class ReservationDecided:
    """Every goods line of an order has been decided upon."""

    order_id: Id
    lines: Annotated[list[ReservedLine], Length(0, MAX_LINES)]


stock_reserved = CONTRACT.event(
    "stock_reserved", ReservationDecided, subject="order_id", zh="库存已预留", en="All of an order reserved"
)
stock_short = CONTRACT.event(
    "stock_short", ReservationDecided, subject="order_id", zh="库存不足", en="Part of an order waits for goods"
)


@message
class ServedLine:
    """A waiting order line that got goods."""

    line: LineNo
    item_id: Id
    warehouse_id: Id
    quantity: PositiveQuantity


@message
class BackorderServed:
    """Goods came in for an order that waited."""

    order_id: Id
    lines: Annotated[list[ServedLine], Length(1, MAX_LINES)]


backorder_served = CONTRACT.event(
    "backorder_served", BackorderServed, subject="order_id", zh="欠货已补", en="Backorder served"
)


@message
class CancelledLine:
    """What became of an order line that was to be cancelled."""

    line: LineNo
    cancelled: NaturalQuantity
    handed_over: NaturalQuantity


@message
class CancellationDecided:
    """Decided under lock: what is handed over stays sold, the rest is cancelled."""

    order_id: Id
    outcome: CancellationOutcome
    lines: Annotated[list[CancelledLine], Length(0, MAX_LINES)]


cancellation_decided = CONTRACT.event(
    "cancellation_decided", CancellationDecided, subject="order_id", zh="取消已裁定", en="Cancellation decided"
)


@message
class HandedOverLine:
    """What left of an order line, and its cost."""

    line: LineNo
    item_id: Id
    quantity: PositiveQuantity
    cost: Annotated[NaturalAmount, COST] | None = None


@message
class GoodsHandedOver:
    """The point of no return: goods left the warehouse at cost."""

    handover_id: Id
    order_id: Id
    shipment_id: Id
    warehouse_id: Id
    handed_over_on: date
    shipment_complete: bool
    lines: Annotated[list[HandedOverLine], Length(1, MAX_LINES)]


goods_handed_over = CONTRACT.event(
    "goods_handed_over", GoodsHandedOver, subject="handover_id", zh="货物已出库", en="Goods handed over"
)


@message
class ReceivedLine:
    """What arrived of a purchase line; `value` is of what was accepted."""

    line: LineNo
    item_id: Id
    accepted: NaturalQuantity
    rejected: NaturalQuantity
    value: Annotated[NaturalAmount, COST] | None = None


@message
class GoodsReceived:
    """Goods came in against a purchase order."""

    receipt_id: Id
    number: str
    purchase_order_id: Id
    supplier_id: Id
    warehouse_id: Id
    received_on: date
    lines: Annotated[list[ReceivedLine], Length(1, MAX_LINES)]


goods_received = CONTRACT.event("goods_received", GoodsReceived, subject="receipt_id", zh="已收货", en="Goods received")


@message
class ReceiptCancelled:
    """A receipt was undone: its goods left again at what they came in at."""

    receipt_id: Id
    purchase_order_id: Id
    supplier_id: Id
    warehouse_id: Id
    cancelled_on: date
    lines: Annotated[list[ReceivedLine], Length(1, MAX_LINES)]


receipt_cancelled = CONTRACT.event(
    "receipt_cancelled", ReceiptCancelled, subject="receipt_id", zh="收货已冲销", en="Receipt cancelled"
)


@message
class ClosedLine:
    """What of a purchase line had come in when it was closed, and what will not come any more."""

    line: LineNo
    received: NaturalQuantity
    cancelled: NaturalQuantity


@message
class InboundClosed:
    """Decided under lock: nothing more is received against this purchase order."""

    purchase_order_id: Id
    lines: Annotated[list[ClosedLine], Length(0, MAX_LINES)]


inbound_closed = CONTRACT.event(
    "inbound_closed", InboundClosed, subject="purchase_order_id", zh="到货已关闭", en="Inbound closed"
)


@message
class ReturnReceivedLine:
    """What came back of an order line, and the value it came back at."""

    order_line: LineNo
    item_id: Id
    quantity: PositiveQuantity
    value: Annotated[NaturalAmount, COST] | None = None


@message
class ReturnReceived:
    """A customer's goods are back, awaiting inspection."""

    return_receipt_id: Id
    return_id: Id
    order_id: Id
    warehouse_id: Id
    received_on: date
    lines: Annotated[list[ReturnReceivedLine], Length(1, MAX_LINES)]


return_received = CONTRACT.event(
    "return_received", ReturnReceived, subject="return_id", zh="退货已收", en="Return received"
)


@message
class ReturnInspectedLine:
    """What inspection made of returned goods."""

    order_line: LineNo
    item_id: Id
    restocked: NaturalQuantity
    scrapped: NaturalQuantity
    scrapped_value: Annotated[NaturalAmount, COST] | None = None


@message
class ReturnInspected:
    """Returned goods were inspected: back on the shelf, or scrapped."""

    inspection_id: Id
    return_id: Id
    order_id: Id
    warehouse_id: Id
    inspected_on: date
    lines: Annotated[list[ReturnInspectedLine], Length(1, MAX_LINES)]


return_inspected = CONTRACT.event(
    "return_inspected", ReturnInspected, subject="return_id", zh="退货已检验", en="Return inspected"
)


@message
class ValuedLine:
    """A quantity of an item and its value; both negative where stock leaves."""

    item_id: Id
    quantity: Quantity
    value: Annotated[Amount, COST] | None = None


@message
class StockAdjusted:
    """Stock was found different from the books, or written off."""

    adjustment_id: Id
    number: str
    warehouse_id: Id
    reason: AdjustmentReason
    adjusted_on: date
    lines: Annotated[list[ValuedLine], Length(1, MAX_LINES)]


stock_adjusted = CONTRACT.event(
    "stock_adjusted", StockAdjusted, subject="adjustment_id", zh="库存已调整", en="Stock adjusted"
)


@message
class StockOpened:
    """Opening stock was taken over from earlier books."""

    opening_id: Id
    warehouse_id: Id
    opened_on: date
    lines: Annotated[list[ValuedLine], Length(1, MAX_LINES)]


stock_opened = CONTRACT.event(
    "stock_opened", StockOpened, subject="opening_id", zh="期初库存", en="Opening stock taken over"
)


@message
class TransferShipped:
    """Goods are under way between two warehouses."""

    transfer_id: Id
    from_warehouse_id: Id
    to_warehouse_id: Id
    shipped_on: date
    lines: Annotated[list[ValuedLine], Length(1, MAX_LINES)]


transfer_shipped = CONTRACT.event(
    "transfer_shipped", TransferShipped, subject="transfer_id", zh="调拨已发出", en="Transfer shipped"
)


@message
class TransferArrivedLine:
    """What of a transfer arrived and what was lost, with their values."""

    item_id: Id
    arrived: NaturalQuantity
    lost: NaturalQuantity
    arrived_value: Annotated[NaturalAmount, COST] | None = None
    lost_value: Annotated[NaturalAmount, COST] | None = None


@message
class TransferArrived:
    """Goods of a transfer came in, wholly or in part."""

    arrival_id: Id
    transfer_id: Id
    to_warehouse_id: Id
    arrived_on: date
    lines: Annotated[list[TransferArrivedLine], Length(1, MAX_LINES)]


transfer_arrived = CONTRACT.event(
    "transfer_arrived", TransferArrived, subject="transfer_id", zh="调拨已到达", en="Transfer arrived"
)


@message
class StockLow:
    """What is available and coming fell below the item's minimum."""

    alert_id: Id
    item_id: Id
    warehouse_id: Id
    available: Quantity
    inbound: NaturalQuantity
    minimum: NaturalQuantity
    maximum: NaturalQuantity
    suggested: PositiveQuantity


stock_low = CONTRACT.event("stock_low", StockLow, subject="item_id", zh="库存过低", en="Stock low")

"""What `inventory` offers and tells: items, warehouses, stock and its value, reservations, hand-overs.

Quantities are in the item's base unit; values and costs in the company's base currency.
"""

from dataclasses import field
from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Literal

from shared.contracts.common import ById, DatedById
from shared.contracts.fields import (
    COST,
    MAX_LINES,
    Code,
    Count,
    Id,
    Length,
    LineNo,
    NaturalAmount,
    NaturalQuantity,
    NaturalTotalAmount,
    NaturalTotalQuantity,
    PositiveQuantity,
    PositiveTotalQuantity,
    Price,
    Quantity,
    Rate,
    Text,
    TotalAmount,
    TotalQuantity,
    Version,
)
from shared.contracts.message import Nothing, message
from shared.contracts.operations import Contract
from shared.contracts.system import add_system_operations

CONTRACT = Contract("inventory", "库存", "Inventory")
add_system_operations(CONTRACT)

ItemKind = Literal["goods", "service"]
CancellationOutcome = Literal["cancelled", "partly_cancelled", "too_late"]
AdjustmentReason = Literal["damaged", "lost", "found", "sample", "correction"]
CostMethod = Literal["moving_average", "fifo"]
ValuationArea = Literal["company", "warehouse"]
CustomerReturnPolicy = Literal["original_issue", "current"]
StockStatus = Literal["available", "inspection", "in_transit"]
StockDocument = Literal[
    "opening", "receipt", "receipt_cancellation", "handover", "return", "inspection", "adjustment", "transfer",
    "arrival", "put_away",
]  # fmt: skip
PickStatus = Literal["open", "picked", "partly_handed_over", "handed_over", "cancelled"]
InboundStatus = Literal["open", "received", "closed"]
ReceiptStatus = Literal["received", "cancelled"]
ReturnStatus = Literal["expected", "partly_received", "received", "inspected", "cancelled"]
TransferStatus = Literal["in_transit", "partly_arrived", "arrived"]

# ---- events


@message
class ItemUnit:
    """A unit an item is traded in: one of it is `numerator`/`denominator` base units, exactly."""

    unit: Code
    numerator: LineNo
    denominator: LineNo = 1


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
warehouse_changed = CONTRACT.event(
    "warehouse_changed", WarehouseFact, subject="warehouse_id", zh="仓库已变更", en="Warehouse changed"
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
    cost: Annotated[NaturalTotalAmount, COST] | None = None


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
class ShortenedLine:
    """What of an order line leaves by a pick list in all, including what has left."""

    line: LineNo
    item_id: Id
    quantity: NaturalQuantity


@message
class PickShortened:
    """Less leaves by a pick list than was planned: the rest was cancelled, or left by another list of its order."""

    shipment_id: Id
    order_id: Id
    lines: Annotated[list[ShortenedLine], Length(1, MAX_LINES)]


pick_shortened = CONTRACT.event(
    "pick_shortened", PickShortened, subject="shipment_id", zh="拣货已减少", en="Pick list shortened"
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
class UndoneLine(ReceivedLine):
    """What left again of a purchase line: it came in at `received_value`, `value` is what was left of that to leave."""

    received_value: Annotated[NaturalAmount, COST] | None = None


@message
class ReceiptCancelled:
    """A receipt was undone: its goods left again."""

    receipt_id: Id
    purchase_order_id: Id
    supplier_id: Id
    warehouse_id: Id
    cancelled_on: date
    lines: Annotated[list[UndoneLine], Length(1, MAX_LINES)]


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
    value: Annotated[NaturalTotalAmount, COST] | None = None


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
    scrapped_value: Annotated[NaturalTotalAmount, COST] | None = None


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
    quantity: TotalQuantity
    value: Annotated[TotalAmount, COST] | None = None


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
    arrived_value: Annotated[NaturalTotalAmount, COST] | None = None
    lost_value: Annotated[NaturalTotalAmount, COST] | None = None


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
    available: TotalQuantity
    inbound: NaturalTotalQuantity
    minimum: NaturalQuantity
    maximum: NaturalQuantity
    suggested: PositiveTotalQuantity


stock_low = CONTRACT.event("stock_low", StockLow, subject="item_id", zh="库存过低", en="Stock low")

# ---- items


@message
class RegisterItem:
    """A new item: goods that are kept in stock, or a service that is not. Weight in kg, volume in m³, per base unit."""

    sku: Code
    name: Text
    kind: ItemKind = "goods"
    category: Code = "general"
    base_unit: Code = "pcs"
    units: Annotated[list[ItemUnit], Length(0, 20)] = field(default_factory=list)
    weight: NaturalQuantity = Decimal(0)
    volume: NaturalQuantity = Decimal(0)
    tax_code: Code = "standard"


@message
class ChangeItem:
    """What is given replaces what was; the rest stays. Kind and base unit are for good."""

    id: Id
    name: Text | None = None
    category: Code | None = None
    units: Annotated[list[ItemUnit], Length(0, 20)] | None = None
    weight: NaturalQuantity | None = None
    volume: NaturalQuantity | None = None
    tax_code: Code | None = None
    archived: bool | None = None


@message
class ItemView:
    """An item."""

    id: Id
    version: Version
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


register_item = CONTRACT.command(
    "register_item", "POST", "/items", RegisterItem, ItemView,
    scope="inventory:write", zh="登记物料", en="Register an item", status=201, errors=("exists", "duplicate_unit"),
)  # fmt: skip
change_item = CONTRACT.command(
    "change_item", "PATCH", "/items/{id}", ChangeItem, ItemView,
    scope="inventory:write", zh="变更物料", en="Change an item", if_match=True,
    errors=("not_found", "stale_version", "duplicate_unit"),
)  # fmt: skip
get_item = CONTRACT.query(
    "get_item", "/items/{id}", ById, ItemView,
    scope="inventory:read", zh="查看物料", en="An item", errors=("not_found",),
)  # fmt: skip
list_items = CONTRACT.list_of(
    "list_items", "/items", ItemView, scope="inventory:read", zh="物料列表", en="Items",
    filters={"id": "id", "sku": "text", "kind": "text", "category": "text", "archived": "flag"}, sorts=("sku",),
)  # fmt: skip

# ---- warehouses and bins


@message
class RegisterWarehouse:
    """A new warehouse. It has one nameless bin, and any number of bins with codes."""

    code: Code
    name: Text
    country: Text


@message
class ChangeWarehouse:
    """What is given replaces what was; the rest stays."""

    id: Id
    name: Text | None = None
    country: Text | None = None
    archived: bool | None = None


@message
class WarehouseView:
    """A warehouse."""

    id: Id
    version: Version
    code: Code
    name: Text
    country: Text
    archived: bool


register_warehouse = CONTRACT.command(
    "register_warehouse", "POST", "/warehouses", RegisterWarehouse, WarehouseView,
    scope="inventory:write", zh="登记仓库", en="Register a warehouse", status=201, errors=("exists",),
)  # fmt: skip
change_warehouse = CONTRACT.command(
    "change_warehouse", "PATCH", "/warehouses/{id}", ChangeWarehouse, WarehouseView,
    scope="inventory:write", zh="变更仓库", en="Change a warehouse", if_match=True,
    errors=("not_found", "stale_version"),
)  # fmt: skip
get_warehouse = CONTRACT.query(
    "get_warehouse", "/warehouses/{id}", ById, WarehouseView,
    scope="inventory:read", zh="查看仓库", en="A warehouse", errors=("not_found",),
)  # fmt: skip
list_warehouses = CONTRACT.list_of(
    "list_warehouses", "/warehouses", WarehouseView, scope="inventory:read", zh="仓库列表", en="Warehouses",
    filters={"id": "id", "code": "text", "archived": "flag"}, sorts=("code",),
)  # fmt: skip


@message
class RegisterBin:
    """A place in a warehouse."""

    warehouse_id: Id
    code: Code


@message
class BinView:
    """A place in a warehouse."""

    id: Id
    warehouse_id: Id
    code: Code


register_bin = CONTRACT.command(
    "register_bin", "POST", "/warehouses/{warehouse_id}/bins", RegisterBin, BinView,
    scope="inventory:write", zh="登记库位", en="Register a bin", status=201, errors=("exists", "not_found"),
)  # fmt: skip
list_bins = CONTRACT.list_of(
    "list_bins", "/bins", BinView, scope="inventory:read", zh="库位列表", en="Bins",
    filters={"warehouse_id": "id", "code": "text"}, sorts=("code",),
)  # fmt: skip


@message
class PutAwayLine:
    """A quantity to move between bins; no bin is the nameless one, no unit the base unit."""

    item_id: Id
    quantity: PositiveQuantity
    unit: Code | None = None
    from_bin: Code | None = None
    to_bin: Code | None = None


@message
class PutAway:
    """Move available stock between the bins of a warehouse."""

    warehouse_id: Id
    lines: Annotated[list[PutAwayLine], Length(1, MAX_LINES)]


@message
class PutAwayView:
    """Stock that was moved between the bins of a warehouse."""

    id: Id
    warehouse_id: Id
    put_away_on: date
    lines: list[PutAwayLine]


put_away = CONTRACT.command(
    "put_away", "POST", "/warehouses/{warehouse_id}/put-away", PutAway, PutAwayView,
    scope="inventory:write", zh="上架", en="Put away", status=201, key="required",
    errors=("not_found", "unknown_item", "unknown_bin", "insufficient_stock"),
)  # fmt: skip

# ---- settings


@message
class ChangeSettings:
    """What is given replaces what was. Method and area are for good once there is stock to value."""

    cost_method: CostMethod | None = None
    valuation_area: ValuationArea | None = None
    customer_return_policy: CustomerReturnPolicy | None = None


@message
class SettingsView:
    """How the company values its stock."""

    cost_method: CostMethod
    valuation_area: ValuationArea
    customer_return_policy: CustomerReturnPolicy


get_settings = CONTRACT.query(
    "get_settings", "/settings", Nothing, SettingsView,
    scope="inventory:read", zh="库存设置", en="Inventory settings",
)  # fmt: skip
change_settings = CONTRACT.command(
    "change_settings", "PATCH", "/settings", ChangeSettings, SettingsView,
    scope="inventory:adjust", zh="变更库存设置", en="Change inventory settings", errors=("stock_exists",),
)  # fmt: skip

# ---- stock limits


@message
class StockLimit:
    """Between which quantities an item is kept."""

    item_id: Id
    minimum: NaturalQuantity
    maximum: NaturalQuantity


@message
class SetStockLimits:
    """The limits of items in a warehouse; those named are replaced, the others stay."""

    warehouse_id: Id
    lines: Annotated[list[StockLimit], Length(1, MAX_LINES)]


@message
class StockLimitsView:
    """The limits that were set."""

    warehouse_id: Id
    lines: list[StockLimit]


@message
class StockLimitView:
    """Between which quantities an item is kept in a warehouse; `low` from the alert until it recovers."""

    id: Id
    item_id: Id
    warehouse_id: Id
    minimum: NaturalQuantity
    maximum: NaturalQuantity
    low: bool


set_stock_limits = CONTRACT.command(
    "set_stock_limits", "POST", "/stock-limits", SetStockLimits, StockLimitsView,
    scope="inventory:write", zh="设定库存上下限", en="Set minimum and maximum stock",
    errors=("not_found", "unknown_item", "min_above_max", "duplicate_item"),
)  # fmt: skip
list_stock_limits = CONTRACT.list_of(
    "list_stock_limits", "/stock-limits", StockLimitView,
    scope="inventory:read", zh="库存上下限", en="Minimum and maximum stock",
    filters={"item_id": "id", "warehouse_id": "id", "low": "flag"}, sorts=("id",),
)  # fmt: skip

# ---- stock


@message
class StockView:
    """An item in a warehouse. `available` is on hand less reserved; `inbound` is ordered from suppliers and open."""

    id: Id
    item_id: Id
    warehouse_id: Id
    on_hand: NaturalTotalQuantity
    reserved: NaturalTotalQuantity
    available: NaturalTotalQuantity
    inbound: NaturalTotalQuantity
    backordered: NaturalTotalQuantity


@message
class StockBalanceView:
    """Stock by its full key; the default lot and bin are empty, the default owner is `own`."""

    id: Id
    item_id: Id
    lot: str
    warehouse_id: Id
    bin: str
    status: StockStatus
    owner: str
    quantity: NaturalTotalQuantity


@message
class StockValueView:
    """What an item's stock is worth in a valuation area: the company (`warehouse_id` null) or a warehouse.

    Quantity and value include what is in transit to the area.
    """

    id: Id
    item_id: Id
    warehouse_id: Id | None
    cost_method: CostMethod
    quantity: NaturalTotalQuantity
    value: Annotated[NaturalTotalAmount, COST] | None = None
    in_transit_quantity: NaturalTotalQuantity
    in_transit_value: Annotated[NaturalTotalAmount, COST] | None = None


@message
class StockMoveView:
    """A line of the stock ledger; `id` is its place in it. Moves of one document share its id and kind."""

    id: Count
    document: StockDocument
    document_id: Id
    line: LineNo
    item_id: Id
    lot: str
    warehouse_id: Id
    bin: str
    status: StockStatus
    owner: str
    quantity: Quantity
    value: Annotated[TotalAmount, COST] | None = None
    effective_on: date
    recorded_at: datetime


list_stock = CONTRACT.list_of(
    "list_stock", "/stock", StockView, scope="inventory:read", zh="库存", en="Stock by item and warehouse",
    filters={"item_id": "id", "warehouse_id": "id"}, sorts=("id",),
)  # fmt: skip
list_stock_balances = CONTRACT.list_of(
    "list_stock_balances", "/stock-balances", StockBalanceView,
    scope="inventory:read", zh="库存余额", en="Stock by its full key",
    filters={"item_id": "id", "warehouse_id": "id", "bin": "text", "status": "text"}, sorts=("id",),
)  # fmt: skip
list_stock_values = CONTRACT.list_of(
    "list_stock_values", "/stock-values", StockValueView,
    scope="inventory:read", zh="库存价值", en="What stock is worth",
    filters={"item_id": "id", "warehouse_id": "id"}, sorts=("id",),
)  # fmt: skip
list_stock_moves = CONTRACT.list_of(
    "list_stock_moves", "/stock-moves", StockMoveView, scope="inventory:read", zh="库存流水", en="The stock ledger",
    filters={
        "item_id": "id", "warehouse_id": "id", "document": "text", "document_id": "id", "status": "text",
        "effective_on": "date",
    },
    sorts=("id", "-id"),
)  # fmt: skip

# ---- reservations


@message
class ReservationView:
    """A goods line of an order: ordered + over_shipped = reserved + backordered + handed_over + cancelled."""

    id: Id
    order_id: Id
    order_number: str
    line: LineNo
    item_id: Id
    warehouse_id: Id
    promised_on: date
    ordered: PositiveQuantity
    reserved: NaturalQuantity
    backordered: NaturalQuantity
    handed_over: NaturalQuantity
    over_shipped: NaturalQuantity
    cancelled: NaturalQuantity
    returned: NaturalQuantity
    handed_over_cost: Annotated[NaturalTotalAmount, COST] | None = None
    returned_value: Annotated[NaturalTotalAmount, COST] | None = None


list_reservations = CONTRACT.list_of(
    "list_reservations", "/reservations", ReservationView,
    scope="inventory:read", zh="预留与欠货", en="Order lines: reserved, waiting, handed over",
    filters={"order_id": "id", "item_id": "id", "warehouse_id": "id", "backordered": "flag"},
    sorts=("id", "promised_on"),
)  # fmt: skip

# ---- picking and handing over


@message
class PickLineView:
    """What is to be picked of an order line. `quantity` is what was planned less what was cancelled since."""

    line: LineNo
    item_id: Id
    planned: PositiveQuantity
    quantity: NaturalQuantity
    picked: NaturalQuantity
    handed_over: NaturalQuantity
    open: NaturalQuantity


@message
class PickView:
    """The pick list of a shipment; it has the shipment's id."""

    id: Id
    shipment_id: Id
    shipment_number: str
    delivery_id: Id
    order_id: Id
    order_number: str
    warehouse_id: Id
    carrier_id: Id
    expected_on: date
    status: PickStatus
    lines: list[PickLineView]


@message
class LineQuantity:
    """A quantity of an order line, in base units."""

    line: LineNo
    quantity: PositiveQuantity


@message
class ConfirmPick:
    """What was picked, in all; no lines: everything. Less than asked for is a short pick."""

    id: Id
    lines: Annotated[list[LineQuantity], Length(0, MAX_LINES)] = field(default_factory=list)


@message
class HandOver:
    """What leaves now; no lines: everything that was picked, or all that is open where nothing was."""

    id: Id
    lines: Annotated[list[LineQuantity], Length(0, MAX_LINES)] = field(default_factory=list)
    handed_over_on: date | None = None


@message
class HandOverView:
    """Goods that left, at cost."""

    id: Id
    pick_id: Id
    shipment_id: Id
    order_id: Id
    warehouse_id: Id
    handed_over_on: date
    shipment_complete: bool
    lines: list[HandedOverLine]


@message
class HandoverLineView:
    """What left of an order line in one hand-over, and its cost."""

    id: Id
    handover_id: Id
    pick_id: Id
    shipment_id: Id
    order_id: Id
    order_line: LineNo
    item_id: Id
    warehouse_id: Id
    handed_over_on: date
    quantity: PositiveQuantity
    cost: Annotated[NaturalTotalAmount, COST] | None = None


list_picks = CONTRACT.list_of(
    "list_picks", "/picks", PickView, scope="inventory:read", zh="拣货单", en="Pick lists",
    filters={"id": "id", "shipment_id": "id", "order_id": "id", "warehouse_id": "id", "status": "text"},
    sorts=("id", "expected_on"),
)  # fmt: skip
get_pick = CONTRACT.query(
    "get_pick", "/picks/{id}", ById, PickView,
    scope="inventory:read", zh="查看拣货单", en="A pick list", errors=("not_found",),
)  # fmt: skip
confirm_pick = CONTRACT.command(
    "confirm_pick", "POST", "/picks/{id}/confirm", ConfirmPick, PickView,
    scope="inventory:write", zh="确认拣货", en="Confirm a pick",
    errors=("nothing_open", "unknown_line", "duplicate_line", "more_than_asked"),
)  # fmt: skip
hand_over = CONTRACT.command(
    "hand_over", "POST", "/picks/{id}/hand-over", HandOver, HandOverView,
    scope="inventory:write", zh="出库交接", en="Hand goods over", status=201, key="required",
    errors=("nothing_open", "unknown_line", "duplicate_line", "over_shipped", "insufficient_stock"),
)  # fmt: skip
list_handovers = CONTRACT.list_of(
    "list_handovers", "/handovers", HandoverLineView,
    scope="inventory:read", zh="出库明细", en="Goods handed over, by line",
    filters={
        "order_id": "id", "handover_id": "id", "shipment_id": "id", "item_id": "id", "warehouse_id": "id",
        "handed_over_on": "date",
    },
    sorts=("id",),
)  # fmt: skip

# ---- inbound and receipts


@message
class InboundLineView:
    """What is expected of a purchase line: ordered = received + open + cancelled, unless more came than was ordered.

    `awaited` is what of `open` is still expected: nothing, once it is within the tolerance for less. `acceptable` is
    the most that may still be accepted, tolerance included.
    """

    line: LineNo
    item_id: Id
    ordered: PositiveQuantity
    received: NaturalQuantity
    cancelled: NaturalQuantity
    open: NaturalQuantity
    awaited: NaturalQuantity
    acceptable: NaturalQuantity
    over_tolerance: Rate
    under_tolerance: Rate
    base_net: Annotated[NaturalAmount, COST] | None = None
    received_value: Annotated[NaturalAmount, COST] | None = None


@message
class InboundView:
    """A purchase order as the warehouse expects it; it has the order's id."""

    id: Id
    purchase_order_id: Id
    number: str
    supplier_id: Id
    warehouse_id: Id
    approved_on: date
    expected_on: date
    status: InboundStatus
    lines: list[InboundLineView]


@message
class ReceiveLine:
    """What arrived of a purchase line. `unit`: the base unit if not said; `bin`: the nameless one."""

    line: LineNo
    accepted: NaturalQuantity
    rejected: NaturalQuantity = Decimal(0)
    unit: Code | None = None
    bin: Code | None = None


@message
class ReceiveGoods:
    """What arrived against a purchase order; no lines: everything that is open."""

    purchase_order_id: Id
    lines: Annotated[list[ReceiveLine], Length(0, MAX_LINES)] = field(default_factory=list)
    received_on: date | None = None


@message
class ReceiptView:
    """Goods that came in against a purchase order."""

    id: Id
    number: str
    purchase_order_id: Id
    supplier_id: Id
    warehouse_id: Id
    received_on: date
    status: ReceiptStatus
    cancelled_on: date | None
    lines: list[ReceivedLine]


list_inbound = CONTRACT.list_of(
    "list_inbound", "/inbound", InboundView, scope="inventory:read", zh="待收货", en="Purchase orders to receive",
    filters={
        "purchase_order_id": "id", "supplier_id": "id", "warehouse_id": "id", "status": "text", "expected_on": "date",
    },
    sorts=("id", "expected_on"),
)  # fmt: skip
get_inbound = CONTRACT.query(
    "get_inbound", "/inbound/{id}", ById, InboundView,
    scope="inventory:read", zh="查看待收货", en="A purchase order to receive", errors=("not_found",),
)  # fmt: skip
receive_goods = CONTRACT.command(
    "receive_goods", "POST", "/receipts", ReceiveGoods, ReceiptView,
    scope="inventory:write", zh="收货", en="Receive goods", status=201, key="required",
    errors=("unknown_line", "duplicate_line", "over_receipt", "line_cancelled", "inbound_closed", "nothing_open"),
)  # fmt: skip
list_receipts = CONTRACT.list_of(
    "list_receipts", "/receipts", ReceiptView, scope="inventory:read", zh="收货单", en="Receipts",
    filters={
        "id": "id", "number": "text", "purchase_order_id": "id", "supplier_id": "id", "warehouse_id": "id",
        "status": "text", "received_on": "date",
    },
    sorts=("id", "received_on"),
)  # fmt: skip
get_receipt = CONTRACT.query(
    "get_receipt", "/receipts/{id}", ById, ReceiptView,
    scope="inventory:read", zh="查看收货单", en="A receipt", errors=("not_found",),
)  # fmt: skip
cancel_receipt = CONTRACT.command(
    "cancel_receipt", "POST", "/receipts/{id}/cancel", DatedById, ReceiptView,
    scope="inventory:write", zh="冲销收货", en="Cancel a receipt", key="required",
    errors=("not_found", "already_cancelled", "inbound_closed", "insufficient_stock"),
)  # fmt: skip

# ---- goods that come back


@message
class ExpectedReturnLineView:
    """What is to come back of an order line, what came, and what inspection made of it; `value` as it came back.

    `cancelled` was given up before it came, or did not come in time.
    """

    order_line: LineNo
    item_id: Id
    authorised: PositiveQuantity
    received: NaturalQuantity
    cancelled: NaturalQuantity
    restocked: NaturalQuantity
    scrapped: NaturalQuantity
    to_inspect: NaturalQuantity
    value: Annotated[NaturalTotalAmount, COST] | None = None


@message
class ExpectedReturnView:
    """A customer's return; it has the id it was authorised by."""

    id: Id
    return_id: Id
    number: str
    order_id: Id
    customer_id: Id
    warehouse_id: Id
    authorised_on: date
    reason: Text
    status: ReturnStatus
    lines: list[ExpectedReturnLineView]


@message
class ReturnQuantity:
    """A quantity that came back of an order line, in base units."""

    order_line: LineNo
    quantity: PositiveQuantity


@message
class ReceiveReturn:
    """What came back; no lines: everything that was authorised and is still missing."""

    return_id: Id
    lines: Annotated[list[ReturnQuantity], Length(0, MAX_LINES)] = field(default_factory=list)
    received_on: date | None = None


@message
class InspectedQuantity:
    """What inspection made of returned goods: back on the shelf, or scrapped."""

    order_line: LineNo
    restocked: NaturalQuantity
    scrapped: NaturalQuantity = Decimal(0)


@message
class InspectReturn:
    """What inspection found; no lines: all that came back is good."""

    return_id: Id
    lines: Annotated[list[InspectedQuantity], Length(0, MAX_LINES)] = field(default_factory=list)
    inspected_on: date | None = None


list_expected_returns = CONTRACT.list_of(
    "list_expected_returns", "/returns", ExpectedReturnView,
    scope="inventory:read", zh="客户退货", en="Customer returns",
    filters={
        "return_id": "id", "order_id": "id", "customer_id": "id", "warehouse_id": "id", "status": "text",
        "authorised_on": "date",
    },
    sorts=("id", "authorised_on"),
)  # fmt: skip
receive_return = CONTRACT.command(
    "receive_return", "POST", "/returns/{return_id}/receive", ReceiveReturn, ExpectedReturnView,
    scope="inventory:write", zh="退货收货", en="Receive a return", key="required",
    errors=("unknown_line", "duplicate_line", "nothing_open", "more_than_authorised", "return_exceeds_line",
            "return_cancelled"),
)  # fmt: skip
inspect_return = CONTRACT.command(
    "inspect_return", "POST", "/returns/{return_id}/inspect", InspectReturn, ExpectedReturnView,
    scope="inventory:write", zh="退货检验", en="Inspect a return", key="required",
    errors=("unknown_line", "duplicate_line", "nothing_open", "more_than_received"),
)  # fmt: skip

# ---- transfers


@message
class ShipTransferLine:
    """A quantity of an item to send. `unit`: the base unit if not said."""

    item_id: Id
    quantity: PositiveQuantity
    unit: Code | None = None


@message
class ShipTransfer:
    """Send available stock from one warehouse to another."""

    from_warehouse_id: Id
    to_warehouse_id: Id
    lines: Annotated[list[ShipTransferLine], Length(1, MAX_LINES)]
    shipped_on: date | None = None


@message
class ArriveLine:
    """What of an item arrived, and what was lost on the way. `unit`: the base unit if not said."""

    item_id: Id
    arrived: NaturalQuantity
    lost: NaturalQuantity = Decimal(0)
    unit: Code | None = None


@message
class ReceiveTransfer:
    """What of a transfer came in; no lines: everything that is under way."""

    transfer_id: Id
    lines: Annotated[list[ArriveLine], Length(0, MAX_LINES)] = field(default_factory=list)
    arrived_on: date | None = None


@message
class TransferLineView:
    """An item of a transfer: sent, arrived, lost, and still under way."""

    item_id: Id
    quantity: PositiveQuantity
    arrived: NaturalQuantity
    lost: NaturalQuantity
    in_transit: NaturalQuantity
    value: Annotated[NaturalTotalAmount, COST] | None = None
    in_transit_value: Annotated[NaturalTotalAmount, COST] | None = None


@message
class TransferView:
    """Goods sent from one warehouse to another."""

    id: Id
    number: str
    from_warehouse_id: Id
    to_warehouse_id: Id
    shipped_on: date
    status: TransferStatus
    lines: list[TransferLineView]


ship_transfer = CONTRACT.command(
    "ship_transfer", "POST", "/transfers", ShipTransfer, TransferView,
    scope="inventory:write", zh="调拨发出", en="Ship a transfer", status=201, key="required",
    errors=("unknown_item", "archived_item", "unknown_warehouse", "same_warehouse", "duplicate_item", "unknown_unit",
            "insufficient_stock"),
)  # fmt: skip
receive_transfer = CONTRACT.command(
    "receive_transfer", "POST", "/transfers/{transfer_id}/receive", ReceiveTransfer, TransferView,
    scope="inventory:write", zh="调拨到达", en="Receive a transfer", key="required",
    errors=("not_found", "unknown_line", "duplicate_item", "nothing_open", "more_than_sent"),
)  # fmt: skip
list_transfers = CONTRACT.list_of(
    "list_transfers", "/transfers", TransferView, scope="inventory:read", zh="调拨单", en="Transfers",
    filters={
        "id": "id", "number": "text", "from_warehouse_id": "id", "to_warehouse_id": "id", "status": "text",
        "shipped_on": "date",
    },
    sorts=("id", "shipped_on"),
)  # fmt: skip
get_transfer = CONTRACT.query(
    "get_transfer", "/transfers/{id}", ById, TransferView,
    scope="inventory:read", zh="查看调拨单", en="A transfer", errors=("not_found",),
)  # fmt: skip

# ---- adjustments and opening stock


@message
class AdjustLine:
    """What was found (above zero) or is missing (below). `unit`: the base unit if not said.

    `unit_value` is what one unit of found stock is worth; without it the average of what is there, so it is needed
    where nothing is.
    """

    item_id: Id
    quantity: Quantity
    unit: Code | None = None
    unit_value: Annotated[Price, COST] | None = None
    bin: Code | None = None


@message
class AdjustStock:
    """Stock found different from the books, or written off."""

    warehouse_id: Id
    reason: AdjustmentReason
    lines: Annotated[list[AdjustLine], Length(1, MAX_LINES)]
    adjusted_on: date | None = None


@message
class AdjustmentView:
    """Stock that was found different from the books, or written off."""

    id: Id
    number: str
    warehouse_id: Id
    reason: AdjustmentReason
    adjusted_on: date
    lines: list[ValuedLine]


@message
class OpenStockLine:
    """Stock taken over, with its whole value. `unit`: the base unit if not said."""

    item_id: Id
    quantity: PositiveQuantity
    value: NaturalAmount
    unit: Code | None = None
    bin: Code | None = None


@message
class OpenStock:
    """Opening stock of a warehouse from earlier books."""

    warehouse_id: Id
    lines: Annotated[list[OpenStockLine], Length(1, MAX_LINES)]
    opened_on: date | None = None


@message
class StockOpeningView:
    """Opening stock that was taken over; its moves are in the stock ledger under its id."""

    id: Id
    warehouse_id: Id
    opened_on: date
    lines: list[ValuedLine]


adjust_stock = CONTRACT.command(
    "adjust_stock", "POST", "/adjustments", AdjustStock, AdjustmentView,
    scope="inventory:adjust", zh="调整库存", en="Adjust stock", status=201, key="required",
    errors=("unknown_item", "archived_item", "unknown_warehouse", "unknown_unit", "unknown_bin", "quantity_zero",
            "unit_value_needed", "insufficient_stock"),
)  # fmt: skip
list_adjustments = CONTRACT.list_of(
    "list_adjustments", "/adjustments", AdjustmentView,
    scope="inventory:read", zh="库存调整单", en="Stock adjustments",
    filters={"id": "id", "number": "text", "warehouse_id": "id", "reason": "text", "adjusted_on": "date"},
    sorts=("id", "adjusted_on"),
)  # fmt: skip
open_stock = CONTRACT.command(
    "open_stock", "POST", "/openings", OpenStock, StockOpeningView,
    scope="inventory:open", zh="期初库存", en="Take over opening stock", status=201, key="required",
    errors=("unknown_item", "archived_item", "unknown_warehouse", "unknown_unit", "unknown_bin", "value_scale"),
)  # fmt: skip

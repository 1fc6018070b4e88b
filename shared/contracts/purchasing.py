"""What `purchasing` offers and tells: suppliers, sourcing, requisitions, purchase orders.

Quantities of lines are in the item's base unit; amounts in the document's currency unless named `base_`.
"""

from dataclasses import field
from datetime import date
from decimal import Decimal
from typing import Annotated, Literal

from shared.contracts.common import ById, DatedById, Terms
from shared.contracts.fields import (
    COST,
    MAX_LINES,
    PERSONAL,
    Code,
    Count,
    Currency,
    Days,
    ExchangeRate,
    Id,
    Length,
    LineNo,
    NaturalAmount,
    NaturalQuantity,
    PositiveQuantity,
    PositiveTotalQuantity,
    Price,
    Quantity,
    Rate,
    Text,
    Version,
)
from shared.contracts.message import Nothing, message
from shared.contracts.operations import Contract, FilterKind
from shared.contracts.system import add_system_operations

CONTRACT = Contract("purchasing", "采购", "Purchasing")
add_system_operations(CONTRACT)

SupplierState = Literal["prospect", "approved", "suspended", "blocked", "archived"]
RequisitionStatus = Literal["open", "ordered", "cancelled", "withdrawn"]
RequisitionSource = Literal["person", "stock_low", "sales_order"]
OrderStatus = Literal[
    "draft", "pending_approval", "approved", "partly_received", "received", "closing", "closed", "cancelled"
]

# ---- suppliers


@message
class Contact:
    """A person at a supplier."""

    name: Annotated[Text, PERSONAL]
    role: Text | None = None
    email: Annotated[Text, PERSONAL] | None = None
    phone: Annotated[Text, PERSONAL] | None = None


@message
class Certificate:
    """A licence or certificate a supplier showed."""

    name: Text
    reference: Text | None = None
    expires_on: date


@message
class HeldCertificate:
    """A certificate, and whether it is expired on the day of asking."""

    name: Text
    reference: Text | None
    expires_on: date
    expired: bool


Contacts = Annotated[list[Contact], Length(0, 50)]
Certificates = Annotated[list[Certificate], Length(0, 50)]


@message
class RegisterSupplier:
    """A new supplier, a prospect until it is approved. Without terms, everything is due in 30 days."""

    code: Code
    name: Annotated[Text, PERSONAL]
    currency: Currency | None = None
    terms: Terms | None = None
    contacts: Contacts = field(default_factory=list)
    certificates: Certificates = field(default_factory=list)


@message
class ChangeSupplier:
    """What is given replaces what was; the rest stays. Out of the archive it is a prospect again."""

    id: Id
    name: Annotated[Text, PERSONAL] | None = None
    terms: Terms | None = None
    contacts: Contacts | None = None
    certificates: Certificates | None = None
    archived: bool | None = None


@message
class SupplierView:
    """A supplier. `reason` is why it was suspended or blocked."""

    id: Id
    version: Version
    code: Code
    name: Annotated[Text, PERSONAL]
    currency: Currency
    terms: Terms
    state: SupplierState
    reason: Text | None
    contacts: Contacts
    certificates: Annotated[list[HeldCertificate], Length(0, 50)]


@message
class Reasoned:
    """Names one thing, and why something is done to it."""

    id: Id
    reason: Text


_STATE_ERRORS = ("not_found", "supplier_state")
register_supplier = CONTRACT.command(
    "register_supplier", "POST", "/suppliers", RegisterSupplier, SupplierView,
    scope="purchasing:write", zh="登记供应商", en="Register a supplier", status=201, errors=("exists",),
)  # fmt: skip
change_supplier = CONTRACT.command(
    "change_supplier", "PATCH", "/suppliers/{id}", ChangeSupplier, SupplierView,
    scope="purchasing:write", zh="变更供应商", en="Change a supplier", if_match=True,
    errors=("not_found", "stale_version"),
)  # fmt: skip
approve_supplier = CONTRACT.command(
    "approve_supplier", "POST", "/suppliers/{id}/approve", ById, SupplierView,
    scope="purchasing:write", zh="批准供应商", en="Approve a supplier", errors=_STATE_ERRORS,
)  # fmt: skip
suspend_supplier = CONTRACT.command(
    "suspend_supplier", "POST", "/suppliers/{id}/suspend", Reasoned, SupplierView,
    scope="purchasing:write", zh="暂停供应商", en="Suspend a supplier", errors=_STATE_ERRORS,
)  # fmt: skip
block_supplier = CONTRACT.command(
    "block_supplier", "POST", "/suppliers/{id}/block", Reasoned, SupplierView,
    scope="purchasing:write", zh="禁用供应商", en="Block a supplier", errors=_STATE_ERRORS,
)  # fmt: skip
get_supplier = CONTRACT.query(
    "get_supplier", "/suppliers/{id}", ById, SupplierView,
    scope="purchasing:read", zh="查看供应商", en="A supplier", errors=("not_found",),
)  # fmt: skip
list_suppliers = CONTRACT.list_of(
    "list_suppliers", "/suppliers", SupplierView, scope="purchasing:read", zh="供应商列表", en="Suppliers",
    filters={"code": "text", "state": "text", "currency": "text"}, sorts=("code",),
)  # fmt: skip

# ---- sourcing


@message
class PriceBreak:
    """A price per base unit that holds from `min_quantity` base units on."""

    min_quantity: NaturalQuantity
    price: Price


@message
class OfferItem:
    """What a supplier offers for an item; it takes the place of what the supplier offered for it before.

    Below the lowest break its price holds. `capacity` is what the supplier can deliver in a month, for the buyer to
    see. Tolerances are fractions of the ordered quantity. Without a currency, the supplier's.
    """

    supplier_id: Id
    item_id: Id
    price_breaks: Annotated[list[PriceBreak], Length(1, 50)]
    currency: Currency | None = None
    moq: NaturalQuantity = Decimal(0)
    pack_size: NaturalQuantity = Decimal(0)
    lead_time_days: Days = 0
    over_tolerance: Rate = Decimal(0)
    under_tolerance: Rate = Decimal(0)
    preferred: bool = False
    capacity: PositiveQuantity | None = None


@message
class PriceBreakView:
    """A price per base unit that holds from `min_quantity` base units on."""

    min_quantity: NaturalQuantity
    price: Annotated[Price, COST] | None = None


@message
class OfferView:
    """An item approved for buying from a supplier, and on which conditions."""

    id: Id
    supplier_id: Id
    item_id: Id
    price_breaks: list[PriceBreakView]
    currency: Currency
    moq: NaturalQuantity
    pack_size: NaturalQuantity
    lead_time_days: Days
    over_tolerance: Rate
    under_tolerance: Rate
    preferred: bool
    capacity: PositiveQuantity | None
    offered_on: date
    withdrawn_on: date | None


offer_item = CONTRACT.command(
    "offer_item", "POST", "/offers", OfferItem, OfferView,
    scope="purchasing:write", zh="登记货源", en="Offer an item", status=201,
    errors=(
        "unknown_reference", "unknown_supplier", "not_goods", "archived", "duplicate_break", "tolerance_too_large",
    ),
)  # fmt: skip
withdraw_offer = CONTRACT.command(
    "withdraw_offer", "POST", "/offers/{id}/withdraw", DatedById, OfferView,
    scope="purchasing:write", zh="撤回货源", en="Withdraw an offer", errors=("not_found", "withdrawn"),
)  # fmt: skip
list_offers = CONTRACT.list_of(
    "list_offers", "/offers", OfferView, scope="purchasing:read", zh="货源列表", en="Offers",
    filters={"supplier_id": "id", "item_id": "id", "preferred": "flag", "withdrawn": "flag"}, sorts=("id",),
)  # fmt: skip

# ---- settings


@message
class ChangeSettings:
    """What is given replaces what was. `no_approval_limit` and `tax_by_item` take the limit and the code away again."""

    approval_limit: NaturalAmount | None = None
    no_approval_limit: bool = False
    default_tax_code: Code | None = None
    tax_by_item: bool = False


@message
class SettingsView:
    """How the company buys.

    Orders above `approval_limit` (net, in base currency) need a second person; without a limit none does. Purchases
    are taxed by `default_tax_code`, without one by each item's own.
    """

    approval_limit: NaturalAmount | None
    default_tax_code: Code | None


get_settings = CONTRACT.query(
    "get_settings", "/settings", Nothing, SettingsView,
    scope="purchasing:read", zh="采购设置", en="Purchasing settings",
)  # fmt: skip
change_settings = CONTRACT.command(
    "change_settings", "PATCH", "/settings", ChangeSettings, SettingsView,
    scope="purchasing:approve", zh="变更采购设置", en="Change purchasing settings",
)  # fmt: skip

# ---- requisitions


@message
class RequestPurchase:
    """Someone wants goods bought; `unit` is one of the item's, its base unit where not given."""

    item_id: Id
    quantity: PositiveQuantity
    unit: Code | None = None
    warehouse_id: Id
    needed_on: date | None = None
    note: Text | None = None


@message
class RequisitionView:
    """A wish to buy, and what became of it. `source_id` is the alert or the sales order it came from."""

    id: Id
    number: str
    status: RequisitionStatus
    source: RequisitionSource
    source_id: Id | None
    source_line: LineNo | None
    item_id: Id
    warehouse_id: Id
    quantity: PositiveTotalQuantity
    needed_on: date | None
    requested_on: date
    requested_by: Text
    note: Text | None
    order_id: Id | None


@message
class OrderRequisitions:
    """Turn open requisitions (all, or those named) into draft orders: one per supplier, warehouse and currency.

    Each item goes to its best offer, or to the offer of `supplier_id`.
    """

    supplier_id: Id | None = None
    requisition_ids: Annotated[list[Id], Length(1, MAX_LINES)] | None = None
    order_on: date | None = None


request_purchase = CONTRACT.command(
    "request_purchase", "POST", "/requisitions", RequestPurchase, RequisitionView,
    scope="purchasing:write", zh="请购", en="Request a purchase", status=201, key="required",
    errors=("unknown_reference", "not_goods", "archived", "unknown_unit", "quantity_inexact"),
)  # fmt: skip
cancel_requisition = CONTRACT.command(
    "cancel_requisition", "POST", "/requisitions/{id}/cancel", ById, RequisitionView,
    scope="purchasing:write", zh="取消请购", en="Cancel a requisition", errors=("not_found", "requisition_not_open"),
)  # fmt: skip
get_requisition = CONTRACT.query(
    "get_requisition", "/requisitions/{id}", ById, RequisitionView,
    scope="purchasing:read", zh="查看请购", en="A requisition", errors=("not_found",),
)  # fmt: skip
list_requisitions = CONTRACT.list_of(
    "list_requisitions", "/requisitions", RequisitionView,
    scope="purchasing:read", zh="请购列表", en="Requisitions",
    filters={
        "status": "text", "source": "text", "source_id": "id", "item_id": "id", "warehouse_id": "id",
        "order_id": "id", "requested_on": "date",
    },
    sorts=("id", "requested_on"),
)  # fmt: skip

# ---- purchase orders


@message
class LineToBuy:
    """A line to order. `quantity` and `price` are per `unit`, the item's base unit where not given.

    Without a price, the supplier's offer says it, and its minimum and pack size hold. Tolerances and tax code come
    from the offer, the settings and the item where they are not given.
    """

    item_id: Id
    quantity: PositiveQuantity
    unit: Code | None = None
    price: Price | None = None
    tax_code: Code | None = None
    over_tolerance: Rate | None = None
    under_tolerance: Rate | None = None


@message
class DraftOrder:
    """An order to be. Without a currency and terms, the supplier's."""

    supplier_id: Id
    warehouse_id: Id
    order_on: date | None = None
    expected_on: date
    currency: Currency | None = None
    terms: Terms | None = None
    note: Text | None = None
    lines: Annotated[list[LineToBuy], Length(1, MAX_LINES)]


@message
class ChangeOrder:
    """What is given replaces what was in a draft; given lines replace all lines."""

    id: Id
    warehouse_id: Id | None = None
    expected_on: date | None = None
    terms: Terms | None = None
    note: Text | None = None
    lines: Annotated[list[LineToBuy], Length(1, MAX_LINES)] | None = None


@message
class AcknowledgeOrder:
    """The supplier confirmed the order, and by when it promises the goods."""

    id: Id
    promised_on: date | None = None
    on: date | None = None


@message
class EndOrder:
    """Why nothing more is wanted of an order, and since when."""

    id: Id
    reason: Text
    on: date | None = None


@message
class OrderedLine:
    """A purchase line and what became of it, in base units. `price` is per base unit, `unit_price` per `unit`."""

    line: LineNo
    item_id: Id
    unit: Code
    unit_quantity: PositiveQuantity
    unit_price: Annotated[Price, COST] | None = None
    quantity: PositiveQuantity
    price: Annotated[Price, COST] | None = None
    net: Annotated[NaturalAmount, COST] | None = None
    tax: Annotated[NaturalAmount, COST] | None = None
    base_net: Annotated[NaturalAmount, COST] | None = None
    tax_code: Code
    tax_rate: Rate
    over_tolerance: Rate
    under_tolerance: Rate
    expected_on: date
    received: Quantity
    rejected: Quantity
    invoiced: NaturalQuantity
    cancelled: NaturalQuantity
    open: NaturalQuantity


@message
class SupplierInvoiceOfOrder:
    """A supplier's invoice for an order, as finance tells of it."""

    supplier_invoice_id: Id
    supplier_number: Text | None
    posted_on: date | None
    settled_on: date | None


@message
class PurchaseOrderView:
    """A purchase order. Amounts in its currency; `base_net` in base currency at `exchange_rate`, fixed on approval.

    `due_on` is what the supplier promised, else what was expected. `paid`: every invoice known is settled and all that
    was received is invoiced.
    """

    id: Id
    version: Version
    number: str
    status: OrderStatus
    supplier_id: Id
    supplier_code: Code
    warehouse_id: Id
    currency: Currency
    exchange_rate: ExchangeRate
    terms: Terms
    note: Text | None
    order_on: date
    expected_on: date
    promised_on: date | None
    due_on: date
    days_late: Count
    made_by: Text
    submitted_by: Text | None
    approved_by: Text | None
    approved_on: date | None
    sent_on: date | None
    acknowledged_on: date | None
    reason: Text | None
    closed_on: date | None
    net: Annotated[NaturalAmount, COST] | None = None
    tax: Annotated[NaturalAmount, COST] | None = None
    gross: Annotated[NaturalAmount, COST] | None = None
    base_net: Annotated[NaturalAmount, COST] | None = None
    lines: Annotated[list[OrderedLine], Length(1, MAX_LINES)]
    invoices: list[SupplierInvoiceOfOrder]
    paid: bool


@message
class OrderLineView:
    """One line of one purchase order: `quantity` ordered, and what became of it, in base units."""

    id: Id
    order_id: Id
    number: str
    status: OrderStatus
    supplier_id: Id
    warehouse_id: Id
    line: LineNo
    item_id: Id
    quantity: PositiveQuantity
    received: Quantity
    rejected: Quantity
    invoiced: NaturalQuantity
    cancelled: NaturalQuantity
    open: NaturalQuantity
    net: Annotated[NaturalAmount, COST] | None = None
    base_net: Annotated[NaturalAmount, COST] | None = None


@message
class OrderedRequisitions:
    """The drafts made, and the requisitions that stay open because no approved supplier offers their item."""

    orders: list[PurchaseOrderView]
    unserved: list[RequisitionView]


_DRAFT_ERRORS = (
    "unknown_reference", "unknown_supplier", "not_goods", "archived", "unknown_unit", "quantity_inexact",
    "quantity_range", "no_price", "below_moq", "not_whole_packs", "tolerance_too_large", "amount_too_large",
    "expected_before_ordered",
)  # fmt: skip
_ORDER_ERRORS = ("not_found", "order_state")
order_requisitions = CONTRACT.command(
    "order_requisitions", "POST", "/requisitions/order", OrderRequisitions, OrderedRequisitions,
    scope="purchasing:write", zh="请购转订单", en="Order requisitions", key="required",
    errors=("unknown_reference", "requisition_not_open"),
)  # fmt: skip
draft_order = CONTRACT.command(
    "draft_order", "POST", "/orders", DraftOrder, PurchaseOrderView,
    scope="purchasing:write", zh="起草采购订单", en="Draft a purchase order", status=201, key="required",
    errors=_DRAFT_ERRORS,
)  # fmt: skip
change_order = CONTRACT.command(
    "change_order", "PATCH", "/orders/{id}", ChangeOrder, PurchaseOrderView,
    scope="purchasing:write", zh="变更采购订单", en="Change a draft purchase order", if_match=True,
    errors=(*_ORDER_ERRORS, "stale_version", *_DRAFT_ERRORS),
)  # fmt: skip
submit_order = CONTRACT.command(
    "submit_order", "POST", "/orders/{id}/submit", DatedById, PurchaseOrderView,
    scope="purchasing:write", zh="提交采购订单", en="Submit a purchase order",
    errors=(*_ORDER_ERRORS, "supplier_not_approved", "unknown_reference"),
)  # fmt: skip
approve_order = CONTRACT.command(
    "approve_order", "POST", "/orders/{id}/approve", DatedById, PurchaseOrderView,
    scope="purchasing:approve", zh="审批采购订单", en="Approve a purchase order",
    errors=(*_ORDER_ERRORS, "second_approver_needed", "supplier_not_approved", "unknown_reference"),
)  # fmt: skip
reject_order = CONTRACT.command(
    "reject_order", "POST", "/orders/{id}/reject", Reasoned, PurchaseOrderView,
    scope="purchasing:approve", zh="驳回采购订单", en="Send a purchase order back to draft", errors=_ORDER_ERRORS,
)  # fmt: skip
send_order = CONTRACT.command(
    "send_order", "POST", "/orders/{id}/send", DatedById, PurchaseOrderView,
    scope="purchasing:write", zh="发送采购订单", en="Note that an order was sent to its supplier", errors=_ORDER_ERRORS,
)  # fmt: skip
acknowledge_order = CONTRACT.command(
    "acknowledge_order", "POST", "/orders/{id}/acknowledge", AcknowledgeOrder, PurchaseOrderView,
    scope="purchasing:write", zh="供应商确认", en="Note that the supplier confirmed an order", errors=_ORDER_ERRORS,
)  # fmt: skip
cancel_order = CONTRACT.command(
    "cancel_order", "POST", "/orders/{id}/cancel", EndOrder, PurchaseOrderView,
    scope="purchasing:write", zh="取消采购订单", en="Cancel a purchase order",
    errors=(*_ORDER_ERRORS, "partly_received"),
)  # fmt: skip
close_order = CONTRACT.command(
    "close_order", "POST", "/orders/{id}/close", EndOrder, PurchaseOrderView,
    scope="purchasing:write", zh="关闭采购订单", en="Close a purchase order short", errors=_ORDER_ERRORS,
)  # fmt: skip
get_order = CONTRACT.query(
    "get_order", "/orders/{id}", ById, PurchaseOrderView,
    scope="purchasing:read", zh="查看采购订单", en="A purchase order", errors=("not_found",),
)  # fmt: skip
_ORDER_FILTERS: dict[str, FilterKind] = {
    "number": "text", "status": "text", "supplier_id": "id", "warehouse_id": "id", "order_on": "date",
    "expected_on": "date", "due_on": "date",
}  # fmt: skip
list_orders = CONTRACT.list_of(
    "list_orders", "/orders", PurchaseOrderView, scope="purchasing:read", zh="采购订单列表", en="Purchase orders",
    filters=_ORDER_FILTERS, sorts=("id", "number", "order_on", "due_on"),
)  # fmt: skip
list_late_orders = CONTRACT.list_of(
    "list_late_orders", "/late-orders", PurchaseOrderView,
    scope="purchasing:read", zh="逾期采购订单", en="Purchase orders whose goods are late",
    filters=_ORDER_FILTERS, sorts=("due_on", "id"),
)  # fmt: skip
list_order_lines = CONTRACT.list_of(
    "list_order_lines", "/order-lines", OrderLineView,
    scope="purchasing:read", zh="采购订单行", en="Purchase order lines",
    filters={
        "order_id": "id", "number": "text", "status": "text", "supplier_id": "id", "warehouse_id": "id",
        "item_id": "id",
    },
    sorts=("id",),
)  # fmt: skip

# ---- events


@message
class SupplierFact:
    """A supplier as it is now."""

    supplier_id: Id
    code: Code
    name: Annotated[Text, PERSONAL]
    currency: Currency
    terms: Terms
    state: SupplierState


supplier_registered = CONTRACT.event(
    "supplier_registered", SupplierFact, subject="supplier_id", zh="供应商已建档", en="Supplier registered"
)
supplier_changed = CONTRACT.event(
    "supplier_changed", SupplierFact, subject="supplier_id", zh="供应商已变更", en="Supplier changed"
)


@message
class ApprovedLine:
    """A purchase line as approved. Tolerances are fractions of the quantity; `base_net` in base currency."""

    line: LineNo
    item_id: Id
    quantity: PositiveQuantity
    price: Annotated[Price, COST] | None = None
    net: Annotated[NaturalAmount, COST] | None = None
    base_net: Annotated[NaturalAmount, COST] | None = None
    tax_rate: Rate
    over_tolerance: Rate
    under_tolerance: Rate


@message
class PurchaseOrderApproved:
    """A purchase order is approved: goods may be received against it."""

    purchase_order_id: Id
    number: str
    supplier_id: Id
    warehouse_id: Id
    approved_on: date
    expected_on: date
    currency: Currency
    exchange_rate: ExchangeRate
    terms: Terms
    lines: Annotated[list[ApprovedLine], Length(1, MAX_LINES)]


order_approved = CONTRACT.event(
    "order_approved",
    PurchaseOrderApproved,
    subject="purchase_order_id",
    zh="采购订单已审批",
    en="Purchase order approved",
)


@message
class ClosingRequested:
    """Nothing more is wanted of this purchase order; what comes of it is decided where goods are received."""

    purchase_order_id: Id
    reason: Text


closing_requested = CONTRACT.event(
    "closing_requested", ClosingRequested, subject="purchase_order_id", zh="已请求关闭", en="Closing requested"
)


@message
class PurchaseOrderClosed:
    """A purchase order came to its end: all received, closed short, or cancelled before anything came."""

    purchase_order_id: Id
    closed_on: date
    outcome: Literal["closed", "cancelled"]


order_closed = CONTRACT.event(
    "order_closed", PurchaseOrderClosed, subject="purchase_order_id", zh="采购订单已关闭", en="Purchase order closed"
)

"""What `sales` offers and tells: customers, prices, orders, returns.

Quantities of lines are in the item's base unit; amounts in the document's currency.
"""

from datetime import date
from decimal import Decimal
from typing import Annotated, Literal

from shared.contracts.common import Address, ById, Terms
from shared.contracts.fields import (
    MAX_LINES,
    PERSONAL,
    Code,
    Currency,
    Days,
    ExchangeRate,
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
from shared.contracts.inventory import CancelledLine
from shared.contracts.message import Nothing, message
from shared.contracts.operations import Contract
from shared.contracts.system import add_system_operations

CONTRACT = Contract("sales", "销售", "Sales")
add_system_operations(CONTRACT)

TaxRounding = Literal["line", "document"]

# ---- customers


@message
class RegisterCustomer:
    """A new customer. Without terms, everything is due in 30 days."""

    code: Code
    name: Annotated[Text, PERSONAL]
    tier: Code = "standard"
    currency: Currency | None = None
    country: Text
    address: Address | None = None
    tax_id: Code | None = None
    terms: Terms | None = None


@message
class ChangeCustomer:
    """What is given replaces what was; the rest stays."""

    id: Id
    name: Annotated[Text, PERSONAL] | None = None
    tier: Code | None = None
    country: Text | None = None
    address: Address | None = None
    tax_id: Code | None = None
    terms: Terms | None = None
    archived: bool | None = None


@message
class CustomerView:
    """A customer."""

    id: Id
    version: Version
    code: Code
    name: Annotated[Text, PERSONAL]
    tier: Code
    currency: Currency
    country: Text
    address: Address | None
    tax_id: Code | None
    terms: Terms
    archived: bool


register_customer = CONTRACT.command(
    "register_customer", "POST", "/customers", RegisterCustomer, CustomerView,
    scope="sales:write", zh="登记客户", en="Register a customer", status=201, errors=("exists",),
)  # fmt: skip
change_customer = CONTRACT.command(
    "change_customer", "PATCH", "/customers/{id}", ChangeCustomer, CustomerView,
    scope="sales:write", zh="变更客户", en="Change a customer", if_match=True, errors=("not_found", "stale_version"),
)  # fmt: skip
get_customer = CONTRACT.query(
    "get_customer", "/customers/{id}", ById, CustomerView,
    scope="sales:read", zh="查看客户", en="A customer", errors=("not_found",),
)  # fmt: skip
list_customers = CONTRACT.list_of(
    "list_customers", "/customers", CustomerView, scope="sales:read", zh="客户列表", en="Customers",
    filters={"code": "text", "tier": "text", "country": "text", "archived": "flag"}, sorts=("code",),
)  # fmt: skip

# ---- settings


@message
class SalesSettings:
    """What orders take where they name nothing. `hold_days`: how long an order may be held before it is declined."""

    default_warehouse_id: Id | None
    tax_rounding: TaxRounding
    prices_include_tax: bool
    promise_days: Days
    hold_days: Days


@message
class ChangeSalesSettings:
    """What is given replaces what was; the rest stays. Orders already placed keep what they were placed with."""

    default_warehouse_id: Id | None = None
    tax_rounding: TaxRounding | None = None
    prices_include_tax: bool | None = None
    promise_days: Days | None = None
    hold_days: Days | None = None


get_settings = CONTRACT.query(
    "get_settings", "/settings", Nothing, SalesSettings,
    scope="sales:read", zh="销售设置", en="Settings of sales",
)  # fmt: skip
change_settings = CONTRACT.command(
    "change_settings", "PATCH", "/settings", ChangeSalesSettings, SalesSettings,
    scope="sales:write", zh="变更销售设置", en="Change the settings of sales", errors=("unknown_reference",),
)  # fmt: skip

# ---- prices


@message
class SetPrice:
    """A price per base unit: a customer's own, a tier's, or (neither named) everyone's.

    It holds from `min_quantity` base units on and from `valid_from` (today) to `valid_to`, both included. Set again for
    the same audience, quantity and first day, it is replaced. Without a currency it is in the company's.
    """

    item_id: Id
    currency: Currency | None = None
    price: Price
    tier: Code | None = None
    customer_id: Id | None = None
    min_quantity: NaturalQuantity = Decimal(0)
    valid_from: date | None = None
    valid_to: date | None = None


@message
class PriceView:
    """A row of the price list."""

    id: Id
    version: Version
    item_id: Id
    currency: Currency
    price: Price
    tier: Code | None
    customer_id: Id | None
    min_quantity: NaturalQuantity
    valid_from: date
    valid_to: date | None
    withdrawn: bool


@message
class QuotePrice:
    """Asks what an item sells at: to this customer, or this tier, on this day (today), in this currency."""

    item_id: Id
    quantity: PositiveQuantity = Decimal(1)
    customer_id: Id | None = None
    tier: Code | None = None
    currency: Currency | None = None
    on: date | None = None


@message
class PriceQuote:
    """The price per base unit, the row it comes from, and what the quantity comes to."""

    price_id: Id
    item_id: Id
    quantity: PositiveQuantity
    price: Price
    currency: Currency
    amount: NaturalAmount


set_price = CONTRACT.command(
    "set_price", "POST", "/prices", SetPrice, PriceView,
    scope="sales:price", zh="设定价格", en="Set a price", errors=("unknown_reference", "contradiction"),
)  # fmt: skip
withdraw_price = CONTRACT.command(
    "withdraw_price", "POST", "/prices/{id}/withdraw", ById, PriceView,
    scope="sales:price", zh="撤销价格", en="Withdraw a price", errors=("not_found",),
)  # fmt: skip
list_prices = CONTRACT.list_of(
    "list_prices", "/prices", PriceView, scope="sales:read", zh="价格表", en="Price list",
    filters={
        "item_id": "id", "currency": "code", "tier": "text", "customer_id": "id", "valid_from": "date",
        "withdrawn": "flag",
    },
    sorts=("id", "valid_from"),
)  # fmt: skip
quote_price = CONTRACT.query(
    "quote_price", "/prices/quote", QuotePrice, PriceQuote,
    scope="sales:read", zh="询价", en="What an item sells at", errors=("no_price", "unknown_reference"),
)  # fmt: skip

# ---- orders

OrderState = Literal[
    "placed", "on_hold", "confirmed", "partly_shipped", "shipped", "completed", "cancelling", "cancelled",
    "partly_cancelled", "declined",
]  # fmt: skip
ReturnState = Literal["authorised", "received", "inspected", "credited", "cancelled"]


@message
class NewOrderLine:
    """An item and how much of it is wanted, in `unit` (the base unit where none is named).

    `price` is per base unit; without it the price list's applies, and giving one takes the scope `sales:price`. Goods
    leave from `warehouse_id`, or the default one. `over_tolerance` is the fraction of the quantity that may be shipped
    beyond it. `buy_to_order`: bought for this order (以销定购).
    """

    item_id: Id
    quantity: PositiveQuantity
    unit: Code | None = None
    price: Price | None = None
    warehouse_id: Id | None = None
    over_tolerance: Rate = Decimal(0)
    buy_to_order: bool = False
    tax_code: Code | None = None


@message
class PlaceOrder:
    """A customer orders. What is not given comes from the customer (currency, address, terms) or the settings.

    Without `accept_backorder`, an order that stock does not cover in full is declined.
    """

    customer_id: Id
    placed_on: date | None = None
    promised_on: date | None = None
    currency: Currency | None = None
    ship_to: Address | None = None
    terms: Terms | None = None
    prices_include_tax: bool | None = None
    accept_backorder: bool = True
    reference: Text | None = None
    lines: Annotated[list[NewOrderLine], Length(1, MAX_LINES)]


@message
class CancelOrder:
    """Asks for an order, or the lines named, to be cancelled; what has been handed over stays sold."""

    id: Id
    lines: Annotated[list[LineNo], Length(1, MAX_LINES)] | None = None
    reason: Text


@message
class OrderLineView:
    """An order line and what became of it, in base units; `unit` and `unit_quantity` as ordered.

    `reserved` and `requested` (for delivery) are running totals that include what has been handed over; `returned`
    counts from the return's authorisation. Ordered = handed over + open + cancelled, and beyond it what was shipped
    over within tolerance.
    """

    id: Id
    order_id: Id
    order_number: str
    line: LineNo
    item_id: Id
    sku: Code
    name: Text
    kind: Literal["goods", "service"]
    warehouse_id: Id | None
    unit: Code
    unit_quantity: PositiveQuantity
    ordered: PositiveQuantity
    reserved: NaturalQuantity
    backordered: NaturalQuantity
    requested: NaturalQuantity
    handed_over: NaturalQuantity
    invoiced: NaturalQuantity
    to_invoice: NaturalQuantity
    cancelled: NaturalQuantity
    returned: NaturalQuantity
    open: NaturalQuantity
    price: Price
    price_id: Id | None
    tax_code: Code
    tax_rate: Rate
    net: NaturalAmount
    tax: NaturalAmount
    gross: NaturalAmount
    over_tolerance: Rate
    buy_to_order: bool


@message
class OrderTax:
    """What an order comes to under one tax code."""

    tax_code: Code
    tax_rate: Rate
    net: NaturalAmount
    tax: NaturalAmount
    gross: NaturalAmount


@message
class OrderShipment:
    """A shipment of an order's goods, as logistics tells of it."""

    shipment_id: Id
    number: str | None
    delivery_id: Id | None
    warehouse_id: Id | None
    carrier_id: Id | None
    mode: Text | None
    status: Literal["planned", "shipped", "delivered"]
    expected_on: date | None
    late: bool | None
    shipped_on: date | None
    delivered_on: date | None


@message
class OrderInvoice:
    """An invoice of an order, as finance tells of it."""

    invoice_id: Id
    number: str | None
    issued_on: date | None
    net: NaturalAmount | None
    tax: NaturalAmount | None
    gross: NaturalAmount | None
    settled: bool


@message
class OrderReturn:
    """A return of an order's goods."""

    return_id: Id
    number: str
    status: ReturnState


@message
class ProcessStep:
    """A step of a long-running process and where it stands."""

    step: str
    state: Literal["waiting", "done", "undone"]


@message
class OrderSummary:
    """An order in a list."""

    id: Id
    version: Version
    number: str
    reference: Text | None
    customer_id: Id
    status: OrderState
    placed_on: date
    promised_on: date
    currency: Currency
    prices_include_tax: bool
    tax_rounding: TaxRounding
    net: NaturalAmount
    tax: NaturalAmount
    gross: NaturalAmount


@message
class OrderView:
    """An order with all that became of it. `reason` says why it was cancelled, declined or is being cancelled."""

    id: Id
    version: Version
    number: str
    reference: Text | None
    customer_id: Id
    customer_code: Code
    customer_name: Annotated[Text, PERSONAL]
    status: OrderState
    placed_on: date
    promised_on: date
    confirmed_on: date | None
    held_on: date | None
    cancelled_on: date | None
    completed_on: date | None
    reason: Text | None
    currency: Currency
    exchange_rate: ExchangeRate
    prices_include_tax: bool
    tax_rounding: TaxRounding
    accept_backorder: bool
    terms: Terms
    ship_to: Address
    net: NaturalAmount
    tax: NaturalAmount
    gross: NaturalAmount
    taxes: list[OrderTax]
    lines: list[OrderLineView]
    shipments: list[OrderShipment]
    invoices: list[OrderInvoice]
    returns: list[OrderReturn]
    fulfilment: list[ProcessStep]


@message
class OverdueOrder:
    """An order that waits longer than it should, and the steps it waits for."""

    id: Id
    number: str
    customer_id: Id
    status: OrderState
    placed_on: date
    promised_on: date
    waits_for: list[str]


@message
class DeadlinesRun:
    """What was overdue at the business date and came to its end: orders declined, returns lapsed."""

    business_date: date
    declined: list[Id]
    lapsed_returns: list[Id]


place_order = CONTRACT.command(
    "place_order", "POST", "/orders", PlaceOrder, OrderView,
    scope="sales:write", zh="下订单", en="Place an order", status=201, key="required",
    errors=(
        "unknown_reference", "archived", "no_price", "no_tax_rate", "no_exchange_rate", "unknown_unit",
        "quantity_inexact", "missing", "too_large", "future_date", "too_early", "forbidden",
    ),
)  # fmt: skip
cancel_order = CONTRACT.command(
    "cancel_order", "POST", "/orders/{id}/cancel", CancelOrder, OrderView,
    scope="sales:write", zh="取消订单", en="Ask for an order to be cancelled", status=202,
    errors=(
        "not_found", "already_cancelling", "already_cancelled", "completed", "too_late", "unknown_line",
        "repeated_line",
    ),
)  # fmt: skip
get_order = CONTRACT.query(
    "get_order", "/orders/{id}", ById, OrderView,
    scope="sales:read", zh="查看订单", en="An order", errors=("not_found",),
)  # fmt: skip
list_orders = CONTRACT.list_of(
    "list_orders", "/orders", OrderSummary, scope="sales:read", zh="订单列表", en="Orders",
    filters={
        "customer_id": "id", "status": "text", "placed_on": "date", "promised_on": "date", "number": "text",
        "reference": "text",
    },
    sorts=("-placed_on", "number", "promised_on"),
)  # fmt: skip
list_order_lines = CONTRACT.list_of(
    "list_order_lines", "/order-lines", OrderLineView, scope="sales:read", zh="订单行列表", en="Order lines",
    filters={"order_id": "id", "item_id": "id", "warehouse_id": "id"}, sorts=("id", "line"),
)  # fmt: skip
list_overdue_orders = CONTRACT.list_of(
    "list_overdue_orders", "/overdue-orders", OverdueOrder, scope="sales:read", zh="逾期订单", en="Orders overdue",
    filters={"customer_id": "id", "status": "text", "promised_on": "date"}, sorts=("promised_on", "number"),
)  # fmt: skip
run_deadlines = CONTRACT.command(
    "run_deadlines", "POST", "/deadlines/run", Nothing, DeadlinesRun,
    scope="sales:write", zh="执行到期处理", en="End what is overdue at the business date",
)  # fmt: skip

# ---- goods that come back


@message
class NewReturnLine:
    """How much of an order line is to come back, in base units."""

    order_line: LineNo
    quantity: PositiveQuantity


@message
class AuthoriseReturn:
    """Lets a customer send goods back: at most what was handed over and is not on its way back already.

    They go to `warehouse_id`, or where the first line's came from.
    """

    order_id: Id
    warehouse_id: Id | None = None
    reason: Text
    lines: Annotated[list[NewReturnLine], Length(1, MAX_LINES)]


@message
class ReturnLineView:
    """What of an order line was to come back, and what became of it, in base units.

    `lapsed` will not come any more; `accepted` was inspected and is to be credited.
    """

    order_line: LineNo
    item_id: Id
    authorised: PositiveQuantity
    lapsed: NaturalQuantity
    received: NaturalQuantity
    restocked: NaturalQuantity
    scrapped: NaturalQuantity
    accepted: NaturalQuantity
    credited: NaturalQuantity


@message
class ReturnCredit:
    """A credit note of a return, as finance tells of it."""

    credit_note_id: Id
    number: str
    issued_on: date
    net: NaturalAmount
    tax: NaturalAmount
    gross: NaturalAmount


@message
class ReturnView:
    """A return with all that became of it."""

    id: Id
    version: Version
    number: str
    order_id: Id
    order_number: str
    customer_id: Id
    warehouse_id: Id
    status: ReturnState
    authorised_on: date
    cancelled_on: date | None
    reason: Text
    lines: list[ReturnLineView]
    credit_notes: list[ReturnCredit]
    process: list[ProcessStep]


@message
class ReturnSummary:
    """A return in a list."""

    id: Id
    version: Version
    number: str
    order_id: Id
    customer_id: Id
    warehouse_id: Id
    status: ReturnState
    authorised_on: date
    reason: Text


authorise_return = CONTRACT.command(
    "authorise_return", "POST", "/returns", AuthoriseReturn, ReturnView,
    scope="sales:write", zh="授权退货", en="Authorise a return", status=201, key="required",
    errors=(
        "not_found", "unknown_line", "repeated_line", "not_goods", "not_returnable", "unknown_reference", "archived",
    ),
)  # fmt: skip
cancel_return = CONTRACT.command(
    "cancel_return", "POST", "/returns/{id}/cancel", ById, ReturnView,
    scope="sales:write", zh="取消退货", en="Cancel a return of which nothing has come",
    errors=("not_found", "already_cancelled", "too_late"),
)  # fmt: skip
get_return = CONTRACT.query(
    "get_return", "/returns/{id}", ById, ReturnView,
    scope="sales:read", zh="查看退货", en="A return", errors=("not_found",),
)  # fmt: skip
list_returns = CONTRACT.list_of(
    "list_returns", "/returns", ReturnSummary, scope="sales:read", zh="退货列表", en="Returns",
    filters={"order_id": "id", "customer_id": "id", "status": "text", "authorised_on": "date", "number": "text"},
    sorts=("-authorised_on", "number"),
)  # fmt: skip

# ---- events


@message
class CustomerFact:
    """A customer as it is now."""

    customer_id: Id
    code: Code
    name: Annotated[Text, PERSONAL]
    tier: Code
    currency: Currency
    country: Text
    terms: Terms
    archived: bool


customer_registered = CONTRACT.event(
    "customer_registered", CustomerFact, subject="customer_id", zh="客户已建档", en="Customer registered"
)
customer_changed = CONTRACT.event(
    "customer_changed", CustomerFact, subject="customer_id", zh="客户已变更", en="Customer changed"
)


@message
class PlacedLine:
    """An order line with its frozen price and tax. `over_tolerance` is a fraction of the quantity."""

    line: LineNo
    item_id: Id
    kind: Literal["goods", "service"]
    warehouse_id: Id | None
    quantity: PositiveQuantity
    price: Price
    tax_code: Code
    tax_rate: Rate
    net: NaturalAmount
    tax: NaturalAmount
    gross: NaturalAmount
    over_tolerance: Rate
    buy_to_order: bool


@message
class OrderPlaced:
    """A customer ordered; stock and credit are to be decided, in any order."""

    order_id: Id
    number: str
    customer_id: Id
    placed_on: date
    promised_on: date
    currency: Currency
    exchange_rate: ExchangeRate
    prices_include_tax: bool
    tax_rounding: TaxRounding
    terms: Terms
    ship_to: Address
    lines: Annotated[list[PlacedLine], Length(1, MAX_LINES)]
    net: NaturalAmount
    tax: NaturalAmount
    gross: NaturalAmount


order_placed = CONTRACT.event("order_placed", OrderPlaced, subject="order_id", zh="订单已下", en="Order placed")


@message
class OrderConfirmed:
    """Stock and credit are decided in the customer's favour. `services_only`: there is nothing to deliver."""

    order_id: Id
    number: str
    confirmed_on: date
    services_only: bool


order_confirmed = CONTRACT.event(
    "order_confirmed", OrderConfirmed, subject="order_id", zh="订单已确认", en="Order confirmed"
)


@message
class DeliveryLine:
    """A quantity of an order line to be delivered now."""

    line: LineNo
    item_id: Id
    quantity: PositiveQuantity


@message
class DeliveryRequested:
    """Reserved goods of a confirmed order are to be shipped from one warehouse."""

    delivery_id: Id
    order_id: Id
    order_number: str
    customer_id: Id
    warehouse_id: Id
    ship_to: Address
    requested_on: date
    promised_on: date
    lines: Annotated[list[DeliveryLine], Length(1, MAX_LINES)]


delivery_requested = CONTRACT.event(
    "delivery_requested", DeliveryRequested, subject="delivery_id", zh="已请求发货", en="Delivery requested"
)


@message
class CancellationRequested:
    """Someone wants the order, or these lines of it, cancelled; empty `lines` means all."""

    cancellation_id: Id
    order_id: Id
    lines: Annotated[list[LineNo], Length(0, MAX_LINES)]
    reason: Text


cancellation_requested = CONTRACT.event(
    "cancellation_requested", CancellationRequested, subject="order_id", zh="已请求取消", en="Cancellation requested"
)


@message
class OrderCancelled:
    """What of an order is cancelled for good: everything, or the lines named."""

    order_id: Id
    cancelled_on: date
    outcome: Literal["cancelled", "partly_cancelled"]
    reason: Text
    lines: Annotated[list[CancelledLine], Length(0, MAX_LINES)]


order_cancelled = CONTRACT.event(
    "order_cancelled", OrderCancelled, subject="order_id", zh="订单已取消", en="Order cancelled"
)


@message
class CancellationRefused:
    """All goods had left already: the answer is a return."""

    order_id: Id
    refused_on: date


cancellation_refused = CONTRACT.event(
    "cancellation_refused", CancellationRefused, subject="order_id", zh="取消已拒", en="Cancellation refused"
)


@message
class OrderCompleted:
    """Everything ordered is handed over or cancelled, invoiced and paid."""

    order_id: Id
    completed_on: date


order_completed = CONTRACT.event(
    "order_completed", OrderCompleted, subject="order_id", zh="订单已完成", en="Order completed"
)


@message
class ReturnLine:
    """A quantity of an order line to come back."""

    order_line: LineNo
    item_id: Id
    quantity: PositiveQuantity


@message
class ReturnAuthorised:
    """A customer may send goods back."""

    return_id: Id
    number: str
    order_id: Id
    customer_id: Id
    warehouse_id: Id
    authorised_on: date
    reason: Text
    lines: Annotated[list[ReturnLine], Length(1, MAX_LINES)]


return_authorised = CONTRACT.event(
    "return_authorised", ReturnAuthorised, subject="return_id", zh="退货已授权", en="Return authorised"
)


@message
class ReturnCancelled:
    """A return was given up, or what did not come in time lapsed; what has been taken in goes on."""

    return_id: Id
    order_id: Id
    cancelled_on: date
    lines: Annotated[list[ReturnLine], Length(1, MAX_LINES)]


return_cancelled = CONTRACT.event(
    "return_cancelled", ReturnCancelled, subject="return_id", zh="退货已取消", en="Return cancelled"
)


@message
class ReturnAccepted:
    """Returned goods were inspected and are to be credited."""

    return_id: Id
    order_id: Id
    customer_id: Id
    accepted_on: date
    lines: Annotated[list[ReturnLine], Length(1, MAX_LINES)]


return_accepted = CONTRACT.event(
    "return_accepted", ReturnAccepted, subject="return_id", zh="退货已接受", en="Return accepted"
)

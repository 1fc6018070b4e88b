"""What `sales` offers and tells: customers, prices, orders, returns.

Quantities of lines are in the item's base unit; amounts in the document's currency.
"""

from datetime import date
from typing import Annotated, Literal

from shared.contracts.common import Address, ById, Terms
from shared.contracts.fields import (
    MAX_LINES,
    PERSONAL,
    Code,
    Currency,
    ExchangeRate,
    Id,
    Length,
    LineNo,
    NaturalAmount,
    PositiveQuantity,
    Price,
    Rate,
    Text,
    Version,
)
from shared.contracts.inventory import CancelledLine
from shared.contracts.message import message
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

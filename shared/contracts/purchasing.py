"""What `purchasing` offers and tells: suppliers, sourcing, requisitions, purchase orders.

Quantities of lines are in the item's base unit; amounts in the document's currency unless named `base_`.
"""

from datetime import date
from typing import Annotated, Literal

from shared.contracts.common import Terms
from shared.contracts.fields import (
    COST,
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
)
from shared.contracts.message import message
from shared.contracts.operations import Contract
from shared.contracts.system import add_system_operations

CONTRACT = Contract("purchasing", "采购", "Purchasing")
add_system_operations(CONTRACT)

SupplierState = Literal["prospect", "approved", "suspended", "blocked", "archived"]

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

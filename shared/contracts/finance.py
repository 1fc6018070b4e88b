"""What `finance` offers and tells: ledger, tax rates, credit, invoices, payments.

Amounts are in the document's currency unless named `base_`; a statement's and credit's are in base currency.
"""

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Literal

from marshmallow import ValidationError

from shared.contracts.common import ById
from shared.contracts.fields import (
    COST,
    MAX_LINES,
    PERSONAL,
    Amount,
    Code,
    Count,
    Currency,
    ExchangeRate,
    Id,
    Length,
    LineNo,
    NaturalAmount,
    NaturalQuantity,
    PositiveAmount,
    PositiveQuantity,
    Price,
    Quantity,
    Rate,
    Text,
    TotalAmount,
    Version,
)
from shared.contracts.message import Nothing, message
from shared.contracts.operations import Contract
from shared.contracts.system import add_system_operations

CONTRACT = Contract("finance", "财务", "Finance")
add_system_operations(CONTRACT)

SettledKind = Literal["open", "settled"]

# ---- tax rates, exchange rates, settings


@message
class SetTaxRate:
    """A tax rate (a fraction, at most 1) from a day on, today by default; the same code and day are set anew."""

    tax_code: Code
    rate: Rate
    valid_from: date | None = None


@message
class TaxRateView:
    """A tax rate from a day on."""

    id: Id
    tax_code: Code
    rate: Rate
    valid_from: date


set_tax_rate = CONTRACT.command(
    "set_tax_rate", "POST", "/tax-rates", SetTaxRate, TaxRateView,
    scope="finance:write", zh="设定税率", en="Set a tax rate", status=201, errors=("invalid_rate",),
)  # fmt: skip
list_tax_rates = CONTRACT.list_of(
    "list_tax_rates", "/tax-rates", TaxRateView, scope="finance:read", zh="税率列表", en="Tax rates",
    filters={"tax_code": "text", "valid_from": "date"}, sorts=("tax_code", "valid_from"),
)  # fmt: skip


@message
class SetExchangeRate:
    """One unit of `currency` is `rate` of base currency from a day on; the same currency and day are set anew."""

    currency: Currency
    rate: ExchangeRate
    valid_from: date | None = None


@message
class ExchangeRateView:
    """An exchange rate from a day on."""

    id: Id
    currency: Currency
    rate: ExchangeRate
    valid_from: date


set_exchange_rate = CONTRACT.command(
    "set_exchange_rate", "POST", "/exchange-rates", SetExchangeRate, ExchangeRateView,
    scope="finance:write", zh="设定汇率", en="Set an exchange rate", status=201, errors=("base_currency",),
)  # fmt: skip
list_exchange_rates = CONTRACT.list_of(
    "list_exchange_rates", "/exchange-rates", ExchangeRateView,
    scope="finance:read", zh="汇率列表", en="Exchange rates",
    filters={"currency": "text", "valid_from": "date"}, sorts=("currency", "valid_from"),
)  # fmt: skip


@message
class SettingsView:
    """What finance decides by. Without `default_credit_limit`, customers with no limit of their own have none.

    `price_tolerance` and `quantity_tolerance` are how far a supplier's invoice may be off (fractions).
    """

    version: Version
    default_credit_limit: NaturalAmount | None
    price_tolerance: Rate
    quantity_tolerance: Rate
    closed_upto: date | None


@message
class ChangeSettings:
    """What is given replaces what was; `unlimited_credit` takes the default limit away."""

    default_credit_limit: NaturalAmount | None = None
    unlimited_credit: bool | None = None
    price_tolerance: Rate | None = None
    quantity_tolerance: Rate | None = None


get_settings = CONTRACT.query(
    "get_settings", "/settings", Nothing, SettingsView, scope="finance:read", zh="查看设置", en="Settings of finance"
)
change_settings = CONTRACT.command(
    "change_settings", "PATCH", "/settings", ChangeSettings, SettingsView,
    scope="finance:post", zh="变更设置", en="Change the settings of finance", if_match=True,
    errors=("stale_version", "contradicting_limits"),
)  # fmt: skip

# ---- credit


@message
class SetCreditLimit:
    """A customer's own limit in base currency; null is unlimited. `use_default` takes the own limit away instead."""

    customer_id: Id
    limit: NaturalAmount | None = None
    use_default: bool = False


@message
class CustomerId:
    """Names a customer."""

    customer_id: Id


@message
class CreditView:
    """A customer's credit in base currency: `exposure` is open orders and receivables (less what is on account)."""

    id: Id
    customer_id: Id
    currency: Currency
    limit: NaturalAmount | None
    own_limit: bool
    open_orders: TotalAmount
    receivables: TotalAmount
    exposure: TotalAmount
    available: TotalAmount | None


set_credit_limit = CONTRACT.command(
    "set_credit_limit", "POST", "/customers/{customer_id}/credit-limit", SetCreditLimit, CreditView,
    scope="finance:credit", zh="设定信用额度", en="Set a credit limit",
    errors=("unknown_reference", "contradicting_limits"),
)  # fmt: skip
get_credit = CONTRACT.query(
    "get_credit", "/customers/{customer_id}/credit", CustomerId, CreditView,
    scope="finance:read", zh="查看信用", en="A customer's credit", errors=("not_found",),
)  # fmt: skip
list_credit = CONTRACT.list_of(
    "list_credit", "/credit", CreditView, scope="finance:read", zh="信用列表", en="Customers' credit",
    filters={"customer_id": "id", "own_limit": "flag"}, sorts=("customer_id", "-receivables", "-open_orders"),
)  # fmt: skip

CreditState = Literal["approved", "held", "released", "declined", "dropped"]


@message
class CreditHoldView:
    """An order that did not fit: `held`, `released` (by a person, or once it fitted), `declined`, or `dropped`.

    It is dropped when it is cancelled. `amount` is what is open of it, in base currency. `id` is the order's.
    """

    id: Id
    order_id: Id
    order_number: str
    customer_id: Id
    amount: NaturalAmount
    held_on: date
    state: CreditState
    decided_by: str | None
    decided_on: date | None
    reason: str | None


@message
class DecideHold:
    """What a person decides on a held order, and why."""

    id: Id
    reason: Text | None = None


list_credit_holds = CONTRACT.list_of(
    "list_credit_holds", "/credit-holds", CreditHoldView,
    scope="finance:read", zh="信用冻结列表", en="Orders held for credit",
    filters={"id": "id", "customer_id": "id", "state": "text", "held_on": "date"}, sorts=("held_on",),
)  # fmt: skip
release_credit_hold = CONTRACT.command(
    "release_credit_hold", "POST", "/credit-holds/{id}/release", DecideHold, CreditHoldView,
    scope="finance:credit", zh="解除信用冻结", en="Release an order held for credit", key="required",
    errors=("not_found", "not_held"),
)  # fmt: skip
decline_credit_hold = CONTRACT.command(
    "decline_credit_hold", "POST", "/credit-holds/{id}/decline", DecideHold, CreditHoldView,
    scope="finance:credit", zh="拒绝信用冻结", en="Decline an order held for credit", key="required",
    errors=("not_found", "not_held"),
)  # fmt: skip

# ---- invoices and credit notes


@message
class BilledLineView:
    """A quantity of an order line with its amounts on an invoice or credit note."""

    line: LineNo
    item_id: Id
    quantity: PositiveQuantity
    net: NaturalAmount
    tax: NaturalAmount
    gross: NaturalAmount


@message
class InstalmentView:
    """A part of a document's amount and what is still open of it; `item_id` is its open item."""

    item_id: Id
    due_on: date
    amount: NaturalAmount
    open_amount: NaturalAmount


@message
class InvoiceView:
    """An invoice for what was handed over (`handover_id`), or for an order of services."""

    id: Id
    number: str
    order_id: Id
    order_number: str
    handover_id: Id | None
    customer_id: Id
    issued_on: date
    currency: Currency
    exchange_rate: ExchangeRate
    net: NaturalAmount
    tax: NaturalAmount
    gross: NaturalAmount
    open_amount: NaturalAmount
    status: SettledKind
    settled_on: date | None
    lines: list[BilledLineView]
    instalments: list[InstalmentView]


list_invoices = CONTRACT.list_of(
    "list_invoices", "/invoices", InvoiceView, scope="finance:read", zh="发票列表", en="Invoices",
    filters={"id": "id", "number": "text", "order_id": "id", "handover_id": "id", "customer_id": "id",
             "issued_on": "date", "settled_on": "date"},
    sorts=("number", "issued_on"),
)  # fmt: skip
get_invoice = CONTRACT.query(
    "get_invoice", "/invoices/{id}", ById, InvoiceView,
    scope="finance:read", zh="查看发票", en="An invoice", errors=("not_found",),
)  # fmt: skip


@message
class CreditNoteView:
    """A credit note (红字发票) for a return; `open_amount` of it stands on the customer's account."""

    id: Id
    number: str
    return_id: Id
    order_id: Id
    order_number: str
    customer_id: Id
    issued_on: date
    currency: Currency
    exchange_rate: ExchangeRate
    net: NaturalAmount
    tax: NaturalAmount
    gross: NaturalAmount
    open_amount: NaturalAmount
    lines: list[BilledLineView]


list_credit_notes = CONTRACT.list_of(
    "list_credit_notes", "/credit-notes", CreditNoteView, scope="finance:read", zh="红字发票列表", en="Credit notes",
    filters={"id": "id", "number": "text", "order_id": "id", "return_id": "id", "customer_id": "id",
             "issued_on": "date"},
    sorts=("number", "issued_on"),
)  # fmt: skip


@message
class OrderPositionView:
    """An order line as finance knows it: what was ordered, cancelled, invoiced and credited, with the amounts."""

    id: Id
    order_id: Id
    order_number: str
    customer_id: Id
    line: LineNo
    item_id: Id
    kind: Literal["goods", "service"]
    currency: Currency
    quantity: PositiveQuantity
    cancelled: NaturalQuantity
    invoiced: NaturalQuantity
    credited: NaturalQuantity
    net: NaturalAmount
    tax: NaturalAmount
    invoiced_net: NaturalAmount
    invoiced_tax: NaturalAmount
    credited_net: NaturalAmount
    credited_tax: NaturalAmount


list_order_positions = CONTRACT.list_of(
    "list_order_positions", "/order-positions", OrderPositionView,
    scope="finance:read", zh="订单开票情况", en="Invoicing of order lines",
    filters={"order_id": "id", "customer_id": "id", "item_id": "id", "kind": "text"}, sorts=("id",),
)  # fmt: skip

# ---- receivables and payments

OpenItemKind = Literal["invoice", "opening", "charge", "payment", "credit_note", "credit", "refund"]


@message
class ReceivableView:
    """An open item of a customer: an instalment, or a credit on account (amounts below zero).

    The open base amounts of all items sum to the receivables account (1122).
    """

    id: Id
    customer_id: Id
    kind: OpenItemKind
    document_id: Id
    document_number: str
    order_id: Id | None
    instalment: Count
    document_on: date
    due_on: date
    currency: Currency
    amount: Amount
    open_amount: Amount
    base_amount: Amount
    open_base: Amount
    open: bool


list_receivables = CONTRACT.list_of(
    "list_receivables", "/receivables", ReceivableView,
    scope="finance:read", zh="应收明细", en="Open items of customers",
    filters={"id": "id", "customer_id": "id", "document_id": "id", "order_id": "id", "kind": "text", "due_on": "date",
             "document_on": "date", "currency": "text", "open": "flag"},
    sorts=("due_on", "document_on", "id"),
)  # fmt: skip


@message
class Advice:
    """How much of a payment goes where: onto one open item, or onto a document's items in due order."""

    item_id: Id | None = None
    document_id: Id | None = None
    amount: PositiveAmount

    def __post_init__(self) -> None:
        """Raises ValidationError unless exactly one of the two is named."""
        if (self.item_id is None) == (self.document_id is None):
            raise ValidationError("name either an open item or a document", "item_id")


@message
class ReceivePayment:
    """Money from a customer.

    Without `allocations` it goes onto what is open in due order; with them exactly as they say (an empty list leaves
    all of it on account). What is left stays on account. `exchange_rate` is for a foreign currency with no rate set.
    """

    customer_id: Id
    amount: PositiveAmount
    currency: Currency | None = None
    received_on: date | None = None
    reference: Text | None = None
    exchange_rate: ExchangeRate | None = None
    allocations: Annotated[list[Advice], Length(0, MAX_LINES)] | None = None


@message
class AllocationView:
    """A part of a payment or credit on one open item."""

    item_id: Id
    document_id: Id
    document_number: str
    allocated_on: date
    amount: PositiveAmount


@message
class PaymentView:
    """Money from a customer (`payment`) or back to one (`refund`); `unallocated` stands on account."""

    id: Id
    number: str
    kind: Literal["payment", "refund"]
    customer_id: Id
    received_on: date
    currency: Currency
    exchange_rate: ExchangeRate
    amount: PositiveAmount
    base_amount: NaturalAmount
    unallocated: NaturalAmount
    reference: str | None
    state: Literal["booked", "cancelled"]
    allocations: list[AllocationView]


receive_payment = CONTRACT.command(
    "receive_payment", "POST", "/payments", ReceivePayment, PaymentView,
    scope="finance:write", zh="登记收款", en="Receive a payment", status=201, key="required",
    errors=("unknown_reference", "period_closed", "over_allocated", "exchange_rate_missing",
            "invalid_amount", "amount_out_of_range"),
)  # fmt: skip


@message
class Allocate:
    """Put what stands on account of a payment, credit note or credit (its id) onto open items, as `ReceivePayment`."""

    id: Id
    on: date | None = None
    allocations: Annotated[list[Advice], Length(1, MAX_LINES)] | None = None


@message
class AllocatedView:
    """A credit's allocations so far, and what of it still stands on account."""

    id: Id
    customer_id: Id
    currency: Currency
    unallocated: NaturalAmount
    allocations: list[AllocationView]


allocate_payment = CONTRACT.command(
    "allocate_payment", "POST", "/payments/{id}/allocate", Allocate, AllocatedView,
    scope="finance:write", zh="核销", en="Allocate what stands on account", key="required",
    errors=("not_found", "period_closed", "over_allocated"),
)  # fmt: skip


@message
class CancelPayment:
    """A payment was not honoured; what it had settled is open again."""

    id: Id
    on: date | None = None
    reason: Text


cancel_payment = CONTRACT.command(
    "cancel_payment", "POST", "/payments/{id}/cancel", CancelPayment, PaymentView,
    scope="finance:write", zh="撤销收款", en="Cancel a payment that was not honoured", key="required",
    errors=("not_found", "conflict", "period_closed"),
)  # fmt: skip
list_payments = CONTRACT.list_of(
    "list_payments", "/payments", PaymentView, scope="finance:read", zh="收款列表", en="Payments of customers",
    filters={"id": "id", "number": "text", "customer_id": "id", "kind": "text", "state": "text", "currency": "text",
             "reference": "text", "received_on": "date"},
    sorts=("number", "received_on"),
)  # fmt: skip


@message
class RefundCustomer:
    """Pay back what stands on a customer's account, oldest credit first."""

    customer_id: Id
    amount: PositiveAmount
    currency: Currency | None = None
    paid_on: date | None = None
    reference: Text | None = None
    exchange_rate: ExchangeRate | None = None


refund_customer = CONTRACT.command(
    "refund_customer", "POST", "/refunds", RefundCustomer, PaymentView,
    scope="finance:write", zh="客户退款", en="Refund a customer", status=201, key="required",
    errors=("unknown_reference", "period_closed", "nothing_on_account", "exchange_rate_missing",
            "invalid_amount", "amount_out_of_range"),
)  # fmt: skip

AdjustmentKind = Literal["discount", "manual", "fee", "bad_debt", "goods_credit"]


@message
class AdjustCustomerAccount:
    """Money without goods and without tax: above zero the customer owes more, below zero less.

    `discount` and `goods_credit` change sales revenue, `manual` other revenue, `bad_debt` credit losses; a `fee` we
    charge is other revenue, one we bear a bank charge. A credit goes onto what is open as a payment would.
    """

    customer_id: Id
    amount: Amount
    kind: AdjustmentKind
    currency: Currency | None = None
    on: date | None = None
    due_on: date | None = None
    note: Text | None = None
    reference: Text | None = None
    exchange_rate: ExchangeRate | None = None
    allocations: Annotated[list[Advice], Length(0, MAX_LINES)] | None = None


@message
class CustomerAdjustmentView:
    """A charge or credit without goods; `open_amount` has its sign."""

    id: Id
    number: str
    customer_id: Id
    kind: AdjustmentKind
    account: str
    on: date
    currency: Currency
    exchange_rate: ExchangeRate
    amount: Amount
    base_amount: Amount
    open_amount: Amount
    note: str | None
    reference: str | None


adjust_customer_account = CONTRACT.command(
    "adjust_customer_account", "POST", "/customer-adjustments", AdjustCustomerAccount, CustomerAdjustmentView,
    scope="finance:post", zh="调整客户往来", en="Charge or credit a customer without goods", status=201, key="required",
    errors=("unknown_reference", "period_closed", "over_allocated", "exchange_rate_missing",
            "invalid_amount", "amount_out_of_range"),
)  # fmt: skip
list_customer_adjustments = CONTRACT.list_of(
    "list_customer_adjustments", "/customer-adjustments", CustomerAdjustmentView,
    scope="finance:read", zh="客户往来调整列表", en="Charges and credits without goods",
    filters={"id": "id", "number": "text", "customer_id": "id", "kind": "text", "on": "date", "reference": "text"},
    sorts=("number", "on"),
)  # fmt: skip


@message
class WriteOffReceivable:
    """Give a debt up: `amount` of a customer's open items in due order, or of one document's."""

    customer_id: Id
    document_id: Id | None = None
    amount: PositiveAmount
    currency: Currency | None = None
    on: date | None = None
    reason: Text


write_off_receivable = CONTRACT.command(
    "write_off_receivable", "POST", "/receivables/write-off", WriteOffReceivable, CustomerAdjustmentView,
    scope="finance:post", zh="核销坏账", en="Write a bad debt off", status=201, key="required",
    errors=("unknown_reference", "period_closed", "over_allocated", "invalid_amount", "amount_out_of_range"),
)  # fmt: skip


@message
class StatementOf:
    """A customer's account over a span of days (both included), in one currency (the customer's by default)."""

    customer_id: Id
    from_on: date
    to_on: date
    currency: Currency | None = None


@message
class StatementLineView:
    """A document on the account: `debit` is owed more, `credit` less; `balance` after it."""

    on: date
    entry_id: Id
    entry_number: str
    source_type: str
    document_id: Id
    document_number: str | None
    note: str | None
    debit: Amount
    credit: Amount
    balance: TotalAmount


@message
class CustomerStatementView:
    """A statement of account (对账单)."""

    customer_id: Id
    customer_name: Annotated[Text, PERSONAL]
    currency: Currency
    from_on: date
    to_on: date
    opening: TotalAmount
    debit: TotalAmount
    credit: TotalAmount
    closing: TotalAmount
    lines: Annotated[list[StatementLineView], Length(0, 1_000_000)]


get_customer_statement = CONTRACT.query(
    "get_customer_statement", "/customers/{customer_id}/statement", StatementOf, CustomerStatementView,
    scope="finance:read", zh="客户对账单", en="A customer's statement of account", errors=("not_found",),
)  # fmt: skip

# ---- supplier invoices, payables


@message
class SupplierInvoiceLine:
    """A line of a supplier's invoice, against a line of the purchase order."""

    line: LineNo
    quantity: PositiveQuantity
    net: NaturalAmount
    tax: NaturalAmount


@message
class RecordSupplierInvoice:
    """A supplier's invoice as it came, to be matched against what was ordered and received."""

    supplier_id: Id
    supplier_number: Text
    purchase_order_id: Id
    invoiced_on: date | None = None
    currency: Currency | None = None
    exchange_rate: ExchangeRate | None = None
    lines: Annotated[list[SupplierInvoiceLine], Length(1, MAX_LINES)]


@message
class SupplierInvoiceLineView:
    """A line of a supplier's invoice: the accrual it releases, the price variance, and why it is an exception."""

    line: LineNo
    quantity: PositiveQuantity
    tax_rate: Rate
    net: Annotated[NaturalAmount, COST] | None = None
    tax: Annotated[NaturalAmount, COST] | None = None
    accrual: Annotated[Amount, COST] | None = None
    variance: Annotated[Amount, COST] | None = None
    reasons: list[str]


SupplierInvoiceStatus = Literal["exception", "posted", "settled", "rejected"]


@message
class SupplierInvoiceView:
    """A supplier's invoice and what became of it."""

    id: Id
    number: str
    supplier_id: Id
    supplier_number: Text
    purchase_order_id: Id
    purchase_order_number: str
    invoiced_on: date
    currency: Currency
    exchange_rate: ExchangeRate
    net: Annotated[NaturalAmount, COST] | None = None
    tax: Annotated[NaturalAmount, COST] | None = None
    gross: Annotated[NaturalAmount, COST] | None = None
    open_amount: Annotated[NaturalAmount, COST] | None = None
    status: SupplierInvoiceStatus
    recorded_by: str
    decided_by: str | None
    decided_on: date | None
    reason: str | None
    posted_on: date | None
    lines: list[SupplierInvoiceLineView]


record_supplier_invoice = CONTRACT.command(
    "record_supplier_invoice", "POST", "/supplier-invoices", RecordSupplierInvoice, SupplierInvoiceView,
    scope="finance:write", zh="登记供应商发票", en="Record a supplier's invoice", status=201, key="required",
    errors=("unknown_reference", "exists", "period_closed", "supplier_differs", "unknown_line", "repeated_line",
            "exchange_rate_missing", "invalid_amount", "amount_out_of_range"),
)  # fmt: skip


@message
class DecideSupplierInvoice:
    """What a person decides on an invoice that does not match, and why."""

    id: Id
    on: date | None = None
    reason: Text | None = None


accept_supplier_invoice = CONTRACT.command(
    "accept_supplier_invoice", "POST", "/supplier-invoices/{id}/accept", DecideSupplierInvoice, SupplierInvoiceView,
    scope="finance:post", zh="接受供应商发票差异", en="Accept a supplier's invoice that does not match", key="required",
    errors=("not_found", "not_an_exception", "same_person", "period_closed"),
)  # fmt: skip
reject_supplier_invoice = CONTRACT.command(
    "reject_supplier_invoice", "POST", "/supplier-invoices/{id}/reject", DecideSupplierInvoice, SupplierInvoiceView,
    scope="finance:post", zh="退回供应商发票", en="Reject a supplier's invoice that does not match", key="required",
    errors=("not_found", "not_an_exception"),
)  # fmt: skip
list_supplier_invoices = CONTRACT.list_of(
    "list_supplier_invoices", "/supplier-invoices", SupplierInvoiceView,
    scope="finance:read", zh="供应商发票列表", en="Suppliers' invoices",
    filters={"id": "id", "number": "text", "supplier_id": "id", "supplier_number": "text", "purchase_order_id": "id",
             "status": "text", "invoiced_on": "date"},
    sorts=("number", "invoiced_on"),
)  # fmt: skip
get_supplier_invoice = CONTRACT.query(
    "get_supplier_invoice", "/supplier-invoices/{id}", ById, SupplierInvoiceView,
    scope="finance:read", zh="查看供应商发票", en="A supplier's invoice", errors=("not_found",),
)  # fmt: skip


@message
class PayableView:
    """An open item of a supplier: an instalment we owe, or a payment on account (amounts below zero).

    The open base amounts of all items sum to the payables account (2202.01).
    """

    id: Id
    supplier_id: Id
    kind: OpenItemKind
    document_id: Id
    document_number: str
    purchase_order_id: Id | None
    instalment: Count
    document_on: date
    due_on: date
    currency: Currency
    amount: Amount
    open_amount: Amount
    base_amount: Amount
    open_base: Amount
    open: bool


list_payables = CONTRACT.list_of(
    "list_payables", "/payables", PayableView, scope="finance:read", zh="应付明细", en="Open items of suppliers",
    filters={"id": "id", "supplier_id": "id", "document_id": "id", "purchase_order_id": "id", "kind": "text",
             "due_on": "date", "document_on": "date", "currency": "text", "open": "flag"},
    sorts=("due_on", "document_on", "id"),
)  # fmt: skip


@message
class PaySupplier:
    """Money to a supplier, onto what is open in due order or as `allocations` say (an empty list: on account).

    The same supplier, amount, day and reference a second time is refused unless `confirm_duplicate`.
    """

    supplier_id: Id
    amount: PositiveAmount
    currency: Currency | None = None
    paid_on: date | None = None
    reference: Text | None = None
    exchange_rate: ExchangeRate | None = None
    allocations: Annotated[list[Advice], Length(0, MAX_LINES)] | None = None
    confirm_duplicate: bool = False


@message
class SupplierPaymentView:
    """Money to a supplier; `unallocated` is paid in advance."""

    id: Id
    number: str
    supplier_id: Id
    paid_on: date
    currency: Currency
    exchange_rate: ExchangeRate
    amount: PositiveAmount
    base_amount: NaturalAmount
    unallocated: NaturalAmount
    reference: str | None
    allocations: list[AllocationView]


pay_supplier = CONTRACT.command(
    "pay_supplier", "POST", "/supplier-payments", PaySupplier, SupplierPaymentView,
    scope="finance:post", zh="付款", en="Pay a supplier", status=201, key="required",
    errors=("unknown_reference", "period_closed", "over_allocated", "duplicate_payment", "exchange_rate_missing",
            "invalid_amount", "amount_out_of_range"),
)  # fmt: skip
list_supplier_payments = CONTRACT.list_of(
    "list_supplier_payments", "/supplier-payments", SupplierPaymentView,
    scope="finance:read", zh="付款列表", en="Payments to suppliers",
    filters={"id": "id", "number": "text", "supplier_id": "id", "currency": "text", "reference": "text",
             "paid_on": "date"},
    sorts=("number", "paid_on"),
)  # fmt: skip


@message
class PurchasePositionView:
    """A purchase line as finance knows it. `received_value` and `released` (of the accrual) are in base currency."""

    id: Id
    purchase_order_id: Id
    purchase_order_number: str
    supplier_id: Id
    line: LineNo
    item_id: Id
    currency: Currency
    quantity: PositiveQuantity
    received: Quantity
    invoiced: NaturalQuantity
    price: Annotated[Price, COST] | None = None
    net: Annotated[NaturalAmount, COST] | None = None
    received_value: Annotated[Amount, COST] | None = None
    invoiced_net: Annotated[NaturalAmount, COST] | None = None
    released: Annotated[Amount, COST] | None = None


list_purchase_positions = CONTRACT.list_of(
    "list_purchase_positions", "/purchase-positions", PurchasePositionView,
    scope="finance:read", zh="采购订单开票情况", en="Invoicing of purchase lines",
    filters={"purchase_order_id": "id", "supplier_id": "id", "item_id": "id"}, sorts=("id",),
)  # fmt: skip


@message
class AccrualView:
    """What was received of a purchase line and is not invoiced yet (暂估), in base currency.

    `open_value` of all lines sums to the accrual account (2202.02).
    """

    id: Id
    purchase_order_id: Id
    purchase_order_number: str
    supplier_id: Id
    line: LineNo
    item_id: Id
    received_value: Annotated[TotalAmount, COST] | None = None
    released: Annotated[TotalAmount, COST] | None = None
    open_value: Annotated[TotalAmount, COST] | None = None


list_accruals = CONTRACT.list_of(
    "list_accruals", "/accruals", AccrualView, scope="finance:read", zh="暂估明细", en="Accruals for goods received",
    filters={"purchase_order_id": "id", "supplier_id": "id", "item_id": "id", "open": "flag"}, sorts=("id",),
)  # fmt: skip

# ---- ledger


@message
class EntryLineView:
    """One side of an account in an entry, with where it comes from; amounts below zero are red (红字)."""

    id: Id
    entry_id: Id
    entry_number: str
    effective_on: date
    source_type: str
    source_id: Id
    source_number: str | None
    account: str
    party_id: Id | None
    currency: Currency
    debit: TotalAmount
    credit: TotalAmount
    base_debit: TotalAmount
    base_credit: TotalAmount


@message
class EntryView:
    """A journal entry (凭证).

    `effective_on` is its day in the books, `dated_on` the day of what it records; they differ where the period was
    closed, and `note` says so. `source_type` names the event or document it comes from, `source_id` that document.
    """

    id: Id
    number: str
    effective_on: date
    dated_on: date
    recorded_at: datetime
    source_type: str
    source_id: Id
    source_number: str | None
    note: str | None
    posted_by: str
    reverses_id: Id | None
    lines: Annotated[list[EntryLineView], Length(0, 10 * MAX_LINES)]


list_entries = CONTRACT.list_of(
    "list_entries", "/entries", EntryView, scope="finance:read", zh="凭证列表", en="Journal entries",
    filters={"id": "id", "number": "text", "effective_on": "date", "source_type": "text", "source_id": "id",
             "reverses_id": "id"},
    sorts=("id", "effective_on", "number"),
)  # fmt: skip
get_entry = CONTRACT.query(
    "get_entry", "/entries/{id}", ById, EntryView,
    scope="finance:read", zh="查看凭证", en="A journal entry", errors=("not_found",),
)  # fmt: skip
list_entry_lines = CONTRACT.list_of(
    "list_entry_lines", "/entry-lines", EntryLineView,
    scope="finance:read", zh="分录列表", en="Lines of journal entries",
    filters={"account": "text", "entry_id": "id", "source_type": "text", "source_id": "id", "effective_on": "date",
             "party_id": "id", "currency": "text"},
    sorts=("id", "effective_on"),
)  # fmt: skip


@message
class ManualLine:
    """A debit or a credit of a manual entry."""

    account: Code
    debit: NaturalAmount = Decimal(0)
    credit: NaturalAmount = Decimal(0)
    party_id: Id | None = None


@message
class PostEntry:
    """A manual entry; accounts that documents and stock keep (stock, receivables, payables, accrual) are not for it."""

    on: date | None = None
    note: Text
    currency: Currency | None = None
    exchange_rate: ExchangeRate | None = None
    lines: Annotated[list[ManualLine], Length(2, MAX_LINES)]


post_entry = CONTRACT.command(
    "post_entry", "POST", "/entries", PostEntry, EntryView,
    scope="finance:post", zh="录入凭证", en="Post a manual entry", status=201, key="required",
    errors=("unbalanced_entry", "unknown_account", "control_account", "period_closed", "exchange_rate_missing",
            "invalid_amount", "amount_out_of_range"),
)  # fmt: skip


@message
class ReverseEntry:
    """Take a manual entry back by red letters (红字冲销)."""

    id: Id
    on: date | None = None
    reason: Text


reverse_entry = CONTRACT.command(
    "reverse_entry", "POST", "/entries/{id}/reverse", ReverseEntry, EntryView,
    scope="finance:post", zh="红字冲销", en="Reverse a manual entry", status=201, key="required",
    errors=("not_found", "not_manual", "already_reversed", "period_closed"),
)  # fmt: skip


@message
class AccountView:
    """An account of the chart (会计科目); only a `postable` one, with no accounts below it, is posted to."""

    id: str
    code: str
    zh: str
    en: str
    kind: Literal["asset", "liability", "equity", "revenue", "expense"]
    side: Literal["debit", "credit"]
    statement_line: str
    postable: bool


list_accounts = CONTRACT.list_of(
    "list_accounts", "/accounts", AccountView, scope="finance:read", zh="会计科目", en="Chart of accounts",
    filters={"code": "text", "kind": "text", "statement_line": "text", "postable": "flag"}, sorts=("code",),
)  # fmt: skip

# ---- periods


@message
class PeriodName:
    """Names a calendar month: 2026-03."""

    period: Code


@message
class PeriodView:
    """A period and whether it is closed (结账)."""

    id: Id
    period: Code
    from_on: date
    to_on: date
    state: Literal["open", "closed"]
    decided_on: date
    decided_by: str


close_period = CONTRACT.command(
    "close_period", "POST", "/periods/{period}/close", PeriodName, PeriodView,
    scope="finance:post", zh="结账", en="Close a period",
    errors=("invalid_period", "period_closed", "periods_in_order", "period_ahead"),
)  # fmt: skip
reopen_period = CONTRACT.command(
    "reopen_period", "POST", "/periods/{period}/reopen", PeriodName, PeriodView,
    scope="finance:post", zh="反结账", en="Open a period again",
    errors=("invalid_period", "period_open", "periods_in_order"),
)  # fmt: skip
list_periods = CONTRACT.list_of(
    "list_periods", "/periods", PeriodView, scope="finance:read", zh="期间列表", en="Periods that were closed",
    filters={"period": "text", "state": "text"}, sorts=("period",),
)  # fmt: skip

# ---- opening balances


@message
class OpenReceivable:
    """A customer's document from earlier books that is still to be paid."""

    customer_id: Id
    number: Text
    document_on: date | None = None
    due_on: date
    amount: PositiveAmount
    currency: Currency | None = None
    exchange_rate: ExchangeRate | None = None


@message
class OpenReceivables:
    """What customers owe when the books are opened."""

    on: date | None = None
    items: Annotated[list[OpenReceivable], Length(1, MAX_LINES)]


@message
class OpenPayable:
    """A supplier's document from earlier books that is still to be paid."""

    supplier_id: Id
    number: Text
    document_on: date | None = None
    due_on: date
    amount: PositiveAmount
    currency: Currency | None = None
    exchange_rate: ExchangeRate | None = None


@message
class OpenPayables:
    """What is owed to suppliers when the books are opened."""

    on: date | None = None
    items: Annotated[list[OpenPayable], Length(1, MAX_LINES)]


@message
class OpeningView:
    """Open items taken over, in the order given, and the entry that did it."""

    entry_id: Id
    entry_number: str
    base_amount: NaturalAmount
    item_ids: list[Id]


open_receivables = CONTRACT.command(
    "open_receivables", "POST", "/opening/receivables", OpenReceivables, OpeningView,
    scope="finance:post", zh="期初应收", en="Take over receivables", status=201, key="required",
    errors=("unknown_reference", "period_closed", "exchange_rate_missing", "invalid_amount", "amount_out_of_range"),
)  # fmt: skip
open_payables = CONTRACT.command(
    "open_payables", "POST", "/opening/payables", OpenPayables, OpeningView,
    scope="finance:post", zh="期初应付", en="Take over payables", status=201, key="required",
    errors=("unknown_reference", "period_closed", "exchange_rate_missing", "invalid_amount", "amount_out_of_range"),
)  # fmt: skip


@message
class OpeningBalance:
    """An account's balance in base currency: a debit or a credit."""

    account: Code
    debit: NaturalAmount = Decimal(0)
    credit: NaturalAmount = Decimal(0)


@message
class OpenLedger:
    """Balances of accounts that have no operation of their own to open them."""

    on: date | None = None
    balances: Annotated[list[OpeningBalance], Length(1, MAX_LINES)]


open_ledger = CONTRACT.command(
    "open_ledger", "POST", "/opening/ledger", OpenLedger, EntryView,
    scope="finance:post", zh="期初余额", en="Take over balances of the ledger", status=201, key="required",
    errors=("unknown_account", "control_account", "period_closed", "invalid_amount", "amount_out_of_range"),
)  # fmt: skip

# ---- statements, in base currency


@message
class Span:
    """A span of days, both included."""

    from_on: date
    to_on: date


@message
class OnDay:
    """The end of a day, today by default."""

    on: date | None = None


@message
class TrialRowView:
    """An account's opening balance, turnover and closing balance."""

    account: str
    zh: str
    en: str
    opening_debit: TotalAmount
    opening_credit: TotalAmount
    debit: TotalAmount
    credit: TotalAmount
    closing_debit: TotalAmount
    closing_credit: TotalAmount


@message
class TrialBalanceView:
    """The trial balance (试算平衡表) of the accounts with a balance or turnover, and their totals."""

    from_on: date
    to_on: date
    currency: Currency
    balanced: bool
    rows: list[TrialRowView]
    total: TrialRowView


@message
class AccountAmount:
    """What an account puts into a statement line, positive on the line's own side."""

    account: str
    zh: str
    en: str
    amount: TotalAmount


@message
class StatementAmount:
    """A line of a statement and the accounts it is made of; their lines are found by `list_entry_lines`."""

    key: str
    zh: str
    en: str
    amount: TotalAmount
    accounts: list[AccountAmount]


@message
class BalanceSheetView:
    """The balance sheet (资产负债表) at the end of a day; `unclosed_profit` is part of retained earnings."""

    on: date
    currency: Currency
    balanced: bool
    assets: list[StatementAmount]
    liabilities: list[StatementAmount]
    equity: list[StatementAmount]
    total_assets: TotalAmount
    total_liabilities: TotalAmount
    total_equity: TotalAmount
    unclosed_profit: TotalAmount


@message
class ProfitAndLossView:
    """The profit and loss statement (利润表) of a span. `margin` is gross profit over revenue, null without revenue."""

    from_on: date
    to_on: date
    currency: Currency
    lines: list[StatementAmount]
    gross_profit: TotalAmount
    margin: Quantity | None
    operating_profit: TotalAmount
    profit_before_tax: TotalAmount
    net_profit: TotalAmount


get_trial_balance = CONTRACT.query(
    "get_trial_balance", "/trial-balance", Span, TrialBalanceView,
    scope="finance:read", zh="试算平衡表", en="Trial balance",
)  # fmt: skip
get_balance_sheet = CONTRACT.query(
    "get_balance_sheet", "/balance-sheet", OnDay, BalanceSheetView,
    scope="finance:read", zh="资产负债表", en="Balance sheet",
)  # fmt: skip
get_profit_and_loss = CONTRACT.query(
    "get_profit_and_loss", "/profit-and-loss", Span, ProfitAndLossView,
    scope="finance:read", zh="利润表", en="Profit and loss",
)  # fmt: skip

# ---- events


@message
class TaxRateSet:
    """A tax rate (a fraction, 0.13 for 13 %) holds from a day on."""

    tax_code: Code
    rate: Rate
    valid_from: date


tax_rate_set = CONTRACT.event("tax_rate_set", TaxRateSet, subject="tax_code", zh="税率已设定", en="Tax rate set")


@message
class ExchangeRateSet:
    """One unit of `currency` is `rate` of the company's base currency from a day on."""

    currency: Currency
    rate: ExchangeRate
    valid_from: date


exchange_rate_set = CONTRACT.event(
    "exchange_rate_set", ExchangeRateSet, subject="currency", zh="汇率已设定", en="Exchange rate set"
)


@message
class CreditDecided:
    """Whether an order fits the customer's credit; `exposure` and `limit` as decided upon, in base currency."""

    order_id: Id
    customer_id: Id
    amount: NaturalAmount
    exposure: TotalAmount
    limit: NaturalAmount | None


credit_approved = CONTRACT.event(
    "credit_approved", CreditDecided, subject="order_id", zh="信用已批准", en="Credit approved"
)
credit_held = CONTRACT.event(
    "credit_held", CreditDecided, subject="order_id", zh="信用冻结", en="Order held for credit"
)
credit_declined = CONTRACT.event(
    "credit_declined", CreditDecided, subject="order_id", zh="信用已拒绝", en="Credit declined"
)


@message
class InvoicedLine:
    """A quantity of an order line with its share of the frozen amounts."""

    line: LineNo
    quantity: PositiveQuantity
    net: NaturalAmount
    tax: NaturalAmount


@message
class InvoiceIssued:
    """What was handed over (or performed) is invoiced."""

    invoice_id: Id
    number: str
    order_id: Id
    customer_id: Id
    issued_on: date
    currency: Currency
    net: NaturalAmount
    tax: NaturalAmount
    gross: NaturalAmount
    lines: Annotated[list[InvoicedLine], Length(1, MAX_LINES)]


invoice_issued = CONTRACT.event(
    "invoice_issued", InvoiceIssued, subject="invoice_id", zh="发票已开", en="Invoice issued"
)


@message
class InvoiceSettled:
    """Nothing is open on an invoice any more."""

    invoice_id: Id
    order_id: Id
    settled_on: date


invoice_settled = CONTRACT.event(
    "invoice_settled", InvoiceSettled, subject="invoice_id", zh="发票已结清", en="Invoice settled"
)


@message
class InvoiceReopened:
    """A settled invoice is open again because a payment was taken back."""

    invoice_id: Id
    order_id: Id
    reopened_on: date


invoice_reopened = CONTRACT.event(
    "invoice_reopened", InvoiceReopened, subject="invoice_id", zh="发票重新未结", en="Invoice reopened"
)


@message
class CreditNoteIssued:
    """A return is credited."""

    credit_note_id: Id
    number: str
    return_id: Id
    order_id: Id
    customer_id: Id
    issued_on: date
    currency: Currency
    net: NaturalAmount
    tax: NaturalAmount
    gross: NaturalAmount
    lines: Annotated[list[InvoicedLine], Length(1, MAX_LINES)]


credit_note_issued = CONTRACT.event(
    "credit_note_issued", CreditNoteIssued, subject="credit_note_id", zh="红字发票已开", en="Credit note issued"
)


@message
class PaymentReceived:
    """A customer paid."""

    payment_id: Id
    number: str
    customer_id: Id
    received_on: date
    currency: Currency
    amount: PositiveAmount


payment_received = CONTRACT.event(
    "payment_received", PaymentReceived, subject="payment_id", zh="已收款", en="Payment received"
)


@message
class MatchedLine:
    """A quantity of a purchase line the supplier has invoiced."""

    line: LineNo
    quantity: PositiveQuantity


@message
class SupplierInvoicePosted:
    """A supplier's invoice was matched, or its exception accepted, and stands in the books."""

    supplier_invoice_id: Id
    supplier_number: Text
    purchase_order_id: Id
    supplier_id: Id
    posted_on: date
    lines: Annotated[list[MatchedLine], Length(1, MAX_LINES)]


supplier_invoice_posted = CONTRACT.event(
    "supplier_invoice_posted", SupplierInvoicePosted, subject="supplier_invoice_id", zh="供应商发票已过账",
    en="Supplier invoice posted",
)  # fmt: skip


@message
class SupplierPaid:
    """A supplier was paid."""

    payment_id: Id
    number: str
    supplier_id: Id
    paid_on: date
    currency: Currency
    amount: PositiveAmount


supplier_paid = CONTRACT.event("supplier_paid", SupplierPaid, subject="payment_id", zh="已付款", en="Supplier paid")


@message
class SupplierInvoiceSettled:
    """Nothing is owed on a supplier's invoice any more."""

    supplier_invoice_id: Id
    purchase_order_id: Id
    settled_on: date


supplier_invoice_settled = CONTRACT.event(
    "supplier_invoice_settled", SupplierInvoiceSettled, subject="supplier_invoice_id", zh="供应商发票已结清",
    en="Supplier invoice settled",
)  # fmt: skip


@message
class PeriodClosed:
    """No document dated up to this day is accepted any more."""

    period: Code
    closed_upto: date


period_closed = CONTRACT.event("period_closed", PeriodClosed, subject="period", zh="期间已结账", en="Period closed")

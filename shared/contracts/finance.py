"""What `finance` offers and tells: ledger, tax rates, credit, invoices, payments."""

from datetime import date
from typing import Annotated

from shared.contracts.fields import (
    MAX_LINES,
    Amount,
    Code,
    Currency,
    ExchangeRate,
    Id,
    Length,
    LineNo,
    NaturalAmount,
    PositiveAmount,
    PositiveQuantity,
    Rate,
    Text,
)
from shared.contracts.message import message
from shared.contracts.operations import Contract
from shared.contracts.system import add_system_operations

CONTRACT = Contract("finance", "财务", "Finance")
add_system_operations(CONTRACT)

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
    exposure: Amount
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

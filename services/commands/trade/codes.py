"""Tells goods from what is no goods, by stock code; and a sale from a cancellation, by invoice number."""

import re
from enum import StrEnum

from services.commands.trade.lines import TradeLine


class Document(StrEnum):
    """What an invoice number says its lines are."""

    SALE = "sale"
    CANCELLATION = "cancellation"
    ADJUSTMENT = "adjustment"
    UNKNOWN = "unknown"


class ServiceKind(StrEnum):
    """A charge or fee that moves no stock."""

    POSTAGE = "postage"
    DOTCOM_POSTAGE = "dotcom_postage"
    CARRIAGE = "carriage"
    BANK_CHARGES = "bank_charges"
    AMAZON_FEE = "amazon_fee"
    SAMPLES = "samples"
    COMMISSION = "commission"
    GIFT_VOUCHER = "gift_voucher"


class MoneyKind(StrEnum):
    """A correction of money alone: neither goods nor a service stands behind it."""

    DISCOUNT = "discount"
    MANUAL = "manual"
    BAD_DEBT = "bad_debt"


_SERVICES = {
    "POST": ServiceKind.POSTAGE,
    "DOT": ServiceKind.DOTCOM_POSTAGE,
    "C2": ServiceKind.CARRIAGE,
    "BANK CHARGES": ServiceKind.BANK_CHARGES,
    "AMAZONFEE": ServiceKind.AMAZON_FEE,
    "S": ServiceKind.SAMPLES,
    "CRUK": ServiceKind.COMMISSION,
}
_MONEY = {"D": MoneyKind.DISCOUNT, "M": MoneyKind.MANUAL, "B": MoneyKind.BAD_DEBT}
_VOUCHER = re.compile(r"GIFT_\d+_\d+", re.ASCII)
_INVOICE = re.compile(r"([CA]?)\d+", re.ASCII | re.IGNORECASE)
_DOCUMENTS = {"": Document.SALE, "C": Document.CANCELLATION, "A": Document.ADJUSTMENT}


def document(line: TradeLine) -> Document:
    """The kind of document a line belongs to: C… cancels, A… adjusts, digits alone sell."""
    match = _INVOICE.fullmatch(line.invoice)
    return _DOCUMENTS[match[1].upper()] if match else Document.UNKNOWN


def service(item: str) -> ServiceKind | None:
    """The service a normalised code stands for, or None. Vouchers are GIFT_0001_<pounds>."""
    return ServiceKind.GIFT_VOUCHER if _VOUCHER.fullmatch(item) else _SERVICES.get(item)


def money(item: str) -> MoneyKind | None:
    """The correction of money a normalised code stands for, or None."""
    return _MONEY.get(item)

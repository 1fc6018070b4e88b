"""Judges one line by itself and its document: the rule it falls under, before any original is looked for."""

from decimal import Decimal

from services.commands.trade.buckets import Rule
from services.commands.trade.codes import Document, document, money, service
from services.commands.trade.lines import TradeLine

PRICE_DECIMALS = 6
QUANTITY_DECIMALS = 6

Judgement = tuple[Rule, str | None]


def judge(line: TradeLine, *, priced: bool) -> Judgement:
    """The rule for `line` and, when refused, the reason. `priced`: some line of its document has a price.

    Goods of a cancellation come out as `returned`; whether an original is found decides afterwards.
    """
    reason = _objection(line)
    if reason is not None:
        return Rule.REFUSED, reason
    kind = service(line.item) or money(line.item)
    if kind is not None:
        return Rule(kind.value), None
    reason = _objection_to_goods(line)
    return (Rule.REFUSED, reason) if reason is not None else (_goods(line, priced=priced), None)


def _goods(line: TradeLine, *, priced: bool) -> Rule:
    if document(line) is Document.CANCELLATION:
        return Rule.RETURNED
    if line.price:
        return Rule.GOODS
    if line.quantity < 0:
        return Rule.STOCK_WRITTEN_OFF
    if line.customer is not None:
        return Rule.FREE_TO_CUSTOMER
    return Rule.FREE_IN_ANONYMOUS_SALE if priced else Rule.STOCK_FOUND


def _objection(line: TradeLine) -> str | None:
    if document(line) is Document.UNKNOWN:
        return "the invoice number is neither digits nor C or A and digits"
    if not line.quantity:
        return "the quantity is zero"
    if _decimals(line.price) > PRICE_DECIMALS:
        return f"the unit price has more than {PRICE_DECIMALS} decimals"
    if _decimals(line.quantity) > QUANTITY_DECIMALS:
        return f"the quantity has more than {QUANTITY_DECIMALS} decimals"
    if document(line) is Document.ADJUSTMENT and money(line.item) is None:
        return "an A-invoice adjusts money and names something else"
    return None


def _objection_to_goods(line: TradeLine) -> str | None:
    if line.price < 0:
        return "goods at a negative price"
    if document(line) is Document.CANCELLATION:
        return "a cancellation with a positive quantity" if line.quantity > 0 else None
    if line.quantity < 0 and line.price:
        return "a negative quantity of priced goods outside a cancellation"
    return None


def _decimals(number: Decimal) -> int:
    exponent = number.normalize().as_tuple().exponent
    return -exponent if isinstance(exponent, int) else 0

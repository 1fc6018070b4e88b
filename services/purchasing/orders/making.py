"""Making a purchase order's lines: quantities in base units, prices by offer or by hand, tax codes, base amounts."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

from services.purchasing.copies.handlers import currency_rate, items_to_buy, tax_rates, unit_ratio
from services.purchasing.copies.tables import Item
from services.purchasing.orders.drafting import MOST_QUANTITY, order_quantity, price_at
from services.purchasing.orders.tables import OrderLine, PurchaseOrder
from services.purchasing.settings.handlers import settings
from services.purchasing.sourcing.handlers import as_offer, standing_offers
from services.purchasing.sourcing.tables import ItemOffer
from shared.contracts import purchasing as contract
from shared.kernel.errors import InvalidInput
from shared.kernel.money import ZERO, round_money, split
from shared.kernel.quantity import to_base
from shared.runtime.work import UnitOfWork

_PRICE_LIMIT = Decimal(10) ** 9
_AMOUNT_LIMIT = Decimal(10) ** 13
_PRICE_STEP = Decimal("0.000001")


@dataclass(frozen=True)
class NewLine:
    """A line to be: `unit_quantity` at `unit_price` per unit, which is `quantity` base units at `price` each."""

    item_id: str
    unit: str
    unit_quantity: Decimal
    unit_price: Decimal
    quantity: Decimal
    price: Decimal
    net: Decimal
    tax_code: str
    over_tolerance: Decimal
    under_tolerance: Decimal
    expected_on: date


def lines_asked(
    work: UnitOfWork, order: PurchaseOrder, asked: Sequence[contract.LineToBuy], expected_on: date
) -> list[NewLine]:
    """The lines someone asks for by hand; raises InvalidInput with a pointer, NotYet for an item not known yet."""
    items = items_to_buy(work, [(f"/lines/{index}/item_id", line.item_id) for index, line in enumerate(asked)])
    offers = {offer.item_id: offer for offer in standing_offers(work, items, order.supplier_id)}
    code = settings(work).default_tax_code
    return [
        _line(
            line,
            items[line.item_id],
            offers.get(line.item_id),
            order.currency,
            f"/lines/{index}",
            tax_code=code,
            expected_on=expected_on,
        )
        for index, line in enumerate(asked)
    ]


def add_lines(work: UnitOfWork, order: PurchaseOrder, lines: Sequence[NewLine]) -> list[OrderLine]:
    """Keep the lines of a draft, numbered from 1 and valued by the rates of its day; the order's row is there."""
    rates = tax_rates(work, {line.tax_code for line in lines}, order.order_on)
    rows = [
        OrderLine(
            id=work.new_id(),
            order_id=order.id,
            line=number,
            item_id=line.item_id,
            unit=line.unit,
            unit_quantity=line.unit_quantity,
            unit_price=line.unit_price,
            quantity=line.quantity,
            price=line.price,
            net=line.net,
            base_net=ZERO,
            tax_code=line.tax_code,
            tax_rate=rates[line.tax_code],
            over_tolerance=line.over_tolerance,
            under_tolerance=line.under_tolerance,
            expected_on=line.expected_on,
        )
        for number, line in enumerate(lines, start=1)
    ]
    value(work, order, rows, order.order_on)
    for row in rows:
        work.add(row)
    return rows


def fix_rates(work: UnitOfWork, order: PurchaseOrder, lines: Sequence[OrderLine], day: date) -> None:
    """Take the tax and exchange rates of this day for good."""
    rates = tax_rates(work, {line.tax_code for line in lines}, day)
    for line in lines:
        line.tax_rate = rates[line.tax_code]
    value(work, order, lines, day)


def value(work: UnitOfWork, order: PurchaseOrder, lines: Sequence[OrderLine], day: date) -> None:
    """Sum the order up and share its base amount out over its lines, so that they sum to it exactly."""
    order.exchange_rate = currency_rate(work, order.currency, day)
    order.net = _bounded(sum((line.net for line in lines), ZERO), "/lines")
    order.base_net = _bounded(round_money(order.net * order.exchange_rate, work.currency), "/lines")
    parts = split(order.base_net, [line.net for line in lines], work.currency)
    for line, part in zip(lines, parts, strict=True):
        line.base_net = part


def _line(
    asked: contract.LineToBuy,
    item: Item,
    offer: ItemOffer | None,
    currency: str,
    pointer: str,
    *,
    tax_code: str | None,
    expected_on: date,
) -> NewLine:
    unit = asked.unit or item.base_unit
    ratio = unit_ratio(item, unit, f"{pointer}/unit")
    quantity = checked_quantity(to_base(asked.quantity, ratio, f"{pointer}/quantity"), f"{pointer}/quantity")
    if asked.price is None:
        price = _offered_price(offer, currency, quantity, pointer)
        unit_price = _per_unit(price, ratio, pointer)
        net = round_money(quantity * price, currency)
    else:
        unit_price, price = asked.price, _per_unit(asked.price, 1 / ratio, pointer)
        net = round_money(asked.quantity * unit_price, currency)
    over, under = _tolerances(asked, offer, pointer)
    return NewLine(
        item_id=item.id,
        unit=unit,
        unit_quantity=asked.quantity,
        unit_price=unit_price,
        quantity=quantity,
        price=price,
        net=_bounded(net, f"{pointer}/quantity"),
        tax_code=asked.tax_code or tax_code or item.tax_code,
        over_tolerance=over,
        under_tolerance=under,
        expected_on=expected_on,
    )


def checked_quantity(quantity: Decimal, pointer: str) -> Decimal:
    """The quantity; raises InvalidInput where it is too large for a document."""
    if quantity >= MOST_QUANTITY:
        raise InvalidInput.at(pointer, "quantity_range", f"{quantity} base units are not below {MOST_QUANTITY}")
    return quantity


def _offered_price(offer: ItemOffer | None, currency: str, quantity: Decimal, pointer: str) -> Decimal:
    """The offer's price; who buys by it keeps to its minimum and its packs."""
    if offer is None or offer.currency != currency:
        raise InvalidInput.at(f"{pointer}/price", "no_price", f"the supplier has no offer for it in {currency}")
    if quantity < offer.moq:
        raise InvalidInput.at(f"{pointer}/quantity", "below_moq", f"the supplier delivers no less than {offer.moq}")
    if quantity != order_quantity(quantity, offer.moq, offer.pack_size):
        raise InvalidInput.at(f"{pointer}/quantity", "not_whole_packs", f"the supplier packs by {offer.pack_size}")
    return price_at(as_offer(offer).breaks, quantity)


def _per_unit(price: Decimal, ratio: Fraction, pointer: str) -> Decimal:
    """What a price is for `ratio` times the unit it is for; rounded half up where 6 decimals cannot hold it."""
    scaled = (price * ratio.numerator / ratio.denominator).quantize(_PRICE_STEP, rounding=ROUND_HALF_UP)
    if scaled >= _PRICE_LIMIT:
        raise InvalidInput.at(f"{pointer}/price", "amount_too_large", f"a price of {scaled} is too large")
    return scaled


def _tolerances(asked: contract.LineToBuy, offer: ItemOffer | None, pointer: str) -> tuple[Decimal, Decimal]:
    over = asked.over_tolerance if asked.over_tolerance is not None else offer.over_tolerance if offer else ZERO
    under = asked.under_tolerance if asked.under_tolerance is not None else offer.under_tolerance if offer else ZERO
    if under > 1:
        pointer = f"{pointer}/under_tolerance"
        raise InvalidInput.at(pointer, "tolerance_too_large", "no more than everything can be missing")
    return over, under


def _bounded(amount: Decimal, pointer: str) -> Decimal:
    if amount >= _AMOUNT_LIMIT:
        raise InvalidInput.at(pointer, "amount_too_large", f"{amount} is not below {_AMOUNT_LIMIT}")
    return amount


def by_line(lines: Sequence[OrderLine]) -> Mapping[int, OrderLine]:
    """Lines by their number."""
    return {line.line: line for line in lines}

"""Invents the supply side that a sales file does not tell: suppliers, costs, lead times, stock bounds, carriers.

All of it is made up, from a seed. What an item gets depends on the seed, its code and its first day only, never
on which items came before it.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_HALF_UP, Decimal
from statistics import median_low

from services.commands.trade.moves import NewItem

_CENT = Decimal("0.01")
_NAMES = (
    "Alderbrook Ceramics",
    "Baizhou Textiles",
    "Calder & Finch Paper",
    "Dongli Lighting",
    "Eastmoor Giftware",
    "Fenwick Tin Works",
    "Guanhe Glass",
    "Hollin Wood Crafts",
    "Indigo Lane Fabrics",
    "Jinxi Party Goods",
    "Kestrel Garden Supply",
    "Lantern Bay Trading",
)
_TERMS = (14, 30, 45, 60)
_PACKS = ((Decimal(1), (12, 24, 48)), (Decimal(5), (6, 12, 24)), (Decimal(20), (2, 4, 6)))


@dataclass(frozen=True, slots=True)
class Supplier:
    """An invented supplier: its terms in days, its usual lead time in days."""

    code: str
    name: str
    payment_days: int
    lead_days: int


@dataclass(frozen=True, slots=True)
class ItemSupply:
    """How one item is bought and stocked. Money in pounds, weight in kg, volume in m³, the rest in pieces."""

    item: str
    supplier: str
    unit_cost: Decimal
    lead_days: int
    minimum: int
    maximum: int
    pack: int
    order_minimum: int
    weight_kg: Decimal
    volume_m3: Decimal


@dataclass(frozen=True, slots=True)
class RateBand:
    """The fee of a shipment up to a weight in kg."""

    upto_kg: Decimal
    fee: Decimal


@dataclass(frozen=True, slots=True)
class Carrier:
    """An invented carrier's rate card: the first band that holds the weight, `per_kg` for each kg beyond the last."""

    code: str
    name: str
    days: int
    bands: tuple[RateBand, ...]
    per_kg: Decimal


def suppliers(seed: int) -> tuple[Supplier, ...]:
    """The suppliers of a seed: always these names, with terms and lead times of their own."""
    return tuple(_supplier(seed, number, name) for number, name in enumerate(_NAMES, start=1))


def carriers() -> tuple[Carrier, ...]:
    """Three carriers whose cards cross: the cheapest depends on weight and on how soon the goods must be there."""
    return (
        _carrier("ROYALE", "Royale Parcel", 3, ("2", "3.20"), ("5", "6.10"), ("20", "13.90"), per_kg="0.95"),
        _carrier("SWIFT", "Swiftwing Express", 1, ("2", "6.40"), ("10", "11.50"), ("30", "24.00"), per_kg="1.40"),
        _carrier("HAULWELL", "Haulwell Freight", 5, ("30", "15.50"), ("100", "32.00"), ("500", "85.00"), per_kg="0.14"),
    )


def supply(seed: int, item: NewItem) -> ItemSupply:
    """How `item` is bought and stocked, from its code, typical price and first demands."""
    price = item.price or _invented_price(seed, item.code)
    supplier = suppliers(seed)[_pick(seed, item.code, "supplier", len(_NAMES))]
    lead = min(21, max(2, supplier.lead_days - 1 + _pick(seed, item.code, "lead", 3)))
    pack = _pack(seed, item.code, price)
    minimum, maximum = _bounds(item.demands, lead, pack)
    return ItemSupply(
        item=item.code,
        supplier=supplier.code,
        unit_cost=max(_CENT, _round(price * (40 + _pick(seed, item.code, "cost", 26)) / 100, _CENT)),
        lead_days=lead,
        minimum=minimum,
        maximum=maximum,
        pack=pack,
        order_minimum=pack * (1, 2, 4)[_pick(seed, item.code, "moq", 3)],
        weight_kg=_weight(seed, item.code, price),
        volume_m3=Decimal(50 + _pick(seed, item.code, "volume", 9_950)).scaleb(-6),
    )


def _pick(seed: int, code: str, what: str, choices: int) -> int:
    """A number below `choices` that depends on nothing but what is named."""
    digest = hashlib.sha256(f"{seed}:{code}:{what}".encode()).digest()
    return int.from_bytes(digest[:8]) % choices


def _supplier(seed: int, number: int, name: str) -> Supplier:
    code = f"SUP-{number:02}"
    terms = _TERMS[_pick(seed, code, "terms", len(_TERMS))]
    return Supplier(code, name, terms, 3 + _pick(seed, code, "lead", 18))


def _carrier(code: str, name: str, days: int, *bands: tuple[str, str], per_kg: str) -> Carrier:
    card = tuple(RateBand(Decimal(kg), Decimal(fee)) for kg, fee in bands)
    return Carrier(code, name, days, card, Decimal(per_kg))


def _invented_price(seed: int, code: str) -> Decimal:
    return Decimal(42 + _pick(seed, code, "price", 954)).scaleb(-2)


def _pack(seed: int, code: str, price: Decimal) -> int:
    """Cheap goods come in larger packs."""
    sizes = next((sizes for below, sizes in _PACKS if price < below), (1,))
    return sizes[_pick(seed, code, "pack", len(sizes))]


def _bounds(demands: Sequence[Decimal], lead_days: int, pack: int) -> tuple[int, int]:
    """Min and max in whole packs: the first day's usual demand, over two fifths of the lead time and a reserve.

    The median line and a cap on the number of lines keep one huge order from filling the warehouse.
    """
    usual = (median_low(demands) if demands else Decimal(1)) * min(max(len(demands), 1), 3)
    minimum = _packs(usual * (2 + Decimal(lead_days) * 2 / 5), pack)
    return minimum, minimum + _packs(usual * 10, pack)


def _packs(quantity: Decimal, pack: int) -> int:
    return int((quantity / pack).to_integral_value(ROUND_CEILING)) * pack


def _weight(seed: int, code: str, price: Decimal) -> Decimal:
    """Dearer goods are heavier, between 20 g and 3 kg."""
    grams = 20 + _pick(seed, code, "weight", 180) + int(min(price, Decimal(28)) * 100)
    return Decimal(grams).scaleb(-3)


def _round(amount: Decimal, unit: Decimal) -> Decimal:
    return amount.quantize(unit, rounding=ROUND_HALF_UP)

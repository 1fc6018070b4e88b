"""Which carrier takes a shipment: the cheapest that keeps the promise.

Weights are in kg, volumes in m³, transit times in calendar days, prices and charges in the card's currency.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import ROUND_CEILING, Decimal

from shared.kernel.errors import DomainError
from shared.kernel.money import ZERO, round_money

CM3_PER_M3 = Decimal(1_000_000)
MOST_WEIGHT = Decimal(10) ** 9
MOST_CHARGE = Decimal(10) ** 13
"""What no carrier takes, in kg and in money: beyond it no number of ours is exact."""


class NoCarrier(DomainError):
    """No rate card in the currency serves the destination at this weight (409)."""

    code = "no_carrier"


@dataclass(frozen=True)
class FirstAndFurther:
    """A courier's tariff (首重续重): `first_price` up to `first_weight`, then `step_price` per begun `step`."""

    first_weight: Decimal
    first_price: Decimal
    step: Decimal
    step_price: Decimal

    def freight(self, weight: Decimal) -> Decimal:
        """The freight of `weight` kg, unrounded."""
        further = max(weight - self.first_weight, ZERO)
        return self.first_price + self.step_price * (further / self.step).to_integral_value(rounding=ROUND_CEILING)


@dataclass(frozen=True)
class PerKg:
    """A haulier's tariff: `price` per kg."""

    price: Decimal

    def freight(self, weight: Decimal) -> Decimal:
        """The freight of `weight` kg, unrounded."""
        return self.price * weight


@dataclass(frozen=True)
class Zone:
    """Where a card delivers: a country (ISO 3166), or one region of it; without a country, everywhere."""

    country: str | None = None
    region: str | None = None

    def covers(self, country: str, region: str | None) -> bool:
        """Whether an address there lies in the zone."""
        return self.country in (None, country) and self.region in (None, region)

    @property
    def closeness(self) -> int:
        """How narrowly the zone is drawn: 2 a region, 1 a country, 0 everywhere."""
        return (self.country is not None) + (self.region is not None)


@dataclass(frozen=True)
class RateCard:
    """A carrier's price for one mode of transport into one zone.

    `minimum` bounds the freight before the `fuel_surcharge` (a fraction) is added. `volumetric_divisor` is in cm³
    per kg (5000 or 6000 as a rule; None: only weight counts). `max_weight` bounds the chargeable weight.
    """

    id: str
    carrier: str
    mode: str
    currency: str
    tariff: FirstAndFurther | PerKg
    transit_days: int
    zone: Zone = Zone()
    minimum: Decimal = ZERO
    fuel_surcharge: Decimal = ZERO
    volumetric_divisor: Decimal | None = None
    max_weight: Decimal | None = None


@dataclass(frozen=True)
class Consignment:
    """What is to go where, and in which currency freight is compared."""

    weight: Decimal
    country: str
    currency: str
    region: str | None = None
    volume: Decimal = ZERO


@dataclass(frozen=True)
class Quote:
    """What a card asks for a consignment, and whether that misses the promise."""

    card: RateCard
    chargeable_weight: Decimal
    charge: Decimal
    late: bool


def chargeable_weight(card: RateCard, consignment: Consignment) -> Decimal:
    """The greater of weight and volumetric weight, in kg."""
    if not card.volumetric_divisor:
        return consignment.weight
    return max(consignment.weight, consignment.volume * CM3_PER_M3 / card.volumetric_divisor)


def charge(card: RateCard, weight: Decimal) -> Decimal:
    """What `card` asks for a chargeable weight: freight, at least the minimum, plus fuel surcharge, rounded."""
    freight = max(card.tariff.freight(weight), card.minimum)
    return round_money(freight * (1 + card.fuel_surcharge), card.currency)


def quotes(cards: Iterable[RateCard], consignment: Consignment, promise_days: int | None = None) -> tuple[Quote, ...]:
    """Every card that can take the consignment, best first.

    Those that keep the promise come by charge, then time; then the late ones by time, then charge; ties by carrier,
    mode and card id. None as promise: any time will do.
    Of one carrier's cards for one mode, only those of the narrowest zone that covers the address count.
    """
    able = (card for card in _narrowest(cards, consignment) if _carries(card, consignment))
    return tuple(sorted((_quote(card, consignment, promise_days) for card in able), key=_preference))


def choose(cards: Iterable[RateCard], consignment: Consignment, promise_days: int | None = None) -> Quote:
    """The cheapest quote that keeps the promise, else the fastest, which is then `late`. Raises NoCarrier."""
    best = next(iter(quotes(cards, consignment, promise_days)), None)
    if best is None:
        weight = f"{consignment.weight.normalize():f} kg"
        raise NoCarrier(f"no carrier takes {weight} to {consignment.country} in {consignment.currency}")
    return best


def _narrowest(cards: Iterable[RateCard], consignment: Consignment) -> Sequence[RateCard]:
    there = [
        card
        for card in cards
        if card.currency == consignment.currency and card.zone.covers(consignment.country, consignment.region)
    ]
    closest: dict[tuple[str, str], int] = {}
    for card in there:
        key = (card.carrier, card.mode)
        closest[key] = max(closest.get(key, 0), card.zone.closeness)
    return [card for card in there if card.zone.closeness == closest[card.carrier, card.mode]]


def _quote(card: RateCard, consignment: Consignment, promise_days: int | None) -> Quote:
    weight = chargeable_weight(card, consignment)
    late = promise_days is not None and card.transit_days > promise_days
    return Quote(card, weight, charge(card, weight), late)


def _carries(card: RateCard, consignment: Consignment) -> bool:
    weight = chargeable_weight(card, consignment)
    if weight >= MOST_WEIGHT or (card.max_weight is not None and weight > card.max_weight):
        return False
    return max(card.tariff.freight(weight), card.minimum) * (1 + card.fuel_surcharge) < MOST_CHARGE


def _preference(quote: Quote) -> tuple[bool, Decimal, Decimal, str, str, str]:
    card, days = quote.card, Decimal(quote.card.transit_days)
    first, second = (days, quote.charge) if quote.late else (quote.charge, days)
    return quote.late, first, second, card.carrier, card.mode, card.id

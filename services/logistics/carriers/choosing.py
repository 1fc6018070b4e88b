"""The rate cards that hold on a day, for the rules to choose among."""

from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from services.logistics.carriers.rules import FirstAndFurther, PerKg, RateCard, Zone
from services.logistics.carriers.tables import Carrier, CarrierRate
from shared.kernel.errors import InvalidInput
from shared.runtime.work import UnitOfWork

_MILLIGRAM = Decimal("0.000001")


@dataclass(frozen=True)
class Card:
    """A rate card as it is kept, and as the rules know it."""

    row: CarrierRate
    rule: RateCard


def cards_for(work: UnitOfWork, country: str, on: date, carrier_id: str | None = None) -> dict[str, Card]:
    """The cards that hold on a day for a country, of one carrier or of all that are not archived, by their ids."""
    of_one: dict[str, Any] = {"carrier_id": carrier_id} if carrier_id else {}
    cards = [
        card
        for where in (None, country)
        for card in work.look_up(CarrierRate, ("withdrawn",), [False], country=where, **of_one)
        if card.valid_from <= on and (card.valid_to is None or card.valid_to >= on)
    ]
    theirs = work.look_up(Carrier, ("id",), (card.carrier_id for card in cards), archived=False)
    carriers = {each.id: each.code for each in theirs}
    return {
        card.id: Card(card, _rule(work, card, carriers[card.carrier_id]))
        for card in cards
        if card.carrier_id in carriers
    }


def carrier_named(work: UnitOfWork, id_: str) -> Carrier:
    """The carrier a command names; raises InvalidInput where there is none or it is archived."""
    carrier = work.find(Carrier, id=id_)
    if carrier is None:
        raise InvalidInput.at("/carrier_id", "unknown_carrier", "there is no such carrier")
    if carrier.archived:
        raise InvalidInput.at("/carrier_id", "archived", f"carrier {carrier.code} is archived")
    return carrier


def shown_weight(weight: Decimal) -> Decimal:
    """A weight in kg to the milligram."""
    return weight.quantize(_MILLIGRAM, rounding=ROUND_HALF_UP)


def _rule(work: UnitOfWork, row: CarrierRate, carrier_code: str) -> RateCard:
    return RateCard(
        id=row.id,
        carrier=carrier_code,
        mode=row.mode,
        currency=work.currency,
        tariff=_tariff(row),
        transit_days=row.transit_days,
        zone=Zone(row.country, row.region),
        minimum=row.minimum,
        fuel_surcharge=row.fuel_surcharge,
        volumetric_divisor=row.volumetric_divisor,
        max_weight=row.max_weight,
    )


def _tariff(row: CarrierRate) -> FirstAndFurther | PerKg:
    if row.tariff == "per_kg":
        return PerKg(row.price_per_kg or Decimal(0))
    return FirstAndFurther(
        first_weight=row.first_weight or Decimal(0),
        first_price=row.first_price or Decimal(0),
        step=row.step or Decimal(1),
        step_price=row.step_price or Decimal(0),
    )

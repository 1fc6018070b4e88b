"""The rate cards that hold on a day, for the rules to choose among."""

from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

from sqlalchemy import or_

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
    statement = (
        work.select(CarrierRate)
        .join(Carrier, Carrier.id == CarrierRate.carrier_id)
        .where(
            Carrier.archived.is_(False),
            CarrierRate.withdrawn.is_(False),
            CarrierRate.valid_from <= on,
            or_(CarrierRate.valid_to.is_(None), CarrierRate.valid_to >= on),
            or_(CarrierRate.country.is_(None), CarrierRate.country == country),
        )
        .add_columns(Carrier.code)
    )
    if carrier_id:
        statement = statement.where(Carrier.id == carrier_id)
    return {row.id: Card(row, _rule(work, row, code)) for row, code in work.session.execute(statement)}


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

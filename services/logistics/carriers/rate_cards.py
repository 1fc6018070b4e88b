"""Adding, withdrawing and finding rate cards, and quotes by them."""

from datetime import date
from typing import cast

from services.logistics.carriers.choosing import cards_for, carrier_named, shown_weight
from services.logistics.carriers.rules import Consignment, Quote, quotes
from services.logistics.carriers.tables import CarrierRate
from services.logistics.shipments.planning import hold_planning, plan_what_waits
from shared.contracts import logistics as contract
from shared.contracts.common import ById
from shared.contracts.operations import ListQuery, Page
from shared.kernel.clocks import days_after
from shared.kernel.errors import Conflict, Fault, InvalidInput
from shared.runtime.registry import handles
from shared.runtime.work import UnitOfWork
from shared.storage.paging import page

_TARIFFS = {
    "first_and_further": ("first_weight", "first_price", "step", "step_price"),
    "per_kg": ("price_per_kg",),
}
_COLUMNS = {
    "id": CarrierRate.id,
    "carrier_id": CarrierRate.carrier_id,
    "mode": CarrierRate.mode,
    "country": CarrierRate.country,
    "withdrawn": CarrierRate.withdrawn,
}


@handles(contract.add_rate_card)
def add_rate_card(work: UnitOfWork, command: contract.AddRateCard) -> contract.RateCardView:
    """Note what a carrier asks, and plan the shipments that waited for a carrier."""
    _check(command)
    carrier = carrier_named(work, command.carrier_id)
    hold_planning(work)
    card = work.add(
        CarrierRate(
            id=work.new_id(),
            carrier_id=carrier.id,
            mode=command.mode or carrier.mode,
            country=command.country,
            region=command.region,
            tariff=command.tariff,
            first_weight=command.first_weight,
            first_price=command.first_price,
            step=command.step,
            step_price=command.step_price,
            price_per_kg=command.price_per_kg,
            minimum=command.minimum,
            fuel_surcharge=command.fuel_surcharge,
            volumetric_divisor=command.volumetric_divisor,
            transit_days=command.transit_days,
            max_weight=command.max_weight,
            valid_from=command.valid_from or work.business_date,
            valid_to=command.valid_to,
        )
    )
    work.session.flush()
    plan_what_waits(work)
    return _view(work, card)


@handles(contract.withdraw_rate_card)
def withdraw_rate_card(work: UnitOfWork, command: ById) -> contract.RateCardView:
    """Plan nothing more by a rate card."""
    card = work.get(CarrierRate, lock=True, id=command.id)
    if card.withdrawn:
        raise Conflict("the rate card is withdrawn already", code="withdrawn")
    card.withdrawn = True
    return _view(work, card)


@handles(contract.list_rate_cards)
def list_rate_cards(work: UnitOfWork, query: ListQuery) -> Page[contract.RateCardView]:
    """Rate cards, a page at a time."""
    return page(work.session, work.select(CarrierRate), query, _COLUMNS, lambda card: _view(work, card))


@handles(contract.quote)
def quote(work: UnitOfWork, query: contract.AskQuotes) -> contract.Quotes:
    """What every carrier would ask for a consignment, best first."""
    on = query.on or work.business_date
    cards = cards_for(work, query.country, on)
    consignment = Consignment(query.weight, query.country, work.currency, query.region, query.volume)
    promise = (query.promised_on - on).days if query.promised_on else None
    found = quotes((each.rule for each in cards.values()), consignment, promise)
    return contract.Quotes(quotes=[_quote(each, cards[each.card.id].row.carrier_id, on) for each in found])


def _check(command: contract.AddRateCard) -> None:
    """Raises InvalidInput unless exactly the fields of its tariff are given, and zone and validity make sense."""
    faults = [
        Fault(f"/{name}", "missing", f"the tariff {command.tariff} needs it")
        for name in _TARIFFS[command.tariff]
        if getattr(command, name) is None
    ]
    faults += [
        Fault(f"/{name}", "not_of_this_tariff", f"the tariff {command.tariff} has no such part")
        for tariff, names in _TARIFFS.items()
        for name in names
        if tariff != command.tariff and getattr(command, name) is not None
    ]
    if faults:
        raise InvalidInput(faults[0].message, code=faults[0].code, faults=faults)
    if command.region and not command.country:
        raise InvalidInput.at("/region", "region_without_country", "a region needs its country")
    if command.valid_from and command.valid_to and command.valid_to < command.valid_from:
        raise InvalidInput.at("/valid_to", "ends_before_it_begins", f"{command.valid_to} is before its beginning")


def _quote(quote: Quote, carrier_id: str, on: date) -> contract.QuoteView:
    return contract.QuoteView(
        rate_card_id=quote.card.id,
        carrier_id=carrier_id,
        carrier_code=quote.card.carrier,
        mode=cast("contract.Mode", quote.card.mode),
        chargeable_weight=shown_weight(quote.chargeable_weight),
        charge=quote.charge,
        expected_on=days_after(on, quote.card.transit_days),
        late=quote.late,
    )


def _view(work: UnitOfWork, card: CarrierRate) -> contract.RateCardView:
    return contract.RateCardView(
        id=card.id,
        carrier_id=card.carrier_id,
        mode=cast("contract.Mode", card.mode),
        country=card.country,
        region=card.region,
        tariff=cast("contract.Tariff", card.tariff),
        first_weight=card.first_weight,
        first_price=card.first_price,
        step=card.step,
        step_price=card.step_price,
        price_per_kg=card.price_per_kg,
        minimum=card.minimum,
        fuel_surcharge=card.fuel_surcharge,
        volumetric_divisor=card.volumetric_divisor,
        transit_days=card.transit_days,
        max_weight=card.max_weight,
        currency=work.currency,
        valid_from=card.valid_from,
        valid_to=card.valid_to,
        withdrawn=card.withdrawn,
    )

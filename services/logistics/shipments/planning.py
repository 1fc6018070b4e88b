"""Planning shipments: the least-cost carrier that keeps the promise, else the fastest, else none for now."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import cast

from services.logistics.carriers.choosing import cards_for, carrier_named, shown_weight
from services.logistics.carriers.rules import Consignment, NoCarrier, choose
from services.logistics.carriers.tables import Carrier, CarrierRate
from services.logistics.rows import made_and_locked
from services.logistics.shipments.making import DELIVERY, lock_order, new_lines, new_shipment
from services.logistics.shipments.state import restate
from services.logistics.shipments.tables import PlanningGate, Shipment, ShipmentLine
from services.logistics.shipments.views import shipment_view
from shared.contracts import logistics as contract
from shared.contracts import sales
from shared.contracts.common import Address
from shared.contracts.message import load
from shared.kernel.clocks import days_after
from shared.kernel.errors import Conflict, InvalidInput
from shared.kernel.money import ZERO
from shared.runtime.registry import handles, on
from shared.runtime.work import UnitOfWork

_STEP = Decimal("0.000001")


@dataclass(frozen=True)
class Plan:
    """Who takes a shipment, how, for how much and in how many days."""

    carrier_id: str
    mode: str
    charge: Decimal
    transit_days: int
    rate_card_id: str | None = None
    chargeable_weight: Decimal | None = None


@on(sales.delivery_requested, DELIVERY)
def plan_delivery(work: UnitOfWork, event: sales.DeliveryRequested) -> None:
    """Plan the shipment of a delivery, without what is cancelled already.

    The order's row is locked, so that a cancellation comes wholly before or wholly after. Where no carrier takes it,
    it is kept as unplanned; the gate makes sure that a rate added meanwhile is not missed.
    """
    order = lock_order(work, event.order_id)
    lines = new_lines(work, event, order, shipment_id := work.new_id())
    shipment = new_shipment(work, event, shipment_id)
    work.add(shipment)
    for line in lines:
        work.add(line)
    if any(line.state.open for line in lines) and not _plan(work, shipment, lines):
        hold_planning(work)
        _plan(work, shipment, lines)
    if shipment.carrier_id is None:
        restate(work, shipment, lines)


@handles(contract.plan_shipment)
def plan_shipment(work: UnitOfWork, command: contract.PlanShipment) -> contract.ShipmentView:
    """Plan a shipment that found no carrier, by its rate cards or as agreed with a carrier by hand."""
    shipment = work.get(Shipment, lock=True, id=command.id)
    if shipment.status != "unplanned":
        raise Conflict(f"shipment {shipment.number} is {shipment.status}", code="shipment_state")
    lines = shipment.lines
    agreed = _agreed(work, command)
    _take(work, shipment, lines, agreed or _best(work, shipment, lines, command.carrier_id))
    return shipment_view(work, shipment)


def plan_what_waits(work: UnitOfWork) -> None:
    """Try again for every shipment that found no carrier."""
    waiting = work.locked(work.select(Shipment).where(Shipment.status == "unplanned").order_by(Shipment.id))
    lines: dict[str, list[ShipmentLine]] = {shipment.id: [] for shipment in waiting}
    for line in work.rows(ShipmentLine, shipment_id=lines, by=("line",), fresh=True):
        lines[line.shipment_id].append(line)
    for shipment in waiting:
        _plan(work, shipment, lines[shipment.id])


def hold_planning(work: UnitOfWork) -> None:
    """Let nobody else add a rate, or leave a shipment unplanned, until this is done; see those added before."""
    made_and_locked(work, PlanningGate, {})
    work.look_again(CarrierRate, Carrier)


def _plan(work: UnitOfWork, shipment: Shipment, lines: Sequence[ShipmentLine]) -> bool:
    """Take the best carrier there is; whether there was one, and why not where there was none."""
    try:
        _take(work, shipment, lines, _best(work, shipment, lines))
    except NoCarrier as none:
        shipment.reason = none.detail[:200]
        return False
    return True


def _best(work: UnitOfWork, shipment: Shipment, lines: Sequence[ShipmentLine], carrier_id: str | None = None) -> Plan:
    """The plan by the best rate card; raises NoCarrier."""
    to = load(Address, shipment.ship_to)
    cards = cards_for(work, to.country, shipment.requested_on, carrier_id)
    weight, volume = _load(lines)
    consignment = Consignment(weight, to.country, work.currency, to.region, volume)
    promise = (shipment.promised_on - shipment.requested_on).days
    quote = choose((card.rule for card in cards.values()), consignment, promise)
    return Plan(
        carrier_id=cards[quote.card.id].row.carrier_id,
        mode=quote.card.mode,
        charge=quote.charge,
        transit_days=quote.card.transit_days,
        rate_card_id=quote.card.id,
        chargeable_weight=shown_weight(quote.chargeable_weight),
    )


def _agreed(work: UnitOfWork, command: contract.PlanShipment) -> Plan | None:
    """The plan someone made by hand, if they did: carrier, charge and days all given."""
    carrier = carrier_named(work, command.carrier_id) if command.carrier_id else None
    if command.charge is None and command.transit_days is None:
        return None
    if carrier is None or command.charge is None or command.transit_days is None:
        missing = {"carrier_id": carrier, "charge": command.charge, "transit_days": command.transit_days}
        name = next(name for name, given in missing.items() if given is None)
        raise InvalidInput.at(f"/{name}", "missing", "an agreement has a carrier, a charge and its days")
    return Plan(carrier.id, carrier.mode, command.charge, command.transit_days)


def _take(work: UnitOfWork, shipment: Shipment, lines: Sequence[ShipmentLine], plan: Plan) -> None:
    shipment.carrier_id, shipment.mode, shipment.rate_card_id = plan.carrier_id, plan.mode, plan.rate_card_id
    shipment.charge, shipment.chargeable_weight = plan.charge, plan.chargeable_weight
    shipment.transit_days, shipment.reason = plan.transit_days, None
    shipment.expected_on = days_after(shipment.requested_on, plan.transit_days)
    shipment.late = shipment.expected_on > shipment.promised_on
    shipment.weight, shipment.volume = _load(lines)
    shipment.status = "planned"
    shipment.touch(work.now)
    work.emit(contract.shipment_planned, _planned(shipment, lines, plan))


def _planned(shipment: Shipment, lines: Sequence[ShipmentLine], plan: Plan) -> contract.ShipmentPlanned:
    return contract.ShipmentPlanned(
        shipment_id=shipment.id,
        number=shipment.number,
        delivery_id=shipment.delivery_id,
        order_id=shipment.order_id,
        warehouse_id=shipment.warehouse_id,
        carrier_id=plan.carrier_id,
        mode=cast("contract.Mode", plan.mode),
        charge=plan.charge,
        expected_on=days_after(shipment.requested_on, plan.transit_days),
        late=shipment.late,
        lines=[
            contract.ShipmentLine(line=line.line, item_id=line.item_id, quantity=line.quantity)
            for line in lines
            if not line.withdrawn
        ],
    )


def _load(lines: Sequence[ShipmentLine]) -> tuple[Decimal, Decimal]:
    """Weight in kg and volume in m³ of what is still to go."""
    going = [line for line in lines if not line.withdrawn]
    return sum((line.weight for line in going), ZERO), sum((line.volume for line in going), ZERO)

"""Shipments as people see them: a page of them with lines, consignments and codes in a constant number of reads."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import TypeVar, cast

from services.logistics.carriers.tables import Carrier
from services.logistics.copies.tables import Warehouse
from services.logistics.shipments.tables import HandOver, Shipment, ShipmentLine
from shared.contracts import logistics as contract
from shared.contracts.common import Address
from shared.contracts.message import load
from shared.runtime.work import UnitOfWork

_Part = TypeVar("_Part", ShipmentLine, HandOver)


def shipment_view(work: UnitOfWork, shipment: Shipment) -> contract.ShipmentView:
    """One shipment."""
    work.session.flush()
    return shipment_views(work, [shipment])[0]


def shipment_views(work: UnitOfWork, shipments: Sequence[Shipment]) -> list[contract.ShipmentView]:
    """Shipments with all that belongs to them."""
    ids = [shipment.id for shipment in shipments]
    lines = _by_shipment(work.rows(ShipmentLine, shipment_id=ids, by=("line",)))
    gone = _by_shipment(work.rows(HandOver, shipment_id=ids, by=("shipped_on", "id")))
    codes = _codes(work, shipments)
    return [_view(shipment, lines[shipment.id], gone[shipment.id], codes) for shipment in shipments]


def _codes(work: UnitOfWork, shipments: Sequence[Shipment]) -> dict[str, str]:
    """The codes of the carriers and warehouses involved, by id."""
    carriers = work.rows(Carrier, id={each.carrier_id for each in shipments if each.carrier_id})
    warehouses = work.rows(Warehouse, id={each.warehouse_id for each in shipments})
    return {each.id: each.code for each in carriers} | {each.id: each.code for each in warehouses}


def _by_shipment(rows: Iterable[_Part]) -> dict[str, list[_Part]]:
    found: dict[str, list[_Part]] = defaultdict(list)
    for row in rows:
        found[row.shipment_id].append(row)
    return found


def _view(
    shipment: Shipment, lines: list[ShipmentLine], gone: list[HandOver], codes: dict[str, str]
) -> contract.ShipmentView:
    return contract.ShipmentView(
        id=shipment.id,
        version=shipment.version,
        number=shipment.number,
        status=cast("contract.ShipmentStatus", shipment.status),
        delivery_id=shipment.delivery_id,
        order_id=shipment.order_id,
        order_number=shipment.order_number,
        customer_id=shipment.customer_id,
        warehouse_id=shipment.warehouse_id,
        warehouse_code=codes.get(shipment.warehouse_id),
        ship_to=load(Address, shipment.ship_to),
        requested_on=shipment.requested_on,
        promised_on=shipment.promised_on,
        carrier_id=shipment.carrier_id,
        carrier_code=codes.get(shipment.carrier_id or ""),
        rate_card_id=shipment.rate_card_id,
        mode=cast("contract.Mode | None", shipment.mode),
        reason=shipment.reason,
        weight=shipment.weight,
        volume=shipment.volume,
        chargeable_weight=shipment.chargeable_weight,
        charge=shipment.charge,
        expected_on=shipment.expected_on,
        late=shipment.late,
        delivered_on=shipment.delivered_on,
        lines=[_line(line) for line in lines],
        consignments=[_consignment(each) for each in gone],
    )


def _line(line: ShipmentLine) -> contract.PlannedLine:
    return contract.PlannedLine(
        line=line.line,
        item_id=line.item_id,
        quantity=line.quantity,
        shipped=line.shipped,
        cancelled=line.state.cancelled,
    )


def _consignment(gone: HandOver) -> contract.Consignment:
    return contract.Consignment(
        handover_id=gone.id,
        shipped_on=gone.shipped_on,
        lines=[load(contract.ShipmentLine, line) for line in gone.lines],
    )

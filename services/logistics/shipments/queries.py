"""Finding shipments."""

from services.logistics.shipments.tables import Shipment
from services.logistics.shipments.views import shipment_view, shipment_views
from shared.contracts import logistics as contract
from shared.contracts.common import ById
from shared.contracts.operations import ListQuery, Page
from shared.runtime.registry import handles
from shared.runtime.work import UnitOfWork
from shared.storage.paging import page_with

_COLUMNS = {
    "id": Shipment.id,
    "number": Shipment.number,
    "status": Shipment.status,
    "order_id": Shipment.order_id,
    "order_number": Shipment.order_number,
    "delivery_id": Shipment.delivery_id,
    "customer_id": Shipment.customer_id,
    "warehouse_id": Shipment.warehouse_id,
    "carrier_id": Shipment.carrier_id,
    "requested_on": Shipment.requested_on,
    "promised_on": Shipment.promised_on,
    "late": Shipment.late,
}


@handles(contract.get_shipment)
def get_shipment(work: UnitOfWork, query: ById) -> contract.ShipmentView:
    """One shipment."""
    return shipment_view(work, work.get(Shipment, id=query.id))


@handles(contract.list_shipments)
def list_shipments(work: UnitOfWork, query: ListQuery) -> Page[contract.ShipmentView]:
    """Shipments, a page at a time."""
    return page_with(
        work.session, work.select(Shipment), query, _COLUMNS, lambda shipments: shipment_views(work, shipments)
    )

"""Registering, changing and finding carriers."""

from typing import cast

from services.logistics.carriers.tables import Carrier
from services.logistics.shipments.planning import plan_what_waits
from shared.contracts import logistics as contract
from shared.contracts.common import ById
from shared.contracts.operations import ListQuery, Page
from shared.runtime.registry import handles
from shared.runtime.work import UnitOfWork, unique
from shared.storage.paging import page

_COLUMNS = {"id": Carrier.id, "code": Carrier.code, "mode": Carrier.mode, "archived": Carrier.archived}


@handles(contract.register_carrier)
def register_carrier(work: UnitOfWork, command: contract.RegisterCarrier) -> contract.CarrierView:
    """Register a carrier; its code cannot be given twice."""
    unique(work.find(Carrier, code=command.code), f"carrier {command.code}")
    carrier = work.add(
        Carrier(id=work.new_id(), code=command.code, name=command.name, mode=command.mode, owner=command.owner)
    )
    work.session.flush()
    return _view(carrier)


@handles(contract.change_carrier)
def change_carrier(work: UnitOfWork, command: contract.ChangeCarrier) -> contract.CarrierView:
    """Change what is given of a carrier; what is planned with it stays planned."""
    carrier = work.get(Carrier, lock=True, id=command.id)
    work.expect_version(carrier)
    for name in ("name", "mode", "owner", "archived"):
        given = getattr(command, name)
        if given is not None:
            setattr(carrier, name, given)
    work.session.flush()
    if command.archived is False:
        plan_what_waits(work)
    return _view(carrier)


@handles(contract.get_carrier)
def get_carrier(work: UnitOfWork, query: ById) -> contract.CarrierView:
    """One carrier."""
    return _view(work.get(Carrier, id=query.id))


@handles(contract.list_carriers)
def list_carriers(work: UnitOfWork, query: ListQuery) -> Page[contract.CarrierView]:
    """Carriers, a page at a time."""
    return page(work.session, work.select(Carrier), query, _COLUMNS, _view)


def _view(carrier: Carrier) -> contract.CarrierView:
    return contract.CarrierView(
        id=carrier.id,
        version=carrier.version,
        code=carrier.code,
        name=carrier.name,
        mode=cast("contract.Mode", carrier.mode),
        owner=carrier.owner,
        archived=carrier.archived,
    )

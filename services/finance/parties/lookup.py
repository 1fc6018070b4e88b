"""Finding a customer or supplier that a command names."""

from services.finance.parties.tables import Party
from shared.kernel.errors import NotYet
from shared.runtime.work import UnitOfWork


def customer(work: UnitOfWork, id_: str) -> Party:
    """The customer; raises NotYet where none is known (yet)."""
    return _party(work, "customer", id_)


def supplier(work: UnitOfWork, id_: str) -> Party:
    """The supplier; raises NotYet where none is known (yet)."""
    return _party(work, "supplier", id_)


def _party(work: UnitOfWork, kind: str, id_: str) -> Party:
    found = work.find(Party, id=id_, kind=kind)
    if found is None:
        raise NotYet(id_)
    return found

"""Finding the customer a document names."""

from collections.abc import Iterable

from services.sales.customers.tables import Customer
from shared.kernel.errors import InvalidInput
from shared.runtime.work import UnitOfWork


def customers(work: UnitOfWork, ids: Iterable[str]) -> list[Customer]:
    """The customers with these ids, as far as there are such."""
    return work.look_up(Customer, ("id",), ids)


def customer_at(work: UnitOfWork, id_: str, pointer: str) -> Customer:
    """The customer a document names at `pointer`; raises InvalidInput there, for an archived one too."""
    customer = next(iter(customers(work, [id_])), None)
    if customer is None:
        raise InvalidInput.at(pointer, "unknown_reference", f"there is no customer {id_}")
    if customer.archived:
        raise InvalidInput.at(pointer, "archived", f"customer {customer.code} is archived")
    return customer

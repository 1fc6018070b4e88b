"""Finding what services made by themselves: its id differs between runs, the document it belongs to does not."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any, Protocol

from services.commands.simulating.moves import Json, Named
from shared.contracts import finance, inventory, logistics
from shared.contracts.operations import Operation


class Reader(Protocol):
    """Where lists are read."""

    def rows(self, operation: Operation[Any, Any], /, **filters: Any) -> list[Json]:
        """All rows of a list."""
        ...


NOTHING = "00000000-0000-4000-8000-000000000000"
"""The id of what is not there; asking for it is refused."""


def resolved(fields: Mapping[str, Any], company: Reader) -> dict[str, Any]:
    """The fields with the ids of what they name."""
    return {name: _resolved(value, company) for name, value in fields.items()}


def _resolved(value: Any, company: Reader) -> Any:
    if isinstance(value, Named):
        rows = in_order(value.kind, _READ[value.kind](company, value.of))
        return rows[value.nth]["id"] if value.nth < len(rows) else NOTHING
    if isinstance(value, list):
        return [_resolved(each, company) for each in value]
    return resolved(value, company) if isinstance(value, dict) else value


def in_order(kind: str, rows: Iterable[Json]) -> list[Json]:
    """Things of one document in an order that does not depend on when they were made."""
    return sorted(rows, key=_ORDER[kind])


_READ: Mapping[str, Callable[[Reader, str], list[Json]]] = {
    "pick": lambda company, order: company.rows(inventory.list_picks, order_id=order),
    "shipment": lambda company, order: company.rows(logistics.list_shipments, order_id=order),
    "invoice": lambda company, order: company.rows(finance.list_invoices, order_id=order),
}
_ORDER: Mapping[str, Callable[[Json], Any]] = {
    "pick": lambda row: (row["expected_on"], row["warehouse_id"], str(row["lines"])),
    "shipment": lambda row: (row["requested_on"], row["warehouse_id"], str(row["lines"])),
    "invoice": lambda row: (row["issued_on"], str(row["lines"])),
}

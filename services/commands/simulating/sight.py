"""What people see when they decide: the lists of the company at rest, read at most once."""

from collections.abc import Sequence
from datetime import date
from functools import cached_property
from typing import Any, Protocol

from services.commands.simulating.moves import Json
from shared.contracts import inventory, logistics, purchasing, sales
from shared.contracts.operations import Operation


class Lists(Protocol):
    """Where lists are read."""

    def rows(self, operation: Operation[Any, Any], /, **filters: Any) -> list[Json]:
        """All rows of a list, in the order of their ids."""
        ...


class Sight:
    """The company as people see it at one moment."""

    def __init__(self, lists: Lists, today: date) -> None:
        self._lists, self.today = lists, today
        self._seen: dict[tuple[object, ...], list[Json]] = {}

    def rows(self, operation: Operation[Any, Any], /, **filters: Any) -> list[Json]:
        """All rows of a list as they were when first looked at."""
        asked = (operation.service, operation.name, *sorted(filters.items()))
        if asked not in self._seen:
            self._seen[asked] = self._lists.rows(operation, **filters)
        return self._seen[asked]

    def _ids(self, operation: Operation[Any, Any], **filters: Any) -> list[str]:
        rows = sorted(self.rows(operation, **filters), key=_code)
        return [row["id"] for row in rows if not _code(row).startswith("N")]

    @cached_property
    def warehouses(self) -> Sequence[str]:
        """By their codes."""
        return sorted(self._ids(inventory.list_warehouses), key=lambda id_: self._code(id_) != "MAIN")

    def _code(self, warehouse: str) -> str:
        return next(str(row["code"]) for row in self.rows(inventory.list_warehouses) if row["id"] == warehouse)

    @cached_property
    def goods(self) -> Sequence[str]:
        """Those of the first day that are kept in stock and not archived, by their codes."""
        return self._ids(inventory.list_items, kind="goods", archived="false")

    @cached_property
    def services(self) -> Sequence[str]:
        """Items not kept in stock."""
        return self._ids(inventory.list_items, kind="service")

    @cached_property
    def customers(self) -> Sequence[str]:
        """Those of the first day that are not archived, by their codes."""
        return self._ids(sales.list_customers, archived="false")

    @cached_property
    def archived_customer(self) -> str:
        """The last of the first day."""
        return next(str(row["id"]) for row in self.rows(sales.list_customers) if row["archived"])

    @cached_property
    def suppliers(self) -> Sequence[str]:
        """By their codes."""
        return self._ids(purchasing.list_suppliers)

    @cached_property
    def carriers(self) -> Sequence[str]:
        """By their codes."""
        return self._ids(logistics.list_carriers)


def _code(row: Json) -> str:
    """The code of a card; those opened after the first day begin with N."""
    return str(row.get("code") or row.get("sku"))

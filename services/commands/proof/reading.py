"""Reading a company's lists whole: page after page through the services' operations."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Protocol, TypeVar

from services.commands.client import Refused
from services.commands.patience import Patience
from services.commands.proof.rows import Json, reader
from shared.contracts.operations import Operation

R = TypeVar("R")
T = TypeVar("T")
PAGE = 1000
_TOO_MANY = 429


class Gateway(Protocol):
    """What the proof needs of a client: to call an operation."""

    def do(self, operation: Operation[Any, Any], **fields: Any) -> Json:
        """The body of the answer; raises Refused."""
        ...


class Company:
    """A running company as the proof reads it."""

    def __init__(
        self,
        gateway: Gateway,
        seen: Callable[[int], object] = id,
        patience: Callable[[], Patience] = Patience,
        at_once: int = 1,
    ) -> None:
        """`seen` is told how many rows each page had; `patience` is for a gateway that asks to be called less.

        `at_once` is how many lists are read side by side: more than one only gains where other processes answer.
        """
        self._gateway, self._seen, self._patience, self._at_once = gateway, seen, patience, at_once

    def rows(self, operation: Operation[Any, Any], kind: type[R], **filters: Any) -> Iterator[R]:
        """Every row of a list. Raises Refused, or Masked where the proof may not see what it needs."""
        read = reader(kind)
        for page in self._pages(operation, filters):
            yield from map(read, page)

    def one(self, operation: Operation[Any, Any], **fields: Any) -> Json:
        """The answer of a query."""
        return self._do(operation, fields)

    def newest(self, operation: Operation[Any, Any], sort: str, most: int = 1, **filters: Any) -> list[Json]:
        """The first rows of a list in this order."""
        rows: list[Json] = self._do(operation, {"limit": most, "sort": sort, **filters})["data"]
        return rows

    def read(self, *reads: Callable[[], T]) -> list[T]:
        """What these give; side by side, so that one list is parsed while a service makes the page of another."""
        if self._at_once == 1:
            return [read() for read in reads]
        with ThreadPoolExecutor(self._at_once, thread_name_prefix="proof") as pool:
            return [done.result() for done in [pool.submit(read) for read in reads]]

    def _pages(self, operation: Operation[Any, Any], filters: Json) -> Iterator[list[Json]]:
        cursor = None
        while True:
            found = self._do(operation, {"limit": PAGE, "cursor": cursor, **filters})
            self._seen(len(found["data"]))
            yield found["data"]
            cursor = found["next_cursor"]
            if not found["has_more"]:
                return

    def _do(self, operation: Operation[Any, Any], fields: Json) -> Json:
        """Call, and call again after a pause where the gateway's limit of calls is used up for the moment."""
        patience = self._patience()
        while True:
            try:
                return self._gateway.do(operation, **fields)
            except Refused as refused:
                if refused.problem.get("status") != _TOO_MANY or patience.over:
                    raise
            patience.pause()

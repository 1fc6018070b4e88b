"""A gateway that answers from rows a test has put there, in pages of two."""

from collections import Counter
from collections.abc import Callable
from typing import Any

from services.commands.client import Refused
from shared.contracts.operations import Operation

Json = dict[str, Any]
QUIET: Json = {"told": [], "taken": [], "unsent": 0, "parked": 0, "dead": 0}


class FakeGateway:
    """Lists by `service.operation`; every other list is empty and every flow quiet. `each_call` may change things."""

    at_once = 4

    def __init__(self, lists: dict[str, list[Json]] | None = None, page: int = 2) -> None:
        self.lists, self.flows, self.page = lists or {}, dict[str, Json](), page
        self.calls: Counter[str] = Counter()
        self.refuse: list[int] = []
        self.each_call: Callable[[str], object] = lambda _: None

    def do(self, operation: Operation[Any, Any], **fields: Any) -> Json:
        name = f"{operation.service}.{operation.name}"
        self.calls[name] += 1
        self.each_call(name)
        if self.refuse:
            raise Refused(name, {"status": self.refuse.pop(), "code": "refused"})
        if operation.name == "get_flow":
            return self.flows.get(operation.service, QUIET)
        rows = self.lists.get(name, [])
        first = int(fields.get("cursor") or 0)
        until = first + min(self.page, fields["limit"])
        more = until < len(rows)
        return {"data": rows[first:until], "has_more": more, "next_cursor": str(until) if more else None}


class Time:
    """A clock that only sleeping moves."""

    def __init__(self) -> None:
        self.now = 0.0
        self.slept: list[float] = []

    def clock(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds

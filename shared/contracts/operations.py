"""What a service offers and tells: operations, lists and events, as plain data everything outward is made from."""

import dataclasses
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Generic, Literal, TypeVar

from shared.contracts.message import Json, dump, load

C = TypeVar("C")
R = TypeVar("R")
E = TypeVar("E")
Method = Literal["GET", "POST", "PATCH"]
KeyRule = Literal["none", "accepted", "required"]
PUBLIC, SIGNED_IN, SESSION = "public", "signed-in", "session"
"""Scopes of operations that need no role: open to anyone; to whoever is known; to people at a session, not to keys."""
FilterKind = Literal["code", "id", "text", "date", "instant", "number", "flag"]
FilterValue = str | date | datetime | Decimal | bool


@dataclass(frozen=True)
class Operation(Generic[C, R]):
    """One thing a client may ask of a service.

    `path` holds its parameters as `{name}`; each is a field of the request. The other fields come from the body
    (POST, PATCH). `key` says whether an Idempotency-Key is accepted or required; `versioned` that the answer has a
    strong ETag made of its `version`; `if_match` that a change must name it.
    """

    service: str
    name: str
    method: Method
    path: str
    request: type[C]
    response: type[R]
    scope: str
    zh: str
    en: str
    status: int = 200
    key: KeyRule = "none"
    if_match: bool = False
    errors: tuple[str, ...] = ()
    listing: "Listing | None" = None

    @property
    def writes(self) -> bool:
        """Whether it changes anything, so has a transaction, a journal row and an audit fact."""
        return self.method != "GET"

    @property
    def path_parameters(self) -> tuple[str, ...]:
        """The request fields that stand in the path."""
        return tuple(re.findall(r"{(\w+)}", self.path))

    def read(self, payload: Json) -> C:
        """The typed request; raises marshmallow's ValidationError."""
        return load(self.request, payload)


@dataclass(frozen=True)
class Listing:
    """What a list can be filtered and sorted by; the first sort is the default, `-` before it means descending."""

    item: type[Any]
    filters: Mapping[str, FilterKind]
    sorts: tuple[str, ...]


@dataclass(frozen=True)
class Filter:
    """One condition of a list query: `name` compared by `test` with `values` (several only for `in`)."""

    name: str
    test: Literal["in", "gte", "gt", "lte", "lt"]
    values: tuple[FilterValue, ...]


@dataclass(frozen=True, kw_only=True)
class ListQuery:
    """A page asked for: at most `limit` rows after `cursor`, filtered and sorted as the listing declares."""

    limit: int = 50
    cursor: str | None = None
    sort: str | None = None
    filters: tuple[Filter, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Page(Generic[R]):
    """One page of a list, and where the next begins."""

    data: list[R]
    has_more: bool = False
    next_cursor: str | None = None


@dataclass(frozen=True)
class Event(Generic[E]):
    """A fact a service publishes. `subject` names the field of the payload that is the aggregate's id."""

    service: str
    name: str
    payload: type[E]
    subject: str
    zh: str
    en: str
    version: int = 1
    example: Json = field(default_factory=dict, hash=False, compare=False)

    @property
    def type(self) -> str:
        """The CloudEvents type: `huotong.sales.order_placed.v1`."""
        return f"huotong.{self.service}.{self.name}.v{self.version}"

    @property
    def routing_key(self) -> str:
        """The key on the service's exchange: `order_placed.v1`."""
        return f"{self.name}.v{self.version}"

    def read(self, data: Json) -> E:
        """The typed payload of a received event; fields this reader does not know are passed over."""
        return load(self.payload, data, strict=False)

    def write(self, payload: E) -> Json:
        """The payload as the event's `data`."""
        return dump(payload)


class Contract:
    """The operations and events of one service, each declared once and found by name."""

    def __init__(self, service: str, zh: str, en: str) -> None:
        self.service, self.zh, self.en = service, zh, en
        self.operations: dict[str, Operation[Any, Any]] = {}
        self.events: dict[str, Event[Any]] = {}

    def command(
        self,
        name: str,
        method: Method,
        path: str,
        request: type[C],
        response: type[R],
        *,
        scope: str,
        zh: str,
        en: str,
        status: int = 200,
        key: KeyRule = "accepted",
        if_match: bool = False,
        errors: tuple[str, ...] = (),
    ) -> Operation[C, R]:
        """Declare an operation that changes something; `path` is given below `/v1/<service>`."""
        return self._add(
            Operation(
                self.service, name, method, self._path(path), request, response, scope, zh, en,
                status=status, key=key, if_match=if_match, errors=errors,
            )
        )  # fmt: skip

    def query(
        self,
        name: str,
        path: str,
        request: type[C],
        response: type[R],
        *,
        scope: str,
        zh: str,
        en: str,
        errors: tuple[str, ...] = (),
    ) -> Operation[C, R]:
        """Declare a read of one thing."""
        return self._add(
            Operation(self.service, name, "GET", self._path(path), request, response, scope, zh, en, errors=errors)
        )

    def list_of(
        self,
        name: str,
        path: str,
        item: type[R],
        *,
        scope: str,
        zh: str,
        en: str,
        filters: Mapping[str, FilterKind],
        sorts: tuple[str, ...],
    ) -> Operation[ListQuery, Page[R]]:
        """Declare a paged list of `item`."""
        operation: Operation[ListQuery, Page[R]] = Operation(
            self.service, name, "GET", self._path(path), ListQuery, Page[R], scope, zh, en,
            listing=Listing(item, filters, sorts),
        )  # fmt: skip
        return self._add(operation)

    def event(
        self,
        name: str,
        payload: type[E],
        *,
        subject: str,
        zh: str,
        en: str,
        version: int = 1,
        example: Json | None = None,
    ) -> Event[E]:
        """Declare a fact the service publishes."""
        event = Event(self.service, name, payload, subject, zh, en, version, example or {})
        if subject not in {spec.name for spec in dataclasses.fields(payload)}:  # type: ignore[arg-type]
            raise TypeError(f"{event.type} has no field {subject}")
        if event.type in self.events:
            raise ValueError(f"{event.type} is declared twice")
        self.events[event.type] = event
        return event

    def _path(self, path: str) -> str:
        return f"/v1/{self.service}{path}"

    def _add(self, operation: Operation[C, R]) -> Operation[C, R]:
        if operation.name in self.operations:
            raise ValueError(f"{self.service}.{operation.name} is declared twice")
        self.operations[operation.name] = operation
        return operation

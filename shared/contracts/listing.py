"""Reading a list's query string: limit, cursor, sort and declared filters, the same at the gateway and behind it."""

import re
from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Literal, get_args

from shared.contracts.operations import Filter, FilterKind, FilterValue, Listing, ListQuery
from shared.kernel.errors import Fault, InvalidInput

MOST_ROWS = 1000
MOST_VALUES = 200
Test = Literal["in", "gte", "gt", "lte", "lt"]
_PARAMETER = re.compile(r"(?P<name>\w+)(\[(?P<test>gte|gt|lte|lt)\])?")
_NUMBER = re.compile(r"-?[0-9]{1,13}(\.[0-9]{1,4})?")
_RANGED: tuple[FilterKind, ...] = ("date", "instant", "number")


class BadQuery(InvalidInput):
    """A query string that the listing does not allow (400)."""

    status = 400


def list_query(listing: Listing, parameters: Mapping[str, str]) -> ListQuery:
    """The query that `parameters` ask for; raises BadQuery with a pointer per fault."""
    faults: list[Fault] = []
    filters: list[Filter] = []
    for parameter, text in parameters.items():
        if parameter not in ("limit", "cursor", "sort"):
            try:
                filters.append(_filter(listing, parameter, text))
            except ValueError as error:
                faults.append(Fault(f"/{parameter}", "invalid", str(error)))
    limit = parameters.get("limit", "50")
    if not re.fullmatch("[0-9]{1,4}", limit) or not 1 <= int(limit) <= MOST_ROWS:
        faults.append(Fault("/limit", "invalid", f"must be a number from 1 to {MOST_ROWS}"))
    sort = parameters.get("sort", listing.sorts[0])
    if sort.removeprefix("-") not in [each.removeprefix("-") for each in listing.sorts]:
        faults.append(Fault("/sort", "invalid", f"must be one of {', '.join(listing.sorts)}, - before it to descend"))
    if faults:
        raise BadQuery("the query is not one this list understands", faults=faults)
    return ListQuery(limit=int(limit), cursor=parameters.get("cursor"), sort=sort, filters=tuple(filters))


def filter_parameters(listing: Listing) -> Iterable[tuple[str, FilterKind]]:
    """Every query parameter that filters (`status`, `placed_on`, `placed_on[gte]`), with the kind of its values."""
    for name, kind in listing.filters.items():
        yield name, kind
        if kind in _RANGED:
            for test in get_args(Test)[1:]:
                yield f"{name}[{test}]", kind


def _filter(listing: Listing, parameter: str, text: str) -> Filter:
    found = _PARAMETER.fullmatch(parameter)
    if found is None or found["name"] not in listing.filters:
        raise ValueError("not a filter of this list")
    kind = listing.filters[found["name"]]
    if found["test"] is None:
        values = text.split(",")
        if len(values) > MOST_VALUES:
            raise ValueError(f"more than {MOST_VALUES} values")
        return Filter(found["name"], "in", tuple(_value(kind, each) for each in values))
    if kind not in _RANGED:
        raise ValueError("this filter has no ranges")
    test: Test = found["test"]  # type: ignore[assignment]
    return Filter(found["name"], test, (_value(kind, text),))


def _value(kind: FilterKind, text: str) -> FilterValue:
    """The typed value; raises ValueError."""
    if "\x00" in text or len(text) > 200:
        raise ValueError("not a value that can be compared with")
    match kind:
        case "date":
            return date.fromisoformat(text)
        case "instant":
            return moment(text)
        case "number":
            if not _NUMBER.fullmatch(text):
                raise ValueError("not a number of at most 4 decimals")
            return Decimal(text)
        case "flag":
            if text not in ("true", "false"):
                raise ValueError("must be true or false")
            return text == "true"
        case "id":
            if not re.fullmatch(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", text):
                raise ValueError("not a UUID")
            return text
        case _:
            return text


def moment(text: str) -> datetime:
    """The moment that `text` (ISO 8601 with its offset) names, in UTC; raises ValueError."""
    named = datetime.fromisoformat(text)
    if named.tzinfo is None:
        raise ValueError("needs its offset from UTC")
    try:
        return named.astimezone(UTC)
    except OverflowError as error:
        raise ValueError("not a moment of our time") from error

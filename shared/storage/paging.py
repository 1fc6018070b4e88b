"""Pages of lists: keyset pagination, stable while rows are inserted."""

import base64
import binascii
import json
from collections.abc import Callable, Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, Select, and_, or_

from shared.contracts.listing import BadQuery
from shared.contracts.operations import Filter, ListQuery, Page
from shared.storage.rows import KIND
from shared.storage.session import Session

Row = TypeVar("Row")
View = TypeVar("View")
Columns = Mapping[str, ColumnElement[Any]]


def page(
    session: Session, statement: Select[Row], query: ListQuery, columns: Columns, view: Callable[[Row], View]
) -> Page[View]:
    """The asked-for page of `statement`; `columns` maps the listing's names (and `id`) to columns."""
    return page_with(session, statement, query, columns, lambda rows: [view(row) for row in rows])


def page_with(
    session: Session,
    statement: Select[Row],
    query: ListQuery,
    columns: Columns,
    views: Callable[[list[Row]], list[View]],
) -> Page[View]:
    """Like `page`, with all rows of the page viewed at once, so that what belongs to them is read in one query."""
    sort = query.sort or "id"
    descending, name = sort.startswith("-"), sort.removeprefix("-")
    by, tie = columns[name], columns["id"]
    for condition in query.filters:
        statement = statement.where(_condition(columns[condition.name], condition))
    if query.cursor:
        statement = statement.where(_after(by, tie, _read(query.cursor, by, tie), descending=descending))
    order = (by.desc(), tie.desc()) if descending else (by.asc(), tie.asc())
    found = _found(session, statement.order_by(*order).limit(query.limit + 1).add_columns(by, tie))
    kept = found[: query.limit]
    more = len(found) > query.limit
    cursor = _write(kept[-1][-2], kept[-1][-1]) if more else None
    return Page(data=views([row[0] for row in kept]), has_more=more, next_cursor=cursor)


def _found(session: Session, statement: Select[Any]) -> list[tuple[Any, ...]]:
    """Each row with the columns added to it; a select of a plain table gives its rows as they come."""
    if KIND in statement.get_execution_options():
        return session.rows_with(statement)
    return [(row, *row[-2:]) for row in session.execute(statement)]


def _condition(column: Any, condition: Filter) -> ColumnElement[bool]:
    value = condition.values[0]
    made: ColumnElement[bool]
    match condition.test:
        case "in":
            made = column.in_(condition.values)
        case "gte":
            made = column >= value
        case "gt":
            made = column > value
        case "lte":
            made = column <= value
        case "lt":
            made = column < value
    return made


def _after(by: Any, tie: Any, at: tuple[Any, Any], *, descending: bool) -> ColumnElement[bool]:
    value, last = at
    if descending:
        return or_(by < value, and_(by == value, tie < last))
    return or_(by > value, and_(by == value, tie > last))


def _write(value: Any, last: Any) -> str:
    text = value.isoformat() if isinstance(value, date | datetime) else str(value)
    return base64.urlsafe_b64encode(json.dumps([text, str(last)]).encode()).decode().rstrip("=")


def _read(cursor: str, by: Any, tie: Any) -> tuple[Any, Any]:
    try:
        value, last = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        return _typed(by, value), _typed(tie, last)
    except (ValueError, binascii.Error, TypeError, ArithmeticError) as error:
        raise BadQuery.at("/cursor", "invalid", "not a cursor of this list") from error


def _typed(column: Any, text: str) -> Any:
    kind = column.type.python_type
    if kind in (date, datetime):
        return kind.fromisoformat(text)
    if kind is Decimal:
        return Decimal(text)
    return int(text) if kind is int else text

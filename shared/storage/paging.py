"""Pages of lists: keyset pagination, stable while rows are inserted."""

import base64
import binascii
import json
import re
import uuid
from collections.abc import Callable, Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, Select, Uuid, and_, or_

from shared.contracts.listing import BadQuery, moment
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
    keys = (by,) if by is tie else (by, tie)
    order = [key.desc() if descending else key.asc() for key in keys]
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
    if by is tie:
        return tie < last if descending else tie > last  # type: ignore[no-any-return]
    if descending:
        return or_(by < value, and_(by == value, tie < last))
    return or_(by > value, and_(by == value, tie > last))


def _write(value: Any, last: Any) -> str:
    return base64.urlsafe_b64encode(json.dumps([_text(value), _text(last)]).encode()).decode().rstrip("=")


def _text(value: Any) -> str:
    if isinstance(value, date | datetime):
        return value.isoformat()
    return f"{value:f}" if isinstance(value, Decimal) else str(value)


def _read(cursor: str, by: Any, tie: Any) -> tuple[Any, Any]:
    try:
        value, last = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        return _typed(by.type, value), _typed(tie.type, last)
    except (ValueError, binascii.Error, TypeError, RecursionError) as error:
        raise BadQuery.at("/cursor", "invalid", "not a cursor of this list") from error


def _typed(kind: Any, text: object) -> Any:
    """What a cursor says of a column of this kind; raises ValueError for what cannot stand there.

    Clients can write cursors of their own: nothing may come to the database that it could only stumble over.
    """
    if not isinstance(text, str) or "\0" in text:
        raise ValueError("no text that a column could hold")
    if isinstance(kind, Uuid):
        return str(uuid.UUID(text))
    if kind.python_type is datetime:
        return moment(text)
    if kind.python_type is date:
        return date.fromisoformat(text)
    if kind.python_type is Decimal:
        return Decimal(_shaped(rf"-?[0-9]{{1,20}}(\.[0-9]{{1,{kind.scale}}})?", text))
    if kind.python_type is int:
        return int(_shaped("-?[0-9]{1,18}", text))
    return text.encode().decode()


def _shaped(pattern: str, text: str) -> str:
    if not re.fullmatch(pattern, text):
        raise ValueError(f"not of the shape {pattern}")
    return text

"""The state of a company as it is compared: every row of every service, but for what may depend on the order of things.

Ids and document numbers are names, and which one a thing got may depend on what came first. So they count by the part
they play: a name stands for the rows it occurs in, those rows for the names in them, and so on some steps far, as in
the refinement of colours by Weisfeiler and Leman (1968). Two companies are the same where their rows are.
"""

import hashlib
import json
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import Column, Table, select

from services.commands.installation import DOMAINS
from services.commands.simulating.courier import ID
from shared.runtime.cloudevents import Envelope
from shared.storage.backbone import audit_facts, inbox, journal, outbox
from shared.storage.database import Database
from shared.storage.types import Instant

_STEPS = 4
_NAME: Final = re.compile(rf"{ID.pattern}|\b(?:SH|PR|INV|CN|JV)-\d{{6}}-\d{{5}}\b")
"""Ids, and numbers that are given when a fact is taken in, not when a person asks."""
_NOT_COMPARED: Final = {"sequence", "version"}
"""Columns that count how often something was told or changed."""
_TABLES_NOT_COMPARED: Final = {audit_facts.name}
"""The audit trail holds in words what each transaction found and left, so it depends on their order."""
_COLUMNS_NOT_COMPARED: Final = {
    journal.name: {"position", "response", "request_id", "input_hash"},
    "stock_moves": {"id"},
}


@dataclass(frozen=True)
class Row:
    """A row: its text without the names in it, and the names in their order."""

    table: str
    text: str
    names: tuple[str, ...]


@dataclass(frozen=True)
class State:
    """A company's rows, and their hash."""

    rows: tuple[Row, ...]
    digest: str


def state_of(databases: Mapping[str, Database]) -> State:
    """The state of a company at rest."""
    rows = tuple(row for service in DOMAINS for row in _rows(service.name, databases[service.name]))
    return State(rows, _digest(rows))


def differences(expected: State, found: State, most: int = 20) -> list[str]:
    """Rows that one state has and the other has not, by their text without names."""
    there, here = (Counter((row.table, row.text) for row in each.rows) for each in (expected, found))
    lines = [f"missing {count}x {table}: {text}" for (table, text), count in sorted((there - here).items())]
    lines += [f"beyond  {count}x {table}: {text}" for (table, text), count in sorted((here - there).items())]
    return lines[:most] or ["the same rows, but they belong together in another way"]


def _rows(name: str, database: Database) -> Iterator[Row]:
    tables = [*_metadata(name).values(), *(each for each in (journal, outbox, inbox))]
    with database.snapshot() as session:
        for table in tables:
            if table.name in _TABLES_NOT_COMPARED:
                continue
            columns = [column for column in table.columns if _is_compared(table, column)]
            for values in session.execute(select(*columns)):
                yield _row(f"{name}.{table.name}", columns, values)


def _metadata(name: str) -> Mapping[str, Table]:
    (service,) = (each for each in DOMAINS if each.name == name)
    return service.metadata.tables


def _is_compared(table: Table, column: Column[Any]) -> bool:
    return (
        not isinstance(column.type, Instant)
        and column.name not in _NOT_COMPARED
        and column.name not in _COLUMNS_NOT_COMPARED.get(table.name, ())
    )


def _row(table: str, columns: list[Column[Any]], values: Iterable[Any]) -> Row:
    shown = {
        column.name: _told(value) if column.name == "envelope" else value
        for column, value in zip(columns, values, strict=True)
    }
    text = json.dumps(shown, sort_keys=True, ensure_ascii=False, default=str)
    return Row(table, _NAME.sub("?", text), tuple(_NAME.findall(text)))


def _told(text: str) -> Any:
    """What a fact says, without when and as the how-manieth it was told, and on which of two occasions."""
    envelope = Envelope.from_text(text)
    context = envelope.context
    return [envelope.id, envelope.type, envelope.subject, envelope.data, context.business_date, context.actor]


def _digest(rows: tuple[Row, ...]) -> str:
    colours: dict[str, str] = {}
    hashes = [""] * len(rows)
    for _ in range(_STEPS):
        hashes = [_hash(row.table, row.text, *(colours.get(name, "") for name in row.names)) for row in rows]
        seen: dict[str, list[str]] = defaultdict(list)
        for row, digest in zip(rows, hashes, strict=True):
            for place, name in enumerate(row.names):
                seen[name].append(f"{digest}{place}")
        colours = {name: _hash(*sorted(places)) for name, places in seen.items()}
    return _hash(*sorted(hashes))


def _hash(*parts: str) -> str:
    return hashlib.blake2b("\n".join(parts).encode(), digest_size=16).hexdigest()

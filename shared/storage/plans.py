"""Statements that PostgreSQL keeps parsed, and as a rule planned, for a connection (`PREPARE`).

To parse and plan one costs PostgreSQL more than to run it, where it finds a row by its key. So what a connection runs
again and again is named to it once and only called from then on.
"""

import re
import time
from collections import Counter
from collections.abc import Mapping, MutableMapping
from dataclasses import dataclass
from itertools import count
from typing import Any

from sqlalchemy import Dialect
from sqlalchemy.exc import CompileError
from sqlalchemy.types import TypeEngine

SELDOM = 2
"""As often a connection runs a statement as it is written; after that it is worth its memory."""
MOST = 400
"""Statements a connection keeps at most, some 30 kB each."""
RENEWED_SECONDS = 60.0
"""So old a plan may be: one made while a table was small may be wrong by the time it has grown."""
_PLANS = "huotong.plans"
_NUMBERS = count(1)
_LENGTH = re.compile(r"\(\d+(, *\d+)?\)")


@dataclass(frozen=True)
class Planned:
    """How a statement is named to a connection, and the call of it; and the statement itself, all in the driver's form.

    Its constants are a part of what is named, so that it is planned for them.
    """

    name: str
    naming: str
    constants: Mapping[str, Any]
    call: str
    sql: str


def planned(sql: str, types: Mapping[str, str], constants: Mapping[str, Any]) -> Planned:
    """`sql` in the driver's form, to be named to connections; `types` are its parameters' as PostgreSQL has them."""
    name = f"huotong_{next(_NUMBERS)}"
    named = sql
    for place, each in enumerate(types, start=1):
        named = named.replace(f"%({each})s", f"${place}")
    if not constants:  # nothing to fill in, so the driver leaves its own escapes as they are
        named = named.replace("%%", "%")
    declared = f" ({', '.join(types.values())})" if types else ""
    given = ", ".join(f"%({each})s{_cast(type_)}" for each, type_ in types.items())
    return Planned(
        name=name,
        naming=f"PREPARE {name}{declared} AS {named}",
        constants=constants,
        call=f"EXECUTE {name} ({given})" if given else f"EXECUTE {name}",
        sql=sql,
    )


def of_columns(sql: str, types: Mapping[str, str], constants: Mapping[str, Any]) -> Planned:
    """`sql` for any number of rows: its parameters are columns of the table `given`, which stands where it has {rows}.

    Each column is given as the text of an array.
    """
    columns = ", ".join(f'unnest(%({each})s::{type_}[]) AS "{each}"' for each, type_ in types.items())
    made = sql.replace("{rows}", f"(SELECT {columns}) AS given")
    return planned(made, {each: f"{type_}[]" for each, type_ in types.items()}, constants)


def type_name(kind: TypeEngine[Any], dialect: Dialect) -> str:
    """The type of a parameter as PostgreSQL has it, without a length: what is too long is refused, not cut.

    `unknown` leaves it to PostgreSQL, which sees what it is used for.
    """
    try:
        return _LENGTH.sub("", str(kind.compile(dialect)))
    except CompileError:
        return "unknown"


def _cast(type_: str) -> str:
    """A list of texts is no list of anything else by itself."""
    return f"::{type_}" if type_.endswith("[]") else ""


class Plans:
    """What one connection keeps."""

    def __init__(self) -> None:
        self._runs: Counter[str] = Counter()
        self._kept: set[str] = set()
        self._renewed = time.monotonic()

    def call(self, statement: Planned, cursor: Any) -> bool:
        """Whether to call it by its name, which the connection is told when it is due; raises the driver's errors."""
        if statement.name in self._kept:
            self._renew(cursor)
            return True
        self._runs[statement.name] += 1
        if self._runs[statement.name] <= SELDOM or len(self._kept) >= MOST:
            return False
        cursor.execute(statement.naming, statement.constants)
        self._kept.add(statement.name)
        return True

    def _renew(self, cursor: Any) -> None:
        """Have everything planned anew when it is called next, once in a while."""
        now = time.monotonic()
        if now - self._renewed > RENEWED_SECONDS:
            cursor.execute("DISCARD PLANS")
            self._renewed = now


def plans_of(info: MutableMapping[Any, Any]) -> Plans:
    """What the connection keeps that this is told about; it lasts as long as the connection."""
    plans: Plans | None = info.get(_PLANS)
    if plans is None:
        plans = info[_PLANS] = Plans()
    return plans

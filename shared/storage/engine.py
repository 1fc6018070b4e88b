"""Engines: PostgreSQL for the distributed runtime, SQLite in WAL mode for the embedded one."""

import math
import time
from typing import Any

from psycopg2.extensions import UNICODE, new_type, register_type
from sqlalchemy import Engine, create_engine, event, text
from sqlalchemy.exc import DisconnectionError
from sqlalchemy.pool import QueuePool

from shared.kernel.jsontext import json_text, json_value
from shared.storage.prepared import OUT_OF_DATE, Prepared
from shared.storage.urgency import URGENT

_BUSY_MS = 15_000
_UUID = 2950
"""What PostgreSQL calls the type of an id (its OID)."""
_FRESH_SECONDS = 1.0
_USED = "huotong.used"
_SERVER_SIDE = {
    # Whom we left without a word holds no locks for longer than this; a migration is let off.
    "idle_in_transaction_session_timeout": 30_000,
    "tcp_keepalives_idle": 10,
    "tcp_keepalives_interval": 5,
    "tcp_keepalives_count": 3,
    "tcp_user_timeout": 30_000,
}
"""What the server does about a client that fell silent: by itself it would wait for two hours."""
_PLANNER = {
    # What is worked with is in memory: a row is found by its key, not by reading its table, however small that is.
    "random_page_cost": 1.1,
}
_READING = {
    # Moments come as they are wanted.
    "TimeZone": "UTC",
}
_CONNECTION = {
    "application_name": "huotong",
    "connect_timeout": 5,
    # A peer that fell silent is noticed within half a minute, whatever the system's defaults.
    "keepalives_idle": 10,
    "keepalives_interval": 5,
    "keepalives_count": 3,
    "tcp_user_timeout": 30_000,
    "options": " ".join(f"-c {name}={value}" for name, value in (_SERVER_SIDE | _PLANNER | _READING).items()),
}

_JSON: dict[str, Any] = {"json_serializer": json_text, "json_deserializer": json_value}

_BEGIN_READING, _BEGIN_WRITING = Prepared(text("BEGIN")), Prepared(text("BEGIN IMMEDIATE"))


def open_engine(url: str, *, pool_size: int = 10) -> Engine:
    """An engine for `url`, with the settings its database needs to be exact and durable."""
    if url.startswith("sqlite"):
        return _sqlite(url)
    engine = create_engine(
        url, poolclass=QueuePool, pool_size=pool_size, max_overflow=0, pool_timeout=10, pool_use_lifo=True,
        use_native_hstore=False, hide_parameters=True, connect_args=_CONNECTION, **_JSON,
    )  # fmt: skip
    _read_ids_as_texts(engine)
    _ask_whether_it_stands(engine)
    return engine


def _read_ids_as_texts(engine: Engine) -> None:
    """Leave an id the text it comes as: SQLAlchemy has the driver make an object of each, which is a text to us."""

    @event.listens_for(engine, "connect")
    def texts(connection: Any, _record: Any) -> None:
        register_type(new_type((_UUID,), "UUID", UNICODE), connection)


def _ask_whether_it_stands(engine: Engine) -> None:
    """Ask a pooled connection for a sign of life before its use, but not one that just gave one.

    Once any was found broken, each that was not used since is asked; once one was out of date, each is made anew.
    """
    broken = outdated = 0.0

    @event.listens_for(engine, "invalidate")
    def found_broken(connection: Any, _record: Any, error: Any) -> None:
        nonlocal broken, outdated
        URGENT.discard(id(connection))
        broken = time.monotonic()
        if getattr(error, "pgcode", None) == OUT_OF_DATE:
            outdated = broken

    @event.listens_for(engine, "checkin")
    def came_back(connection: Any, record: Any) -> None:
        URGENT.discard(id(connection))
        record.info[_USED] = time.monotonic()

    @event.listens_for(engine, "checkout")
    def goes_out(connection: Any, record: Any, _proxy: Any) -> None:
        used = record.info.get(_USED, math.inf)
        if used <= outdated:
            raise DisconnectionError("a table was changed since it was used")
        if used > broken and time.monotonic() - used < _FRESH_SECONDS:
            return
        try:
            engine.dialect.do_ping(connection)
        except engine.dialect.loaded_dbapi.Error as error:
            raise DisconnectionError from error


def _sqlite(url: str) -> Engine:
    """SQLite with real transactions: begun IMMEDIATE for writers, so none has to give way half-way."""
    engine = create_engine(
        url,
        poolclass=QueuePool,
        pool_size=8,
        max_overflow=8,
        hide_parameters=True,
        **_JSON,
    )

    @event.listens_for(engine, "connect")
    def configure(connection: Any, _record: Any) -> None:
        connection.isolation_level = None
        for pragma in ("journal_mode=WAL", "synchronous=NORMAL", "foreign_keys=ON", f"busy_timeout={_BUSY_MS}"):
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def begin(connection: Any) -> None:
        reads = connection.get_execution_options().get("reads_only", False)
        (_BEGIN_READING if reads else _BEGIN_WRITING).change(connection, {})

    return engine

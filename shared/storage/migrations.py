"""Migrations: the backbone's history, the same in every database, and beside it each service's own.

Alembic runs both over one environment (`shared/storage/alembic`), each with a version table of its own.
"""

from dataclasses import dataclass
from importlib import import_module, resources
from pathlib import Path
from typing import Any

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, MetaData, func, select, text

from shared.runtime.registry import Service
from shared.storage.backbone import BACKBONE
from shared.storage.statistics import describe

_MIGRATING = 0x6D69_6772_6174_6500
"""The advisory lock of whoever migrates a database; a number no claim of a command's hash is likely to be."""
_ALEMBIC = Path(str(resources.files("shared.storage"))) / "alembic"


@dataclass(frozen=True)
class History:
    """A line of migrations: where its files are, which tables they make, and where a database notes how far it is."""

    folder: Path
    metadata: MetaData
    version_table: str


BACKBONE_HISTORY = History(_ALEMBIC / "backbone", BACKBONE, "backbone_version")


def history_of(service: Service) -> History:
    """A service's own history, in `migrations` beside the module that declares its tables."""
    folder = Path(str(import_module(service.home).__file__)).parent / "migrations"
    return History(folder, service.metadata, "alembic_version")


def migrate(service: Service, engine: Engine) -> None:
    """Bring a service's database to the newest version, in one transaction; nothing happens when it is there.

    On PostgreSQL one at a time: who comes meanwhile waits, and finds it done.
    """
    with engine.begin() as connection:
        if engine.dialect.name == "postgresql":
            connection.execute(text("SET LOCAL idle_in_transaction_session_timeout = 0"))
            connection.execute(select(func.pg_advisory_xact_lock(_MIGRATING)))
        for history in (BACKBONE_HISTORY, history_of(service)):
            _upgrade(history, connection)
        if engine.dialect.name == "sqlite":
            describe(connection)


def write_migration(history: History, engine: Engine, message: str) -> None:
    """Write the next migration of a history from what its tables are and what the database has."""
    with engine.begin() as connection:
        command.revision(_config(history, connection), message, autogenerate=True)


def drift(service: Service, engine: Engine) -> list[Any]:
    """What a migrated database lacks or has too much, by the tables as they are declared; empty when they agree."""
    with engine.connect() as connection:
        return [
            difference
            for history in (BACKBONE_HISTORY, history_of(service))
            for difference in compare_metadata(_context(history, connection), history.metadata)
        ]


def _upgrade(history: History, connection: Connection) -> None:
    config = _config(history, connection)
    head = ScriptDirectory.from_config(config).get_current_head()
    if _context(history, connection).get_current_revision() != head:
        command.upgrade(config, "head")


def _context(history: History, connection: Connection) -> MigrationContext:
    options = {
        "version_table": history.version_table,
        "compare_type": True,
        "include_name": lambda name, kind, _parents: kind != "table" or name in history.metadata.tables,
    }
    return MigrationContext.configure(connection, opts=options)


def _config(history: History, connection: Connection) -> Config:
    config = Config()
    config.set_main_option("script_location", str(_ALEMBIC))
    config.set_main_option("version_locations", str(history.folder))
    config.set_main_option("path_separator", "newline")
    config.attributes.update(history=history, connection=connection)
    return config

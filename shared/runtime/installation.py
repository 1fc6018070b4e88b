"""An embedded installation in a folder: one SQLite file per service."""

from collections.abc import Iterable, Mapping
from pathlib import Path

from shared.runtime.registry import Service
from shared.storage.database import Database
from shared.storage.engine import open_engine
from shared.storage.migrations import migrate


def open_databases(services: Iterable[Service], folder: Path) -> Mapping[str, Database]:
    """The services' databases below `folder`, brought to their newest version."""
    folder.mkdir(parents=True, exist_ok=True)
    opened = {}
    for service in services:
        engine = open_engine(f"sqlite:///{folder / service.name}.db")
        migrate(service, engine)
        opened[service.name] = Database(engine)
    return opened

"""`huotong write-migration HISTORY MESSAGE`: the next migration of a service or of the backbone all of them have."""

import argparse
import tempfile
from collections.abc import Sequence
from pathlib import Path

from services.commands.installation import every_service
from shared.storage.engine import open_engine
from shared.storage.migrations import BACKBONE_HISTORY, history_of, migrate, write_migration

BACKBONE = "backbone"


def main(arguments: Sequence[str]) -> int:
    """Write it from what changed in the tables; it is to be read before it is committed."""
    services = {service.name: service for service in every_service()}
    parser = argparse.ArgumentParser(prog="huotong write-migration", description=__doc__)
    parser.add_argument("history", choices=[BACKBONE, *sorted(services)])
    parser.add_argument("message", help="what changes, in the imperative")
    given = parser.parse_args(arguments)
    service = services.get(given.history)
    with tempfile.TemporaryDirectory() as folder:
        engine = open_engine(f"sqlite:///{Path(folder) / 'empty.db'}")
        migrate(service or next(iter(services.values())), engine)
        write_migration(history_of(service) if service else BACKBONE_HISTORY, engine, given.message)
        engine.dispose()
    return 0

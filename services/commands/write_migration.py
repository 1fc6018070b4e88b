"""`huotong write-migration SERVICE MESSAGE`: the next migration of a service, from what changed in its tables."""

import argparse
import tempfile
from collections.abc import Sequence
from pathlib import Path

from services.commands.installation import every_service
from shared.storage.engine import open_engine
from shared.storage.migrations import migrate, write_migration


def main(arguments: Sequence[str]) -> int:
    """Write it below the service's `migrations` folder; it is to be read before it is committed."""
    services = {service.name: service for service in every_service()}
    parser = argparse.ArgumentParser(prog="huotong write-migration", description=__doc__)
    parser.add_argument("service", choices=sorted(services))
    parser.add_argument("message", help="what changes, in the imperative")
    given = parser.parse_args(arguments)
    service = services[given.service]
    with tempfile.TemporaryDirectory() as folder:
        engine = open_engine(f"sqlite:///{Path(folder) / 'empty.db'}")
        migrate(service, engine)
        write_migration(service, engine, given.message)
        engine.dispose()
    return 0

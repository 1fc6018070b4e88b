"""`huotong migrate [SERVICE]`: bring databases to their newest version.

Takes each service's database from `HUOTONG_<SERVICE>_DATABASE_URL`, or one service's from `HUOTONG_DATABASE_URL`.
"""

import argparse
import os
import sys
from collections.abc import Sequence

from services.commands.installation import every_service
from shared.storage.engine import open_engine
from shared.storage.migrations import migrate

HOME = {"identity": "gateway"}
"""The process a service lives in, where it has another name."""


def main(arguments: Sequence[str]) -> int:
    """Migrate one service, or every one that has a database configured."""
    services = {service.name: service for service in every_service()}
    parser = argparse.ArgumentParser(prog="huotong migrate", description=__doc__)
    parser.add_argument("service", nargs="?", choices=sorted(services), help="every one, where none is named")
    chosen = parser.parse_args(arguments).service
    migrated = 0
    for name, service in services.items():
        url = database_url(name, only=chosen)
        if url and chosen in (None, name):
            engine = open_engine(url)
            migrate(service, engine)
            engine.dispose()
            print(f"{name}: at its newest version")
            migrated += 1
    if not migrated:
        print("no database is configured: set HUOTONG_<SERVICE>_DATABASE_URL", file=sys.stderr)
    return 0 if migrated else 2


def database_url(service: str, only: str | None) -> str | None:
    """Where a service's database is, by the environment."""
    own = os.environ.get(f"HUOTONG_{HOME.get(service, service).upper()}_DATABASE_URL")
    return own or (os.environ.get("HUOTONG_DATABASE_URL") if only == service else None)

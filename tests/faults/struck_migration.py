"""`huotong migrate` as it is, but for the points where a test may have it struck: between and after its histories."""

import os
from collections.abc import Sequence
from pathlib import Path

from sqlalchemy import Connection

from services.commands import migrate
from shared.storage import migrations
from shared.storage.migrations import History
from tests.faults.striking import FOLDER, Point, Struck


def main(arguments: Sequence[str]) -> int:
    """Migrate, or be struck."""
    struck, plain = Struck(Path(os.environ[FOLDER]), "migrate"), migrations._upgrade

    def upgrade(history: History, connection: Connection) -> None:
        plain(history, connection)
        struck.passes(Point.MIGRATING)

    migrations._upgrade = upgrade
    return migrate.main(arguments)

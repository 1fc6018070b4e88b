"""The gauges of a service's backbone tables, the same on both runtimes."""

from datetime import datetime

from sqlalchemy import func, select

from shared.runtime import outbox
from shared.storage.backbone import dead_letters, parked
from shared.storage.database import Database
from shared.telemetry.metrics import DEAD, OUTBOX_AGE, OUTBOX_UNSENT, PARKED


def measure(service: str, database: Database, now: datetime) -> None:
    """Set what operators look at: facts not told yet and since when, facts that wait, dead letters."""
    with database.snapshot() as session:
        unsent, oldest = outbox.backlog(session)
        OUTBOX_UNSENT.labels(service).set(unsent)
        OUTBOX_AGE.labels(service).set((now - oldest).total_seconds() if oldest else 0)
        PARKED.labels(service).set(session.scalar(select(func.count()).select_from(parked)) or 0)
        dead = select(func.count()).select_from(dead_letters).where(dead_letters.c.state == "dead")
        DEAD.labels(service).set(session.scalar(dead) or 0)

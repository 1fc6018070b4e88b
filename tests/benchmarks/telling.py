"""The process that is a service's relay and nothing else: tells a full outbox, and says how many facts per second."""

import shared.runtime.rabbit.green  # noqa: F401 # isort: skip
import json
import sys
import time

from sqlalchemy import text

from shared.runtime.rabbit.crowd import Crowd
from shared.runtime.rabbit.link import Link
from shared.runtime.rabbit.pace import Pace
from shared.runtime.rabbit.publisher import Publisher
from shared.runtime.rabbit.relay import Relay
from shared.storage.database import Database
from shared.storage.engine import open_engine

_READY_SECONDS, _LOOK = 30.0, 0.02
_UNSENT = text("SELECT 1 FROM outbox WHERE NOT sent LIMIT 1")


def main() -> None:
    """Tell."""
    broker_url, count, database_url = json.loads(sys.stdin.read())["told"]
    database, publisher = Database(open_engine(database_url)), Publisher()
    link = Link(broker_url, "bench out", [publisher])
    relay = Relay("sales", database, link, publisher, Pace(Crowd()))
    link.start()
    if not link.wait_ready(_READY_SECONDS) or not _unsent(database):
        raise SystemExit("the broker is away, or the outbox empty")
    began = time.perf_counter()
    relay.start()
    while _unsent(database):
        time.sleep(_LOOK)
    print(count / (time.perf_counter() - began))
    relay.stop()
    link.stop()


def _unsent(database: Database) -> bool:
    with database.snapshot() as session:
        return session.execute(_UNSENT).first() is not None


if __name__ == "__main__":
    main()

"""Figure: facts a service's relay tells per second, against kombu publishing the same with a confirm each.

Both publish the same fact, of the size of an order of three lines, persistent and mandatory, to the exchange of
`sales` with all its subscribers' queues behind it. No service runs meanwhile.
"""

import json
import secrets
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from statistics import median

from psycopg2.extras import execute_values

from deploy.local.servers import Installation, PrivateServers
from deploy.services import SERVICES
from services.commands import local
from services.commands.installation import every_service
from services.commands.processes import PROJECT
from shared.contracts import sales
from shared.contracts.examples import event_example
from shared.runtime.cloudevents import Envelope
from shared.runtime.context import Context
from shared.runtime.rabbit.link import connect as connect_broker
from shared.runtime.rabbit.topology import topology_of
from tests.benchmarks.bench import Bench
from tests.benchmarks.callers import Unexpected
from tests.benchmarks.figures import Figure, Target
from tests.benchmarks.stack import connect, patiently

NAME = "relay"
FACTS, CONFIRMED = 10_000, 3_000
_TWICE = Target(2, "ratio")
_MAKE = "INSERT INTO outbox (id, company, type, subject, envelope, recorded_at) VALUES %s"


@dataclass(frozen=True)
class Site:
    """An installation without processes."""

    installation: Installation

    @property
    def database_url(self) -> str:
        """The database of `sales`."""
        return self.installation.services["sales"].database_url

    @property
    def broker_url(self) -> str:
        """The broker, for `sales`."""
        return self.installation.services["sales"].broker_url

    def fill(self, facts: int) -> None:
        """Put so many facts into the outbox of `sales`."""
        rows = (
            (f"{number:032x}"[-36:], "BENCH", sales.order_placed.type, "order", ENVELOPE, number)
            for number in range(facts)
        )
        with closing(connect(self.database_url)) as connection, connection.cursor() as cursor:
            cursor.execute("TRUNCATE outbox")
            execute_values(cursor, _MAKE, rows, template="(%s, %s, %s, %s, %s, now() + %s * interval '1 us')")
            cursor.execute("ANALYZE outbox")

    def empty_queues(self) -> None:
        """Throw away what was told."""
        with closing(connect_broker(self.installation.broker_admin_url, "bench")) as connection:
            for queue in topology_of(every_service()).queues:
                if not queue.name.endswith(".stream"):
                    connection.channel().queue_purge(queue.name)


@contextmanager
def site(servers: PrivateServers) -> Iterator[Site]:
    """Databases, exchanges and queues."""
    installation = servers.install(SERVICES, name=f"bench_{secrets.token_hex(4)}")
    patiently(lambda: local.prepare(installation, every_service()))
    try:
        yield Site(installation)
    finally:
        servers.remove(installation)


def figures(bench: Bench) -> Iterator[Figure]:
    """Measure both in turn."""
    with site(bench.servers) as place:
        rounds = [_round(place) for _ in range(bench.given.rounds)]
    kombu, relay = median(each for each, _ in rounds), median(each for _, each in rounds)
    ratio = median(relay / kombu for kombu, relay in rounds)
    yield Figure("kombu, a confirm each", kombu, "facts/s", note=f"facts of {len(ENVELOPE)} bytes")
    yield Figure("relay", relay, "facts/s", ratio, _TWICE, f"{FACTS} facts in the outbox; ratio to kombu")


def _round(place: Site) -> tuple[float, float]:
    kombu = _rate("tests.benchmarks.publishing", place.broker_url, CONFIRMED)
    place.empty_queues()
    place.fill(FACTS)
    relay = _rate("tests.benchmarks.telling", place.broker_url, FACTS, place.database_url)
    place.empty_queues()
    return kombu, relay


def _rate(module: str, *told: object) -> float:
    """Facts per second, as a process of its own measures them."""
    command = [sys.executable, "-m", module]
    given = json.dumps({"told": told, "envelope": ENVELOPE})
    done = subprocess.run(command, cwd=PROJECT, input=given, capture_output=True, text=True, check=False)
    if done.returncode:
        raise Unexpected(f"{module}: {done.stderr[-2000:]}")
    return float(done.stdout)


def _envelope() -> str:
    """An order of three lines as the relay finds it: the contract's own example with as many lines."""
    example = event_example(sales.order_placed)
    data = {**example, "lines": (example["lines"] * 3)[:3]}
    at, id_ = datetime(2026, 3, 2, 1, 0, tzinfo=UTC), "0" * 36
    context = Context(
        company="BENCH", currency="CNY", business_date=at.date(), actor="salesperson", request_id=id_, correlation=id_
    )
    return Envelope(id_, sales.order_placed.type, id_, 1, id_, at, context, data).to_text()


ENVELOPE = _envelope()

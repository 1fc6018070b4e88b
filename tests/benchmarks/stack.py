"""The distributed company on private, durable servers, as the figures need it."""

import os
import secrets
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from urllib.parse import urlsplit

import psycopg2
from psycopg2.extensions import connection as Connection  # noqa: N812

from deploy.local.processes import free_port
from deploy.local.servers import Installation, PrivateServers
from deploy.services import SERVICES
from services.commands import audit, local
from services.commands.client import Client, Login
from services.commands.demo import DEMO
from services.commands.installation import DOMAINS, every_service
from services.commands.living.rest import Rest
from services.commands.processes import PROJECT, Program, Supervisor
from shared.contracts import identity
from tests.benchmarks import proc
from tests.benchmarks.callers import Unexpected, Wire
from tests.benchmarks.market import Market, opened
from tests.benchmarks.sampler import BEGIN_AGAIN

_LONGEST_WAIT = 600.0
_LOOK = 0.05

_DATABASE_WORK = """
SELECT (SELECT sum(xact_commit) FROM pg_stat_database WHERE datname LIKE %s)::float, wal_bytes::float / 1000, wal_sync
FROM pg_stat_wal
"""


@dataclass(frozen=True)
class Stage:
    """How far orders have come, by the numbers of their documents: each is one row that its service keeps."""

    service: str
    series: str


PLACED, SHIPMENT_PLANNED, INVOICED = Stage("sales", "SO"), Stage("logistics", "SH"), Stage("finance", "INV")


@dataclass
class Stack:
    """Servers, processes, and a company that trades in them."""

    servers: PrivateServers
    installation: Installation
    supervisor: Supervisor
    port: int
    token: str = ""
    market: Market = field(default_factory=lambda: Market((), ()))
    looks: int = 0
    """How many transactions the harness itself had."""
    _connections: dict[str, Connection] = field(default_factory=dict)

    @property
    def url(self) -> str:
        """Where the gateway is."""
        return f"http://localhost:{self.port}"

    def caller(self) -> Wire:
        """Someone who may do everything, on a connection of their own."""
        return Wire(self.port, self.token)

    def reached(self, stage: Stage) -> int:
        """How many documents of this stage there are."""
        sql = "SELECT coalesce(sum(last), 0) FROM counters WHERE series = %s"
        self.looks += 1
        with self.database(stage.service).cursor() as cursor:
            cursor.execute(sql, (stage.series,))
            (count,) = cursor.fetchone() or (0,)
            return int(count)

    def database_work(self) -> Mapping[str, float]:
        """Transactions of the company, and what the server wrote ahead and synced, so far; our own looks left out."""
        with self.database("sales").cursor() as cursor:
            cursor.execute(_DATABASE_WORK, (f"{self.installation.name}\\_%",))
            transactions, kilobytes, syncs = cursor.fetchone() or (0, 0, 0)
        self.looks += 1
        return {"transactions": transactions - self.looks, "kB of WAL": kilobytes, "WAL syncs": syncs}

    def database(self, service: str) -> Connection:
        """A connection of the harness's own to a service's database, each statement a transaction."""
        if service not in self._connections:
            self._connections[service] = connect(self.installation.services[service].database_url)
        return self._connections[service]

    def wait(self, stage: Stage, count: int) -> None:
        """Until so many documents are there."""
        until(lambda: self.reached(stage) >= count, f"{count} documents {stage.series}")

    def rest(self) -> None:
        """Until every fact told is taken in by everyone who listens."""
        client = Client(self.url, self.token)
        flows = {service.name: service.contract.operations["get_flow"] for service in DOMAINS}
        Rest(client, flows, audit.subscribers(DOMAINS)).wait()

    def pids(self) -> Mapping[str, int]:
        """The processes by service, the broker and the database server."""
        running = {name.partition(" ")[0]: pid for name, pid in self.supervisor.running().items()}
        return {**running, "RabbitMQ": self.servers.broker.pid, "PostgreSQL": self.servers.database.pid}

    def cpu(self) -> Mapping[str, float]:
        """Processor seconds so far of each of them."""
        return {name: proc.cpu_seconds(pid) for name, pid in self.pids().items()}

    def close(self) -> None:
        """Leave the databases."""
        for connection in self._connections.values():
            connection.close()


def connect(url: str) -> Connection:
    """Open a connection to the database at an SQLAlchemy URL, each statement a transaction of its own."""
    at = urlsplit(url)
    connection = psycopg2.connect(
        host=at.hostname, port=at.port, user=at.username, password=at.password, dbname=at.path.strip("/")
    )
    connection.autocommit = True
    return connection


def until(done: Callable[[], bool], what: str, seconds: float = _LONGEST_WAIT) -> None:
    """Look again and again until it is so; raises Unexpected when it takes too long."""
    deadline = time.monotonic() + seconds
    while not done():
        if time.monotonic() > deadline:
            raise Unexpected(f"after {seconds:g} s still waiting for {what}")
        time.sleep(_LOOK)


def patiently(work: Callable[[], None], tries: int = 5) -> None:
    """Do it, again where a server was too busy to answer in time."""
    for left in reversed(range(tries)):
        try:
            work()
        except OSError:
            if not left:
                raise
        else:
            return


@contextmanager
def running_servers() -> Iterator[PrivateServers]:
    """RabbitMQ and PostgreSQL with fsync, in a folder that is gone afterwards."""
    with PrivateServers(durable=True) as servers:
        yield servers


@contextmanager
def running_stack(servers: PrivateServers, profiles: Path | None = None) -> Iterator[Stack]:
    """The company's processes, ready, with its market set up; each leaves a profile in `profiles`, where given."""
    installation = servers.install(SERVICES, name=f"bench_{secrets.token_hex(4)}")
    patiently(lambda: local.prepare(installation, every_service()))
    port = free_port()
    with tempfile.TemporaryDirectory(prefix="huotong-bench-") as logs:
        programs = local.programs(installation, Path(logs), port)
        supervisor = Supervisor([sampled(each, profiles) for each in programs] if profiles else list(programs))
        stack = Stack(servers, installation, supervisor, port)
        supervisor.start()
        try:
            _open(stack)
            if profiles:
                _profile_from_now(supervisor)
            yield stack
        finally:
            stack.close()
            supervisor.stop()
            servers.remove(installation)


def _open(stack: Stack) -> None:
    local.wait_ready(stack.url, stack.supervisor)
    login = Login("system", local.PASSWORD, DEMO.code)
    stack.token = Wire(stack.port, "").do(identity.log_in, login=login.login, password=login.password)["token"]
    stack.market = opened(stack.caller())
    stack.rest()


def _profile_from_now(supervisor: Supervisor) -> None:
    """Leave the start and the company's set-up out of the profiles."""
    for pid in supervisor.running().values():
        os.kill(pid, BEGIN_AGAIN)


def sampled(program: Program, folder: Path) -> Program:
    """The same program with a sampling profiler in it."""
    arguments: Sequence[str] = program.command[-2:]
    output = folder.resolve() / f"profile-{program.name.partition(' ')[0]}.txt"
    entry = f"import sys; sys.path.insert(0, {str(PROJECT)!r}); from tests.benchmarks.sampler import main; main()"
    return replace(program, command=[sys.executable, "-c", entry, str(output), *arguments])

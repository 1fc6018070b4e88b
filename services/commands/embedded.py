"""`huotong run-embedded`: the whole company in this process, on SQLite files, with the gateway on HTTP."""

import argparse
import signal
import sys
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from multiprocessing import get_context
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any, Protocol

from flask import Flask

from gateway.app import create_app
from gateway.identity.bootstrap import bootstrap
from gateway.identity.roles import ROLES
from gateway.identity.service import IDENTITY, identity_dispatcher
from gateway.settings import GatewaySettings
from gateway.wsgi import serve
from services.commands.client import Client, Login
from services.commands.demo import DEMO, load_demo
from services.commands.in_process import InProcess
from services.commands.installation import DOMAINS, every_service
from services.commands.living.rest import Restless
from shared.runtime.annex import Annexed, Gone, Wire, keep
from shared.runtime.dispatch import Dispatcher
from shared.runtime.embedded import EmbeddedRuntime
from shared.runtime.garbage import collect_rarely, rarely_collecting
from shared.runtime.installation import open_databases
from shared.runtime.registry import Service
from shared.storage.database import Database
from shared.telemetry import logs

ANNEX = frozenset({"finance", "logistics", "purchasing", "sales"})
_ENDING_SECONDS = 30.0
PASSWORD = "huotong-demo"  # noqa: S105 - the demo company's, on loopback only, and printed at the start
UNLIMITED = GatewaySettings(limit="off", limit_by_address="600/minute")


@dataclass(frozen=True)
class Running:
    """A running company: its address and a login per role."""

    url: str
    logins: Mapping[str, Login]

    @property
    def admin(self) -> Login:
        """Who may open companies and register people."""
        return self.logins["admin"]

    def client(self, role: str) -> Client:
        """A client that does what this role may."""
        return Client.log_in(self.url, self.logins[role])


class Settling(Protocol):
    """What carries a company's facts on when it is asked to."""

    def settle(self) -> None:
        """Deliver everything that is due, and what that leads to."""

    def quiet(self) -> bool:
        """Whether nothing is left that has to be tried again later."""
        ...


class Stepping:
    """A company without threads or a port: calls are carried out and facts delivered by whoever asks."""

    def __init__(self, runtime: Settling, app: Flask, processes: int = 1) -> None:
        self._runtime, self._way = runtime, InProcess(app.wsgi_app, processes)

    def enter(self, company: str | None) -> Client:
        """The administrator's client in a company, or in the first one."""
        return Client.log_in("http://localhost", Login("admin", PASSWORD, company or DEMO.code), self._way)

    def wait(self) -> None:
        """Bring the company to rest; raises Restless where something has to be tried again later."""
        self._runtime.settle()
        if not self._runtime.quiet():
            raise Restless("the company does not come to rest: a fault holds up what was told; see the log")


@contextmanager
def stepping(folder: Path, processes: int = 1) -> Iterator[Stepping]:
    """The embedded company of `folder`, for one who lives it alone: nothing happens but what they ask for.

    Of two `processes` the second keeps every service but inventory, which has as much to do as the others have.
    """
    here = [service for service in DOMAINS if processes == 1 or service.name not in ANNEX]
    databases = open_databases([IDENTITY, *here], folder)
    try:
        identity = _identity(databases[IDENTITY.name])
        with _beside(folder, here, databases) if processes > 1 else _alone(here, databases) as runtime:
            contracts = [service.contract for service in DOMAINS]
            app = create_app(runtime, identity, contracts, UNLIMITED, sleep=lambda _: runtime.settle())
            yield Stepping(runtime, app, processes)
    finally:
        _close(databases)


@contextmanager
def _alone(services: Sequence[Service], databases: Mapping[str, Database]) -> Iterator[EmbeddedRuntime]:
    yield EmbeddedRuntime(services, {service.name: databases[service.name] for service in services})


@contextmanager
def _beside(folder: Path, here: Sequence[Service], databases: Mapping[str, Database]) -> Iterator[Annexed]:
    """The company with its annex, which ends with the context."""
    processes = get_context("spawn")
    ours, theirs = processes.Pipe()
    annex = processes.Process(target=keep_annex, args=(theirs, folder), name="annex", daemon=True)
    with _without_interrupts():
        annex.start()
    theirs.close()
    wire = Wire(ours)
    own = {service.name: databases[service.name] for service in here}
    runtime = EmbeddedRuntime(here, own, elsewhere=_annexed(), neighbour=wire)
    company = Annexed(runtime, wire, ANNEX)
    try:
        yield company
    finally:
        with suppress(Gone):
            company.end()
        annex.join(_ENDING_SECONDS)
        annex.kill()


def keep_annex(connection: "Connection[Any, Any]", folder: Path) -> None:
    """Be the second process of a company in two."""
    databases = open_databases(_annexed(), folder)
    try:
        with rarely_collecting():
            wire = Wire(connection)
            others = [service for service in DOMAINS if service.name not in ANNEX]
            keep(EmbeddedRuntime(_annexed(), databases, elsewhere=others, neighbour=wire), wire)
    finally:
        _close(databases)


@contextmanager
def _without_interrupts() -> Iterator[None]:
    """Keep Ctrl-C from a process that is started here, for good: the main one says when to end."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _annexed() -> list[Service]:
    return [service for service in DOMAINS if service.name in ANNEX]


def _identity(database: Database) -> Dispatcher:
    """Who knows the people, the first logins among them."""
    identity = identity_dispatcher(database)
    bootstrap(identity, DEMO, dict.fromkeys(ROLES, PASSWORD))
    return identity


def _close(databases: Mapping[str, Database]) -> None:
    for database in databases.values():
        database.engine.dispose()


@contextmanager
def running(folder: Path, port: int = 0) -> Iterator[Running]:
    """The embedded company of `folder` while the context lasts; port 0 takes a free one."""
    databases = open_databases(every_service(), folder)
    try:
        identity = _identity(databases[IDENTITY.name])
        runtime = EmbeddedRuntime(DOMAINS, {service.name: databases[service.name] for service in DOMAINS})
        server = serve(create_app(runtime, identity, [service.contract for service in DOMAINS], UNLIMITED), port=port)
        runtime.start()
        try:
            logins = {role: Login(role, PASSWORD, DEMO.code) for role in ROLES}
            yield Running(f"http://localhost:{server.port}", logins)
        finally:
            server.stop()
            runtime.stop()
    finally:
        _close(databases)


def main(arguments: Sequence[str]) -> int:
    """Run until Ctrl-C or SIGTERM; load the demo company where it is not there yet."""
    parser = argparse.ArgumentParser(prog="huotong run-embedded", description=__doc__)
    parser.add_argument("--port", type=int, default=8000, help="where the gateway listens (8000)")
    parser.add_argument("--var", type=Path, default=Path("var/embedded"), help="where the data is kept (var/embedded)")
    parser.add_argument("--no-demo", action="store_true", help="leave the company empty")
    parser.add_argument("--log-level", default="WARNING")
    given = parser.parse_args(arguments)
    logs.configure(given.log_level)
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    try:
        with running(given.var, given.port) as company:
            if not given.no_demo:
                load_demo(company.client("system"))
            collect_rarely()
            print(welcome(company), flush=True)
            stop.wait()
    except OSError as error:
        print(f"cannot start: {error}", file=sys.stderr)
        return 1
    return 0


def welcome(company: Running) -> str:
    """What a newcomer needs to know."""
    logins = "\n".join(f"  {role:<22} {login.password}" for role, login in sorted(company.logins.items()))
    return (
        f"Huotong runs on {company.url}   API docs: {company.url}/docs   Ctrl-C stops it\n\n"
        f"Demo company {DEMO.code}; sign in with a role and its password:\n{logins}"
    )

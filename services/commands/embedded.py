"""`huotong run-embedded`: the whole company in this process, on SQLite files, with the gateway on HTTP."""

import argparse
import signal
import sys
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from gateway.app import create_app
from gateway.identity.bootstrap import bootstrap
from gateway.identity.roles import ROLES
from gateway.identity.service import IDENTITY, identity_dispatcher
from gateway.settings import GatewaySettings
from gateway.wsgi import serve
from services.commands.client import Client, Login
from services.commands.demo import DEMO, load_demo
from services.commands.installation import DOMAINS, every_service
from shared.runtime.dispatch import Dispatcher
from shared.runtime.embedded import EmbeddedRuntime
from shared.runtime.garbage import collect_rarely
from shared.runtime.installation import open_databases
from shared.storage.database import Database
from shared.telemetry import logs

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


@contextmanager
def running(folder: Path, port: int = 0) -> Iterator[Running]:
    """The embedded company of `folder` while the context lasts; port 0 takes a free one."""
    databases = open_databases(every_service(), folder)
    try:
        identity = opened_identity(databases[IDENTITY.name])
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
        close(databases)


def opened_identity(database: Database) -> Dispatcher:
    """Who knows the people, the first logins among them."""
    identity = identity_dispatcher(database)
    bootstrap(identity, DEMO, dict.fromkeys(ROLES, PASSWORD))
    return identity


def close(databases: Mapping[str, Database]) -> None:
    """Let go of the files."""
    for database in databases.values():
        database.engine.dispose()


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

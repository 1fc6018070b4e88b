"""`huotong up-local`: the distributed company as processes of this machine, RabbitMQ and PostgreSQL included.

The servers are private ones, with their data below `var/local`, where the next start finds it. Each process logs to
a file of its own there.
"""

import argparse
import socket
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Mapping, Sequence
from pathlib import Path

from deploy.local.processes import LOOPBACK, ServerFailed, free_port
from deploy.local.servers import Installation, PrivateServers, lasting_folder
from deploy.services import SERVICES
from gateway.identity.bootstrap import bootstrap
from gateway.identity.roles import ROLES
from gateway.identity.service import IDENTITY, identity_dispatcher
from services.commands.client import Client, Login
from services.commands.demo import DEMO, load_demo
from services.commands.installation import every_service
from services.commands.processes import PROJECT, Program, Supervisor, huotong
from shared.runtime.rabbit.topology import declare, topology_of
from shared.runtime.registry import Service
from shared.storage.database import Database
from shared.storage.engine import open_engine
from shared.storage.migrations import migrate
from shared.telemetry import logs

GATEWAY = "gateway"
PASSWORD = "huotong-demo"  # noqa: S105 - the demo company's, on loopback only, and printed at the start
READY_SECONDS = 90.0
_LOOK_SECONDS = 0.1


class PortTaken(Exception):
    """Another program listens where the gateway should: its answers would pass for ours."""


class NotReady(Exception):
    """The company did not come up in time; the message holds what its gateway said last."""


def main(arguments: Sequence[str]) -> int:
    """Run until Ctrl-C or SIGTERM."""
    parser = argparse.ArgumentParser(prog="huotong up-local", description=__doc__)
    parser.add_argument("--port", type=int, default=8000, help="where the gateway listens (8000)")
    parser.add_argument("--processes", type=int, default=1, help="processes per service (1)")
    parser.add_argument("--no-demo", action="store_true", help="leave the company empty")
    given = parser.parse_args(arguments)
    logs.configure("WARNING")
    try:
        require_free(given.port)
        with PrivateServers(lasting_folder(PROJECT)) as servers:
            return run_on(servers, given.port, given.processes, demo=not given.no_demo)
    except (ServerFailed, PortTaken, NotReady) as error:
        print(f"cannot start: {error}", file=sys.stderr)
        return 1


def require_free(port: int) -> None:
    """Raise PortTaken where something listens on this port of the loopback address."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((LOOPBACK, port))
        except OSError as error:
            raise PortTaken(f"port {port} cannot be listened on ({error.strerror}); name another by PORT=") from error


def run_on(servers: PrivateServers, port: int, processes: int = 1, *, demo: bool = True) -> int:
    """Prepare and run the company on these servers until told to stop; its exit code."""
    installation = servers.install(SERVICES)
    prepare(installation, every_service())
    supervisor = Supervisor(list(programs(installation, servers.folder / "logs", port, processes)))
    supervisor.stop_on_signals()
    supervisor.start()
    try:
        url = f"http://localhost:{port}"
        wait_ready(url, supervisor)
        if not supervisor.stopping.is_set():
            if demo:
                load_demo(Client.log_in(url, Login("system", PASSWORD, DEMO.code)))
            print(welcome(url, servers.folder), flush=True)
            supervisor.watch()
    finally:
        ended_well = supervisor.stop()
    return 0 if ended_well else 1


def prepare(installation: Installation, services: Sequence[Service]) -> None:
    """Bring databases and broker to what the services need, and identity to its first logins."""
    for service in services:
        engine = open_engine(_database_url(installation, service))
        migrate(service, engine)
        if service is IDENTITY:
            bootstrap(identity_dispatcher(Database(engine)), DEMO, dict.fromkeys(ROLES, PASSWORD))
        engine.dispose()
    declare(installation.broker_admin_url, topology_of(services))


def programs(installation: Installation, folder: Path, port: int, processes: int = 1) -> Sequence[Program]:
    """The processes of the company; the gateway last, so that it stops first."""
    folder.mkdir(parents=True, exist_ok=True)
    several = [name for name in installation.services if name != GATEWAY for _ in range(processes)]
    return [
        Program(
            f"{name} {number}",
            huotong("run", name),
            _settings(installation, name, port),
            folder / f"{name}-{number}.log",
        )
        for number, name in enumerate([*several, GATEWAY], start=1)
    ]


def _settings(installation: Installation, name: str, port: int) -> Mapping[str, str]:
    access = installation.services[name]
    return {
        "HUOTONG_DATABASE_URL": access.database_url,
        "HUOTONG_BROKER_URL": access.broker_url,
        "HUOTONG_METRICS_PORT": str(free_port()),
        "HUOTONG_HTTP_ADDRESS": f"{LOOPBACK}:{port}",
    }


def _database_url(installation: Installation, service: Service) -> str:
    return installation.services[GATEWAY if service is IDENTITY else service.name].database_url


def wait_ready(url: str, supervisor: Supervisor) -> None:
    """Wait until the gateway says that every part is ready, or we are told to stop; raises NotReady."""
    until = time.monotonic() + READY_SECONDS
    said = "nothing"
    while not supervisor.stopping.wait(_LOOK_SECONDS):
        try:
            with urllib.request.urlopen(f"{url}/readyz", timeout=5):  # noqa: S310 - our own gateway
                return
        except urllib.error.HTTPError as error:
            with error:
                said = error.read().decode(errors="replace")
        except OSError as error:
            said = str(error)
        if time.monotonic() > until:
            raise NotReady(f"{url} is not ready after {READY_SECONDS:g} s and says: {said}")


def welcome(url: str, folder: Path) -> str:
    """What a newcomer needs to know."""
    logins = "\n".join(f"  {role:<22} {PASSWORD}" for role in sorted(ROLES))
    return (
        f"Huotong runs on {url}   API docs: {url}/docs   Ctrl-C stops it\n"
        f"Data and logs: {folder}\n\n"
        f"Demo company {DEMO.code}; sign in with a role and its password:\n{logins}"
    )

"""A gateway to a running company, on either runtime."""

import secrets
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from deploy.local.processes import free_port
from deploy.local.servers import Installation, PrivateServers
from deploy.services import SERVICES
from services.commands import local
from services.commands.client import Client, Login
from services.commands.demo import DEMO
from services.commands.embedded import running
from services.commands.installation import every_service
from services.commands.processes import Program, Supervisor


@dataclass(frozen=True)
class Gateway:
    """Where it is, and who administers it."""

    url: str
    admin: Login

    def enter(self, company: str | None) -> Client:
        """The administrator in a company, or in the first one."""
        return Client.log_in(self.url, Login(self.admin.login, self.admin.password, company or self.admin.company))

    def ready(self) -> bool:
        """Whether it says that every part is there."""
        try:
            with urllib.request.urlopen(f"{self.url}/readyz", timeout=5):
                return True
        except OSError:
            return False


@contextmanager
def embedded(folder: Path) -> Iterator[Gateway]:
    """Everything in this process, on SQLite."""
    with running(folder) as company:
        yield Gateway(company.url, company.admin)


@dataclass(frozen=True)
class Stack:
    """A company as processes of its own, where its data is, and who looks after it."""

    gateway: Gateway
    supervisor: Supervisor
    installation: Installation
    logs: Path

    def until(
        self, done: Callable[[], bool], what: str, seconds: float, pause: Callable[[float], object] = time.sleep
    ) -> None:
        """Keep the processes running until something is so; fails where it is not in time."""
        end = time.monotonic() + seconds
        while not done():
            assert time.monotonic() < end, f"{what} did not happen in {seconds:g} s"
            self.supervisor.look()
            pause(0.05)


def unchanged(program: Program) -> Program:
    """A program as it is."""
    return program


@contextmanager
def stack(
    servers: PrivateServers, folder: Path, processes: int = 1, dress: Callable[[Program], Program] = unchanged
) -> Iterator[Stack]:
    """Every service (`processes` times) and the gateway as processes of their own, each as `dress` has it."""
    installation = servers.install(SERVICES, name=f"flows_{secrets.token_hex(4)}")
    local.prepare(installation, every_service())
    port = free_port()
    supervisor = Supervisor([dress(each) for each in local.programs(installation, folder / "logs", port, processes)])
    supervisor.start()
    try:
        url = f"http://localhost:{port}"
        local.wait_ready(url, supervisor)
        yield Stack(Gateway(url, Login("admin", local.PASSWORD, DEMO.code)), supervisor, installation, folder / "logs")
    finally:
        supervisor.stop()
        servers.remove(installation)


@contextmanager
def distributed(servers: PrivateServers, folder: Path) -> Iterator[Gateway]:
    """The gateway of a stack that nothing happens to."""
    with stack(servers, folder) as running:
        yield running.gateway

"""The embedded company for one who lives it alone, step by step: in this process, or in this one and a second."""

import signal
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from multiprocessing import get_context
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any, Protocol

from flask import Flask

from gateway.app import create_app
from gateway.identity.service import IDENTITY
from services.commands.client import Client, Login
from services.commands.demo import DEMO
from services.commands.embedded import PASSWORD, UNLIMITED, close, opened_identity
from services.commands.in_process import InProcess
from services.commands.installation import DOMAINS
from services.commands.living.rest import Restless
from shared.runtime.annex import Annexed, Wire, keep
from shared.runtime.embedded import EmbeddedRuntime
from shared.runtime.garbage import rarely_collecting
from shared.runtime.installation import open_databases
from shared.runtime.registry import Service
from shared.storage.database import Database

ANNEX = frozenset({"finance", "logistics", "purchasing", "sales"})
"""The services that the second of two processes keeps; inventory and the gateway have as much to do."""
_ENDING_SECONDS = 30.0


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
        identity = opened_identity(databases[IDENTITY.name])
        with _beside(folder, here, databases) if processes > 1 else _alone(here, databases) as runtime:
            contracts = [service.contract for service in DOMAINS]
            app = create_app(runtime, identity, contracts, UNLIMITED, sleep=lambda _: runtime.settle())
            yield Stepping(runtime, app, processes)
    finally:
        close(databases)


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
    try:
        own = {service.name: databases[service.name] for service in here}
        runtime = EmbeddedRuntime(here, own, elsewhere=_annexed(), neighbour=wire)
        yield Annexed(runtime, wire, ANNEX)
    finally:
        wire.end()
        annex.join(_ENDING_SECONDS)
        annex.kill()
        annex.join()
        ours.close()


def keep_annex(connection: "Connection[Any, Any]", folder: Path) -> None:
    """Be the second process of a company in two."""
    databases = open_databases(_annexed(), folder)
    try:
        with rarely_collecting():
            wire = Wire(connection)
            others = [service for service in DOMAINS if service.name not in ANNEX]
            keep(EmbeddedRuntime(_annexed(), databases, elsewhere=others, neighbour=wire), wire)
    finally:
        close(databases)


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

"""The gateway as a nameko service: its Flask app under eventlet's server, calling the services through RabbitMQ."""

import logging
import os
import time
from collections.abc import Iterable
from functools import partial
from typing import Any

import eventlet
from flask import Flask
from nameko.extensions import DependencyProvider

from gateway.app import create_app
from gateway.green_http import serve_green
from gateway.identity.service import identity_dispatcher
from gateway.local import LocalFirst
from gateway.settings import GatewaySettings
from shared.contracts.operations import Contract
from shared.runtime.rabbit.housekeeping import check_database
from shared.runtime.rabbit.observe import start_observing
from shared.runtime.rabbit.process import NeverReady, check_broker, run_container, wait_for
from shared.runtime.rabbit.rpc import RabbitPort
from shared.runtime.rabbit.settings import Settings
from shared.storage.database import Database
from shared.storage.engine import open_engine
from shared.telemetry.logs import configure

log = logging.getLogger(__name__)
NAME = "gateway"
_STOP_SECONDS = 20
_DATABASE_CONNECTIONS = 20


class Site(DependencyProvider):  # type: ignore[misc] # nameko has no types
    """Serves the app while the container lives, and the port with it."""

    def __init__(self, app: Flask, port: RabbitPort, address: str) -> None:
        self._app, self._port, self._address = app, port, address
        self._server: Any = None

    def start(self) -> None:
        """Connect to the broker and listen."""
        self._port.start()
        host, _, number = self._address.rpartition(":")
        # Several gateway processes of one machine may share the address when they are told to.
        shared = bool(os.environ.get("HUOTONG_SHARED_ADDRESS"))
        socket = eventlet.listen((host, int(number)), backlog=512, reuse_port=shared)
        socket.settimeout(None)
        self._server = eventlet.spawn(serve_green, socket, self._app)

    def stop(self) -> None:
        """Accept no more, finish the requests under way, then leave the broker."""
        with eventlet.Timeout(_STOP_SECONDS, False):  # noqa: FBT003 - eventlet's way to say "do not raise"
            # The server ends its idle connections and waits for the others when it is told to exit.
            eventlet.kill(self._server, SystemExit)
            self._server.wait()
        self._port.stop()


def run_gateway(contracts: Iterable[Contract], settings: Settings, options: GatewaySettings | None = None) -> int:
    """Run a gateway process until it is told to stop; its exit code, 1 when it never became ready."""
    configure(settings.log_level)
    mounted = list(contracts)
    database = Database(open_engine(settings.database_url, pool_size=_DATABASE_CONNECTIONS))
    identity = identity_dispatcher(database)
    port = RabbitPort(settings.broker_url, [contract.service for contract in mounted])
    if settings.metrics_port is not None:
        readiness = LocalFirst(port, identity, lambda: None).readiness
        start_observing(settings.metrics_address, settings.metrics_port, readiness)
    until = time.monotonic() + settings.start_seconds
    try:
        wait_for("database", partial(check_database, database), until)
        wait_for("broker", partial(check_broker, settings.broker_url), until)
    except NeverReady as error:
        log.error("never became ready", extra={"service": NAME, "fault": str(error)})  # noqa: TRY400
        return 1
    options = options or GatewaySettings.from_environment()
    site = Site(create_app(port, identity, mounted, options), port, settings.http_address)
    return run_container(type("Gateway", (), {"name": NAME, "site": site}), {"max_workers": settings.workers})

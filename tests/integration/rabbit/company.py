"""A toy company on real servers: its processes, a port to call them by, and looks into its databases and queues."""

import os
import signal
import subprocess
import sys
import time
import uuid
import warnings
from collections.abc import Callable, Mapping
from datetime import date
from pathlib import Path
from typing import Any

from amqp import Message
from sqlalchemy import create_engine, text
from sqlalchemy.pool import NullPool

from deploy.local.processes import free_port
from deploy.local.servers import Installation
from shared.runtime.cloudevents import CONTENT_TYPE
from shared.runtime.context import Context
from shared.runtime.port import Call, Reply
from shared.runtime.rabbit.link import connect
from shared.runtime.rabbit.rpc import RabbitPort
from shared.runtime.rabbit.topology import declare, topology_of
from shared.storage.backbone import BACKBONE
from tests.integration.rabbit.toys import SERVICES

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # eventlet says that it is in maintenance only
    from nameko.standalone.rpc import ServiceRpcProxy

PROJECT = Path(__file__).parents[3]
CONTEXT = Context(
    company="ACME", currency="CNY", business_date=date(2026, 1, 5), actor="ann", request_id="r1", correlation="c1"
)
SECONDS = 30.0


def eventually(condition: Callable[[], Any], seconds: float = SECONDS) -> Any:
    """The first true value of the condition; fails when there is none in time."""
    until = time.monotonic() + seconds
    while not (found := condition()):
        assert time.monotonic() < until, f"not so within {seconds:g} s: {condition()!r}"
        time.sleep(0.02)
    return found


class Company:
    """The toy company of one test."""

    def __init__(self, installation: Installation, folder: Path) -> None:
        self.installation, self.folder = installation, folder
        self.processes: list[subprocess.Popen[bytes]] = []
        self.ports: list[RabbitPort] = []
        for name, service in SERVICES.items():
            engine = create_engine(installation.services[name].database_url, poolclass=NullPool)
            BACKBONE.create_all(engine)
            service.metadata.create_all(engine)
        declare(installation.broker_admin_url, topology_of(SERVICES.values()))

    def start(self, name: str, *, flag: Path | None = None, **settings: str) -> subprocess.Popen[bytes]:
        """Start a process of a service, without waiting for it."""
        module = "toy_gateway" if name == "gateway" else "toy_process"
        access = self.installation.services[name]
        environment: Mapping[str, str] = {
            **os.environ,
            "HUOTONG_DATABASE_URL": access.database_url,
            "HUOTONG_BROKER_URL": access.broker_url,
            **settings,
        }
        command = [sys.executable, "-m", f"tests.integration.rabbit.{module}", name]
        with (self.folder / f"{name}.log").open("ab") as log:
            process = subprocess.Popen(
                [*command, *([str(flag)] if flag else [])], cwd=PROJECT, env=environment, stderr=log
            )
        self.processes.append(process)
        return process

    def port(self, **options: Any) -> RabbitPort:
        """A port as the gateway has one."""
        port = RabbitPort(self.installation.services["gateway"].broker_url, SERVICES, **options)
        port.start()
        self.ports.append(port)
        assert port.wait_ready(SECONDS)
        return port

    def open(self) -> RabbitPort:
        """Start one process of each, and wait until both take calls."""
        self.start("mill")
        self.start("bakery")
        port = self.port()
        eventually(lambda: set(port.readiness().values()) == {"ready"})
        return port

    def close(self) -> None:
        """Stop everything."""
        for port in self.ports:
            port.stop()
        for process in self.processes:
            process.send_signal(signal.SIGTERM)
        for process in self.processes:
            try:
                process.wait(timeout=15)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()

    def rows(self, service: str, statement: str) -> list[tuple[Any, ...]]:
        """What a query finds in a service's database."""
        engine = create_engine(self.installation.services[service].database_url, poolclass=NullPool)
        with engine.begin() as connection:
            result = connection.execute(text(statement))
            return [tuple(row) for row in result] if result.returns_rows else []

    def count(self, service: str, table: str) -> int:
        """How many rows a table (or `table WHERE …`) has."""
        return int(self.rows(service, f"SELECT count(*) FROM {table}")[0][0])

    def depth(self, queue: str) -> int:
        """How many messages wait in a queue."""
        with connect(self.installation.broker_admin_url, "test") as connection, connection.channel() as channel:
            return int(channel.queue_declare(queue, passive=True).message_count)

    def hand_back(self, queue: str) -> bool:
        """Take a message of a queue and give it back, as a process does that dies with it; whether there was one."""
        with connect(self.installation.broker_admin_url, "test") as connection, connection.channel() as channel:
            message = channel.basic_get(queue)
            if message is not None:
                channel.basic_reject(message.delivery_tag, requeue=True)
            return message is not None

    def bind(self, queue: str, routing_key: str, *, bound: bool) -> None:
        """Bind a queue to the mill's events, or take the binding away."""
        with connect(self.installation.broker_admin_url, "test") as connection, connection.channel() as channel:
            (channel.queue_bind if bound else channel.queue_unbind)(queue, "mill.events", routing_key)

    def publish(self, body: bytes, routing_key: str, exchange: str = "mill.events") -> None:
        """Put a message on an exchange as it is."""
        with connect(self.installation.broker_admin_url, "test") as connection, connection.channel() as channel:
            channel.confirm_select()
            message = Message(body, content_type=CONTENT_TYPE, delivery_mode=2)
            channel.basic_publish_confirm(message, exchange, routing_key)

    def log(self, name: str) -> str:
        """What a service's processes have logged."""
        return (self.folder / f"{name}.log").read_text()


def call(operation: str, key: str | None = None, **payload: Any) -> Call:
    """A call of ann at ACME."""
    return Call(operation=operation, payload=payload, context=CONTEXT, key=key or str(uuid.uuid4()))


def sacks(reply: Reply) -> list[str]:
    """The sacks of a `grind` that worked."""
    assert reply.body, reply
    found: list[str] = reply.body["sacks"]
    return found


def nameko_proxy(company: Company) -> Any:
    """Nameko's own proxy of the mill, as `nameko shell` uses it."""
    config = {"AMQP_URI": company.installation.services["gateway"].broker_url}
    return ServiceRpcProxy("mill", config, timeout=SECONDS)


__all__ = ["Company", "call", "eventually", "free_port", "nameko_proxy", "sacks"]

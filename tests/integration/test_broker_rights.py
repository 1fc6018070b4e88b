"""A service's broker login does its own work and nothing else, on private servers and by what Compose grants.

`sales` is taken for the one that was broken into: what its login tries, RabbitMQ has to refuse.
"""

import base64
import secrets
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import pytest
from amqp import Message
from amqp.exceptions import AccessRefused, NotAllowed

from deploy.docker.passwords import variables
from deploy.local.processes import LOOPBACK
from deploy.local.servers import PrivateServers
from deploy.rabbitmq import write_definitions
from deploy.services import SERVICES
from services.commands.installation import every_service
from shared.runtime.rabbit.link import connect
from shared.runtime.rabbit.topology import declare, topology_of

RPC, REPLY = "nameko-rpc", "4f1c2b3a-0000-4000-8000-000000000000"
THEIRS = "finance.on.sales.order_placed"
OWN = "sales.on.finance.credit_approved"


@dataclass(frozen=True)
class Broker:
    """A broker with an installation's topology, and the URL of each user."""

    servers: PrivateServers
    vhost: str
    urls: dict[str, str]

    @contextmanager
    def channel(self, user: str = "sales") -> Iterator[Any]:
        with connect(self.urls[user], "test") as connection:
            yield connection.channel()

    def depth(self, queue: str) -> int:
        with self.channel("admin") as channel:
            return int(channel.queue_declare(queue, passive=True).message_count)


@pytest.fixture(scope="module", params=["private servers", "compose"])
def broker(request: pytest.FixtureRequest, servers: PrivateServers) -> Iterator[Broker]:
    grant = _private if request.param == "private servers" else _composed
    granted = grant(servers)
    declare(granted.urls["admin"], topology_of(every_service()))
    yield granted
    servers.broker.drop_vhost_and_users(granted.vhost, SERVICES)


def _private(servers: PrivateServers) -> Broker:
    name = f"rights_{secrets.token_hex(4)}"
    return Broker(
        servers, name, {**servers.create_service_users(SERVICES, name), "admin": servers.broker.admin_url(name)}
    )


def _composed(servers: PrivateServers) -> Broker:
    """The very definitions that Compose has the broker load."""
    passwords = {name: f"{name}-secret" for name in variables()}
    passwords["HUOTONG_BROKER_ADMIN_PASSWORD"] = servers.broker.password
    servers.broker.import_definitions(write_definitions.from_environment(passwords))
    vhost = write_definitions.VHOST
    urls = {
        name: servers.broker.url(f"{vhost}.{name}", passwords[f"HUOTONG_{name.upper()}_BROKER_PASSWORD"], vhost)
        for name in SERVICES
    }
    return Broker(servers, vhost, {**urls, "admin": servers.broker.admin_url(vhost)})


def publish(exchange: str, key: str) -> Callable[[Any], None]:
    """Publishing, waited for until the broker has judged it."""

    def attempt(channel: Any) -> None:
        channel.confirm_select()
        channel.basic_publish_confirm(Message(b"{}", delivery_mode=2), exchange, key)

    return attempt


def queue(name: str, **arguments: object) -> Callable[[Any], None]:
    return lambda channel: channel.queue_declare(name, durable=True, auto_delete=False, arguments=arguments)


def exchange(name: str, **arguments: object) -> Callable[[Any], None]:
    return lambda channel: channel.exchange_declare(name, "topic", durable=True, auto_delete=False, arguments=arguments)


def bind(queue_: str, exchange_: str, key: str) -> Callable[[Any], None]:
    return lambda channel: channel.queue_bind(queue_, exchange_, key)


REFUSED: dict[str, Callable[[Any], Any]] = {
    "tell another's facts": publish("finance.events", "credit_approved.v1"),
    "call a service in anyone's name": publish(RPC, "inventory.adjust_stock"),
    "call itself": publish(RPC, "sales.place_order"),
    "put into any queue": publish("", THEIRS),
    "put into another's retries": publish("finance.retry.50", THEIRS),
    "put into another's dead letters": publish("finance.dead", ""),
    "publish on the broker's own exchange": publish("amq.topic", "x"),
    "take another's events": lambda channel: channel.basic_get(THEIRS),
    "take another's calls": lambda channel: channel.basic_get("rpc-finance"),
    "take another's dead letters": lambda channel: channel.basic_get("finance.dead"),
    "take another's stream": lambda channel: channel.basic_consume("finance.stream"),
    "read everyone's calls": bind(OWN, RPC, "#"),
    "read another's calls": bind(OWN, RPC, "inventory.*"),
    "read the gateway's answers": bind(OWN, RPC, REPLY),
    "hear another's dead letters": bind(OWN, "finance.dead", ""),
    "feed another's queue from its own exchange": bind(THEIRS, "sales.events", "#"),
    "unbind another's queue": lambda channel: channel.queue_unbind(THEIRS, "sales.events", "order_placed.v1"),
    "feed another's exchange": lambda channel: channel.exchange_bind("finance.events", "sales.events", "#"),
    "declare a queue of another's name": queue("finance.on.sales.order_cancelled"),
    "declare a queue of no one's name": queue("spy"),
    "declare a queue for replies": queue(f"rpc.reply-gateway-{REPLY}"),
    "declare an exchange of another's name": exchange("finance.more"),
    "let a queue die into any queue": queue("sales.on.trap", **{"x-dead-letter-exchange": ""}),
    "let a queue die into another's exchange": queue("sales.on.trap", **{"x-dead-letter-exchange": "finance.events"}),
    "let what is unroutable go to another": exchange("sales.retry.trap", **{"alternate-exchange": "finance.events"}),
    "delete another's queue": lambda channel: channel.queue_delete(THEIRS),
    "purge another's queue": lambda channel: channel.queue_purge(THEIRS),
    "delete another's exchange": lambda channel: channel.exchange_delete("finance.events"),
    "delete the exchange of calls": lambda channel: channel.exchange_delete(RPC),
}  # fmt: skip
ALLOWED: dict[str, Callable[[Any], Any]] = {
    "tell its own facts": publish("sales.events", "order_placed.v1"),
    "put off its own events": publish("sales.retry.50", OWN),
    "take its own events": lambda channel: channel.basic_get(OWN),
    "take its own calls": lambda channel: channel.basic_get("rpc-sales"),
    "take its own dead letters": lambda channel: channel.basic_get("sales.dead"),
    "answer a call": publish(RPC, REPLY),
    "hear another's facts": bind("sales.on.finance.credit_held", "finance.events", "credit_held.v1"),
    "hear its own calls": bind("rpc-sales", RPC, "sales.*"),
}  # fmt: skip


@pytest.mark.parametrize("attempt", REFUSED)
def test_a_service_may_not(broker: Broker, attempt: str):
    with broker.channel() as channel, pytest.raises(AccessRefused):
        REFUSED[attempt](channel)


@pytest.mark.parametrize("attempt", ALLOWED)
def test_a_service_may(broker: Broker, attempt: str):
    with broker.channel() as channel:
        ALLOWED[attempt](channel)


def test_what_is_put_off_comes_back_to_its_own_service_only(broker: Broker):
    """The broker itself moves what has waited: it must not carry it past the rights of who put it there."""
    with broker.channel("admin") as channel:
        for each in (OWN, THEIRS, "rpc-finance"):
            channel.queue_purge(each)
    with broker.channel() as channel:
        for key in (THEIRS, "rpc-finance", OWN):
            publish("sales.retry.50", key)(channel)
    until = time.monotonic() + 20
    while broker.depth(OWN) == 0:
        assert time.monotonic() < until, "what was put off does not come back"
    assert (broker.depth(OWN), broker.depth(THEIRS), broker.depth("rpc-finance")) == (1, 0, 0)


def test_the_gateway_calls_services_but_tells_no_facts(broker: Broker):
    with broker.channel("gateway") as channel:
        queue(f"rpc.reply-gateway-{REPLY}", **{"x-expires": 1000})(channel)
        bind(f"rpc.reply-gateway-{REPLY}", RPC, REPLY)(channel)
        publish(RPC, "sales.get_order")(channel)
    with broker.channel("sales") as channel:
        channel.queue_purge("rpc-sales")
    for attempt in (publish("sales.events", "order_placed.v1"), publish("", THEIRS), bind(OWN, RPC, "sales.*")):
        with broker.channel("gateway") as channel, pytest.raises(AccessRefused):
            attempt(channel)


@pytest.mark.parametrize("user", SERVICES)
def test_no_login_enters_another_installation_or_the_management(broker: Broker, user: str):
    server, _, _ = broker.urls[user].rpartition("/")
    with pytest.raises(NotAllowed), connect(f"{server}/%2F", "test"):
        pass
    login, _, _ = server.removeprefix("amqp://").partition("@")
    for path in ("whoami", "overview", "users", "definitions", f"queues/{broker.vhost}"):
        request = urllib.request.Request(f"http://{LOOPBACK}:{broker.servers.broker.api_port}/api/{path}")
        request.add_header("Authorization", f"Basic {base64.b64encode(login.encode()).decode()}")
        with pytest.raises(urllib.error.HTTPError, match="401"):
            urllib.request.urlopen(request, timeout=10)

"""The network between a process and a server is slow, cut or half open: others go on, and all goes on afterwards."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from itertools import product

import pytest

from deploy.local.servers import PrivateServers
from deploy.services import SERVICES
from services.commands.processes import Program
from tests.faults.conftest import Try
from tests.faults.proxy import Network, Proxy
from tests.faults.sizes import FULL, HALF_OPEN_SECONDS, LASTING_SECONDS
from tests.faults.stage import Stage, staged

pytestmark = [pytest.mark.servers, pytest.mark.full]
Between = tuple[str, str]
BROKER, DATABASE = "broker", "database"
_ADDRESS = {BROKER: "HUOTONG_BROKER_URL", DATABASE: "HUOTONG_DATABASE_URL"}
_LONG: list[Between] = [("gateway", BROKER), ("gateway", DATABASE), ("inventory", BROKER), ("inventory", DATABASE)]
"""What a half open connection, which takes a minute to be noticed, is tried between."""
_SHORT: list[Between] = list(product(SERVICES, _ADDRESS)) if FULL else _LONG


@pytest.fixture(scope="module")
def network(servers: PrivateServers) -> Iterator[Mapping[Between, Proxy]]:
    """A proxy for every pair of a process and a server."""
    ports = {BROKER: servers.broker.port, DATABASE: servers.database.port}
    proxies = {(service, server): Proxy(port) for service in SERVICES for server, port in ports.items()}
    yield proxies
    for proxy in proxies.values():
        proxy.close()


@pytest.fixture(scope="module")
def stage(
    servers: PrivateServers, network: Mapping[Between, Proxy], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Stage]:
    """A company whose processes reach their servers through proxies."""

    def proxied(service: str, program: Program) -> Program:
        ports = {BROKER: servers.broker.port, DATABASE: servers.database.port}
        through = {
            _ADDRESS[server]: program.settings[_ADDRESS[server]].replace(
                f":{port}/", f":{network[service, server].port}/"
            )
            for server, port in ports.items()
        }
        return replace(program, settings={**program.settings, **through})

    with staged(servers, tmp_path_factory.mktemp("stage"), proxied) as running:
        yield running


def tried(attempt: Try, proxy: Proxy, between: Between, state: Network, seconds: float) -> None:
    with attempt(f"network {' – '.join(between)} {state.value} for {seconds:g} s") as trial:
        proxy.network = state
        try:
            trial.last(seconds)
        finally:
            proxy.network = Network.WELL
        trial.has_recovered()


@pytest.mark.parametrize("state", [Network.SLOW, Network.CUT], ids=lambda state: state.name.lower())
@pytest.mark.parametrize("between", _SHORT, ids="-".join)
def test_the_network_is_slow_or_cut(between: Between, state: Network, attempt: Try, network: Mapping[Between, Proxy]):
    tried(attempt, network[between], between, state, LASTING_SECONDS / 2)


@pytest.mark.parametrize("between", _LONG, ids="-".join)
def test_the_network_is_half_open(between: Between, attempt: Try, network: Mapping[Between, Proxy]):
    tried(attempt, network[between], between, Network.HALF_OPEN, HALF_OPEN_SECONDS)

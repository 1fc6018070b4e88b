"""The job by which Compose makes the databases keeps services apart, and may run again and again."""

from collections.abc import Iterator

import psycopg2
import pytest

from deploy.docker.passwords import variables
from deploy.local.postgresql import ADMIN
from deploy.local.processes import LOOPBACK
from deploy.local.servers import PrivateServers
from deploy.postgres.make_databases import make_databases
from deploy.services import SERVICES

PASSWORDS = {name: f"secret of '{name}'" for name in variables()}


@pytest.fixture
def port(servers: PrivateServers) -> Iterator[int]:
    make_databases(environment(servers))
    yield servers.database.port
    for service in SERVICES:
        servers.database.drop_login_and_database(f"huotong_{service}")


def environment(servers: PrivateServers, **others: str) -> dict[str, str]:
    administrator = servers.database.url(ADMIN, servers.database.password, "postgres").replace("+psycopg2", "")
    return {"HUOTONG_DATABASE_ADMIN_URL": administrator, **PASSWORDS, **others}


def enter(port: int, service: str, database: str, password: str | None = None) -> None:
    psycopg2.connect(
        host=LOOPBACK,
        port=port,
        user=f"huotong_{service}",
        password=password or PASSWORDS[f"HUOTONG_{service.upper()}_DATABASE_PASSWORD"],
        dbname=database,
    ).close()


def test_each_service_enters_its_own_database_and_no_other(port: int):
    for service in SERVICES:
        enter(port, service, f"huotong_{service}")
        for other in {*SERVICES} - {service}:
            with pytest.raises(psycopg2.OperationalError, match="does not have CONNECT privilege"):
                enter(port, service, f"huotong_{other}")


def test_made_again_what_is_there_stays_and_a_new_password_holds(servers: PrivateServers, port: int):
    make_databases(environment(servers, HUOTONG_SALES_DATABASE_PASSWORD="another"))
    enter(port, "sales", "huotong_sales", "another")
    enter(port, "finance", "huotong_finance")
    with pytest.raises(psycopg2.OperationalError, match="password authentication failed"):
        enter(port, "sales", "huotong_sales")


def test_a_setting_that_is_missing_is_named_before_anything_is_made(servers: PrivateServers):
    incomplete = {name: value for name, value in environment(servers).items() if "FINANCE" not in name}
    with pytest.raises(KeyError, match="HUOTONG_FINANCE_DATABASE_PASSWORD"):
        make_databases(incomplete)
    with pytest.raises(psycopg2.OperationalError, match="password authentication failed"):
        enter(servers.database.port, "sales", "huotong_sales")

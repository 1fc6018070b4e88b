"""A service's database login works in its own database alone, on private servers and by what Compose makes.

`sales` is taken for the one that was broken into: what its login tries, PostgreSQL has to refuse.
"""

import secrets
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from typing import Any

import psycopg2
import pytest
from psycopg2 import errors
from sqlalchemy.engine import make_url

from deploy.docker.passwords import variables
from deploy.local.postgresql import ADMIN
from deploy.local.processes import LOOPBACK
from deploy.local.servers import PrivateServers
from deploy.postgres.make_databases import make_databases
from deploy.services import SERVICES

REFUSED = (
    errors.InsufficientPrivilege,
    errors.UndefinedTable,
    errors.FeatureNotSupported,
    errors.InvalidGrantOperation,
)


@dataclass(frozen=True)
class Logins:
    """The logins of an installation, by service; a login and its database have one name."""

    port: int
    prefix: str
    passwords: dict[str, str]

    @contextmanager
    def cursor(self, service: str, database: str | None = None) -> Iterator[Any]:
        connection = psycopg2.connect(
            host=LOOPBACK, port=self.port, user=f"{self.prefix}_{service}", password=self.passwords[service],
            dbname=database or f"{self.prefix}_{service}",
        )  # fmt: skip
        with closing(connection):
            connection.autocommit = True
            with connection.cursor() as cursor:
                yield cursor


@pytest.fixture(scope="module", params=["private servers", "compose"])
def logins(request: pytest.FixtureRequest, servers: PrivateServers) -> Iterator[Logins]:
    made = _private(servers) if request.param == "private servers" else _composed(servers)
    for service in SERVICES:
        with made.cursor(service) as cursor:
            cursor.execute("CREATE TABLE ledger AS SELECT 'of ' || current_user AS secret")
    yield made
    for service in SERVICES:
        servers.database.drop_login_and_database(f"{made.prefix}_{service}")


def _private(servers: PrivateServers) -> Logins:
    prefix = f"rights_{secrets.token_hex(4)}"
    urls = servers.create_service_databases(SERVICES, prefix)
    return Logins(servers.database.port, prefix, {name: str(make_url(url).password) for name, url in urls.items()})


def _composed(servers: PrivateServers) -> Logins:
    """By the very job that Compose runs."""
    passwords = {name: f"secret of '{name}'" for name in variables()}
    administrator = servers.database.url(ADMIN, servers.database.password, "postgres").replace("+psycopg2", "")
    make_databases({"HUOTONG_DATABASE_ADMIN_URL": administrator, **passwords})
    by_service = {name: passwords[f"HUOTONG_{name.upper()}_DATABASE_PASSWORD"] for name in SERVICES}
    return Logins(servers.database.port, "huotong", by_service)


def test_each_enters_its_own_database_and_no_other(logins: Logins):
    for service in SERVICES:
        with logins.cursor(service) as cursor:
            cursor.execute("SELECT secret FROM ledger")
            assert cursor.fetchall() == [(f"of {logins.prefix}_{service}",)]
        others = [f"{logins.prefix}_{other}" for other in SERVICES if other != service]
        for database in (*others, "postgres", "template1"):
            with (
                pytest.raises(psycopg2.OperationalError, match="does not have CONNECT privilege"),
                logins.cursor(service, database),
            ):
                pass


@pytest.mark.parametrize(
    "statement",
    [
        "SELECT * FROM {other}.public.ledger",
        "CREATE EXTENSION dblink",
        "CREATE EXTENSION postgres_fdw",
        "SET ROLE {other}",
        "SET SESSION AUTHORIZATION {other}",
        "GRANT {other} TO {own}",
        "ALTER ROLE {other} PASSWORD 'mine'",
        "ALTER ROLE {own} SUPERUSER",
        "ALTER ROLE {own} CREATEROLE",
        "CREATE ROLE another LOGIN",
        "CREATE DATABASE another",
        "DROP DATABASE {other}",
        "ALTER DATABASE {other} OWNER TO {own}",
        "GRANT CONNECT ON DATABASE {other} TO {own}",
        "ALTER SYSTEM SET log_statement = 'all'",
        "COPY ledger TO PROGRAM 'id'",
        "COPY ledger FROM '/etc/passwd'",
        "COPY ledger TO '/dev/null'",
        "SELECT pg_read_file('postgresql.conf')",
        "SELECT pg_ls_dir('.')",
        "SELECT lo_import('/etc/passwd')",
        "SELECT rolpassword FROM pg_authid",
        "SELECT passwd FROM pg_shadow",
        "SELECT pg_reload_conf()",
        "CREATE FUNCTION shell(text) RETURNS int AS '/lib/x86_64-linux-gnu/libc.so.6', 'system' LANGUAGE c",
    ],
)
def test_a_login_may_not(logins: Logins, statement: str):
    own, other = f"{logins.prefix}_sales", f"{logins.prefix}_finance"
    with logins.cursor("sales") as cursor, pytest.raises(REFUSED):
        cursor.execute(statement.format(own=own, other=other))


def test_it_neither_sees_nor_ends_what_others_are_doing(logins: Logins):
    with logins.cursor("finance") as finance, logins.cursor("sales") as sales:
        finance.execute("SELECT pg_backend_pid(), 'what finance asks'")
        (pid, _) = finance.fetchone()
        sales.execute("SELECT query FROM pg_stat_activity WHERE pid = %s", [pid])
        assert sales.fetchone() == ("<insufficient privilege>",)
        with pytest.raises(errors.InsufficientPrivilege):
            sales.execute("SELECT pg_terminate_backend(%s)", [pid])
        finance.execute("SELECT 1")


def test_the_password_of_another_does_not_open_its_door(logins: Logins):
    stolen = {**logins.passwords, "finance": logins.passwords["sales"]}
    with (
        pytest.raises(psycopg2.OperationalError, match="password authentication failed"),
        Logins(logins.port, logins.prefix, stolen).cursor("finance"),
    ):
        pass

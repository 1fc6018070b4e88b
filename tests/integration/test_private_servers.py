"""The private servers keep services apart, survive a crash with their data, and leave nothing behind."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg2
import pytest
from amqp.channel import Channel
from amqp.exceptions import AccessRefused, NotAllowed
from kombu.connection import Connection
from sqlalchemy import create_engine, text
from sqlalchemy.engine import make_url
from sqlalchemy.pool import NullPool

from deploy.local.processes import descendants, is_alive, wait_until
from deploy.local.servers import Installation, PrivateServers


@contextmanager
def channel(url: str) -> Iterator[Channel]:
    with Connection(url, connect_timeout=5) as connection:
        yield connection.channel()


def run_sql(url: str, statement: str) -> list[tuple[object, ...]]:
    engine = create_engine(url, poolclass=NullPool)
    with engine.begin() as connection:
        result = connection.execute(text(statement))
        return [tuple(row) for row in result] if result.returns_rows else []


def log_in(url: str, *, database: str) -> None:
    psycopg2.connect(make_url(url).set(drivername="postgresql", database=database).render_as_string(False)).close()


def test_each_service_works_in_a_database_of_its_own(installation: Installation):
    for access in installation.services.values():
        run_sql(access.database_url, "CREATE TABLE mine (id int)")
    owners = {run_sql(access.database_url, "SELECT current_user")[0][0] for access in installation.services.values()}
    assert owners == {f"{installation.name}_{service}" for service in installation.services}


@pytest.mark.parametrize("database", ["finance", "gateway"])
def test_the_login_of_sales_is_refused_by_the_database_of_another(installation: Installation, database: str):
    with pytest.raises(psycopg2.OperationalError, match="does not have CONNECT privilege"):
        log_in(installation.services["sales"].database_url, database=f"{installation.name}_{database}")


@pytest.mark.parametrize("database", ["postgres", "template1"])
def test_the_login_of_a_service_is_refused_by_the_common_databases(installation: Installation, database: str):
    with pytest.raises(psycopg2.OperationalError, match="does not have CONNECT privilege"):
        log_in(installation.services["sales"].database_url, database=database)


def test_a_wrong_password_is_refused(installation: Installation):
    url = make_url(installation.services["sales"].database_url).set(password="guess")
    with pytest.raises(psycopg2.OperationalError, match="password authentication failed"):
        log_in(url.render_as_string(False), database=f"{installation.name}_sales")


def test_a_service_publishes_to_its_exchange_and_another_hears_it(installation: Installation):
    with channel(installation.services["sales"].broker_url) as sales:
        sales.exchange_declare("sales.events", "topic", durable=True, auto_delete=False)
        with channel(installation.services["finance"].broker_url) as finance:
            queue = "finance.on.sales.order_placed"
            finance.queue_declare(queue, durable=True, auto_delete=False, arguments={"x-queue-type": "quorum"})
            finance.queue_bind(queue, "sales.events", "order_placed.v1")
            sales.basic_publish(sales.prepare_message(b"{}"), "sales.events", "order_placed.v1")
            assert wait_until(lambda: finance.basic_get(queue, no_ack=True) is not None, seconds=20)


def test_a_service_may_not_publish_as_another(installation: Installation):
    with channel(installation.services["finance"].broker_url) as finance:
        finance.exchange_declare("finance.events", "topic", durable=True, auto_delete=False)
    with channel(installation.services["sales"].broker_url) as sales:
        sales.basic_publish(sales.prepare_message(b"{}"), "finance.events", "credit_approved.v1")
        # Publishing waits for no answer; the refusal arrives with the next one.
        with pytest.raises(AccessRefused):
            sales.queue_declare("sales.on.nothing")


def test_a_service_may_not_declare_or_drain_the_queue_of_another(installation: Installation):
    queue = "finance.on.sales.order_placed"
    with channel(installation.services["finance"].broker_url) as finance:
        finance.queue_declare(queue, durable=True, auto_delete=False)
    with channel(installation.services["sales"].broker_url) as sales, pytest.raises(AccessRefused):
        sales.basic_get(queue)
    with channel(installation.services["sales"].broker_url) as sales, pytest.raises(AccessRefused):
        sales.queue_declare("finance.on.sales.order_cancelled")


def test_a_service_may_not_enter_another_installation(servers: PrivateServers, installation: Installation):
    elsewhere = servers.install(["sales"], name=f"{installation.name}_b")
    server, _, _ = installation.services["sales"].broker_url.rpartition("/")
    with pytest.raises(NotAllowed, match="refused for user"), channel(f"{server}/{elsewhere.name}"):
        pass
    servers.remove(elsewhere)


def test_installing_again_keeps_what_is_there(servers: PrivateServers, installation: Installation):
    run_sql(installation.services["sales"].database_url, "CREATE TABLE kept AS SELECT 1 AS id")
    again = servers.install(installation.services, name=installation.name)
    assert again == installation
    assert run_sql(again.services["sales"].database_url, "SELECT id FROM kept") == [(1,)]


def test_both_servers_come_back_from_a_crash_with_their_data(servers: PrivateServers, installation: Installation):
    sales = installation.services["sales"]
    run_sql(sales.database_url, "CREATE TABLE kept AS SELECT 1 AS id")
    with channel(sales.broker_url) as before:
        before.queue_declare("sales.on.kept", durable=True, auto_delete=False)
    servers.kill_database()
    servers.kill_broker()
    assert not servers.database.running
    assert not servers.broker.running
    servers.restart_database()
    servers.restart_broker()
    assert run_sql(sales.database_url, "SELECT id FROM kept") == [(1,)]
    with channel(sales.broker_url) as after:
        assert after.queue_declare("sales.on.kept", passive=True).queue == "sales.on.kept"


def test_nothing_stays_of_temporary_servers():
    with PrivateServers(durable=False) as temporary:
        pids = [temporary.database.pid, temporary.broker.pid]
        family = [*pids, *(child for pid in pids for child in descendants(pid))]
        folder = temporary.folder
    assert not folder.exists()
    assert wait_until(lambda: not any(is_alive(pid) for pid in family), seconds=20)


def test_lasting_servers_find_their_data_and_passwords_again():
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o711)
        data = Path(folder) / "local"
        with PrivateServers(data) as first:
            sales = first.install(["sales"]).services["sales"]
            run_sql(sales.database_url, "CREATE TABLE kept AS SELECT 1 AS id")
            with channel(sales.broker_url) as before:
                before.queue_declare("sales.on.kept", durable=True, auto_delete=False)
        with PrivateServers(data) as second:
            again = second.install(["sales"]).services["sales"]
            assert run_sql(again.database_url, "SELECT id FROM kept") == [(1,)]
            with channel(again.broker_url) as after:
                assert after.queue_declare("sales.on.kept", passive=True).queue == "sales.on.kept"

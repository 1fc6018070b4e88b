"""The database goes away, has no connection left, locks, or gives a transaction up: it costs time and nothing else."""

import threading
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager, suppress

import psycopg2
import pytest
from psycopg2.extensions import connection as Connection  # noqa: N812 - a class in fact

from shared.contracts import sales
from tests.faults.administrator import connected, one, transaction
from tests.faults.conftest import Try
from tests.faults.sizes import LASTING_SECONDS
from tests.faults.stage import Stage, Trial

pytestmark = [pytest.mark.servers, pytest.mark.full]
_CLIENTS = 60
"""At once, against the gateway's pool of 20."""
_LOCK = "SELECT 1 FROM stock_levels WHERE company = %s AND item_id = %s FOR UPDATE"
_WAITING = (
    "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND application_name = 'huotong' "
    "AND wait_event_type = 'Lock'"
)
_DEADLOCKS = "SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()"
_END_SOMEONES = (
    "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE application_name = 'huotong'"
)  # fmt: skip


def test_the_database_is_restarted(attempt: Try):
    with attempt("database restarted") as trial:
        trial.stage.servers.restart_database()
        trial.has_recovered()


def test_the_database_is_killed(attempt: Try):
    with attempt(f"database killed, away for {LASTING_SECONDS:g} s") as trial:
        trial.stage.servers.kill_database()
        trial.until(lambda: not trial.stage.stack.gateway.ready(), "the gateway saying so")
        trial.last(LASTING_SECONDS)
        trial.stage.servers.restart_database()
        trial.has_recovered()


def test_transactions_are_given_up_in_a_deadlock(attempt: Try):
    rounds = 3
    with attempt(f"database deadlocked {rounds} times") as trial:
        before = deadlocks(trial.stage)
        for _ in range(rounds):
            deadlock(trial)
        # A backend tells the statistics of its deadlock when it ends its transaction, or a little later.
        trial.until(lambda: deadlocks(trial.stage) >= before + rounds, "the deadlocks in the statistics")
        trial.has_recovered()


def deadlocks(stage: Stage) -> int:
    with transaction(stage, "inventory") as statements:
        return int(str(one(statements, _DEADLOCKS)))


def deadlock(trial: Trial) -> None:
    """Hold the second item until someone holds the first and waits for the second, then ask for the first."""
    first, second = sorted(trial.lives.items)
    with transaction(trial.stage, "inventory") as statements:
        # The service notices the circle after a second and gives way; we would after a minute.
        statements.execute("SET deadlock_timeout = '60s'")
        statements.execute(_LOCK, (trial.lives.code, second))
        trial.until(lambda: bool(one(statements, _WAITING)), "someone waiting for the lock")
        statements.execute(_LOCK, (trial.lives.code, first))


def test_no_connection_is_left(attempt: Try):
    with attempt(f"max_connections taken by others for {LASTING_SECONDS:g} s") as trial:
        with all_connections(trial):
            trial.until(lambda: not trial.stage.stack.gateway.ready(), "the gateway saying so")
            trial.last(LASTING_SECONDS)
        trial.has_recovered()


@contextmanager
def all_connections(trial: Trial) -> Iterator[None]:
    """Take every connection the server has, also those that were Huotong's."""
    with ExitStack() as held:
        first = held.enter_context(closing(connected(trial.stage, "sales")))
        first.autocommit = True
        trial.until(lambda: not left(trial.stage, held, first), "no connection left")
        yield


def left(stage: Stage, held: ExitStack, first: Connection) -> bool:
    """Take what is free and end what is Huotong's; whether there was any of either."""
    taken = 0
    with suppress(psycopg2.OperationalError):
        while True:
            held.enter_context(closing(connected(stage, "sales")))
            taken += 1
    with first.cursor() as statements:
        return bool(taken) | bool(one(statements, _END_SOMEONES))


def test_the_gateways_pool_is_exhausted(attempt: Try):
    with attempt(f"pool exhausted: {_CLIENTS} clients, a lock for {LASTING_SECONDS:g} s") as trial:
        client = trial.lives.company.client
        asking = [threading.Thread(target=client.do, args=(sales.list_orders,)) for _ in range(_CLIENTS)]
        with transaction(trial.stage, "gateway") as statements:
            statements.execute("LOCK TABLE sessions IN ACCESS EXCLUSIVE MODE")
            for thread in asking:
                thread.start()
            trial.last(LASTING_SECONDS)
        trial.has_recovered()
        for thread in asking:
            thread.join()


def test_every_transaction_of_a_service_waits_for_a_lock(attempt: Try):
    with attempt(f"outbox of sales locked for {LASTING_SECONDS:g} s") as trial:
        with transaction(trial.stage, "sales") as statements:
            statements.execute("LOCK TABLE outbox IN ACCESS EXCLUSIVE MODE")
            trial.last(LASTING_SECONDS)
        trial.has_recovered()

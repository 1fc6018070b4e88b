"""Identity on PostgreSQL as on SQLite: migrated, bootstrapped twice, signing in, slowing down who guesses."""

import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from argon2 import PasswordHasher

from deploy.local.servers import Installation
from gateway.app import create_app
from gateway.identity import secrets
from gateway.identity.bootstrap import bootstrap
from gateway.identity.rules import FREE_BY_LOGIN
from gateway.identity.service import IDENTITY, identity_dispatcher
from shared.contracts.identity import RegisterCompany
from shared.kernel.clocks import SetClock
from shared.runtime.embedded import EmbeddedRuntime
from shared.storage.database import Database
from shared.storage.engine import open_engine
from shared.storage.migrations import migrate

PASSWORD = "correct horse"
ACME = RegisterCompany(code="acme", name="Acme", currency="CNY")


@pytest.fixture
def client(installation: Installation, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    monkeypatch.setattr(secrets, "HASHER", PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
    engine = open_engine(installation.services["gateway"].database_url)
    migrate(IDENTITY, engine)
    identity = identity_dispatcher(Database(engine), SetClock(datetime(2026, 3, 2, 1, 0, tzinfo=UTC)))
    for _ in range(2):
        bootstrap(identity, ACME, {"admin": PASSWORD, "purchaser": PASSWORD})
    yield create_app(EmbeddedRuntime([], {}), identity, []).test_client
    engine.dispose()


def log_in(client: Any, password: str = PASSWORD) -> Any:
    return client().post("/v1/identity/sessions", json={"login": "purchaser", "password": password})


def test_signing_in_and_asking_who_one_is(client: Any):
    token = log_in(client).get_json()["token"]
    me = client().get("/v1/identity/me", headers={"Authorization": f"Bearer {token}"}).get_json()
    assert (me["login"], me["company"], me["currency"]) == ("purchaser", "acme", "CNY")


def test_attempts_at_the_same_time_do_not_slip_past(client: Any):
    answers: list[int] = []
    start = threading.Barrier(FREE_BY_LOGIN * 2)

    def guess() -> None:
        start.wait()
        answers.append(log_in(client, "guess").status_code)

    threads = [threading.Thread(target=guess) for _ in range(FREE_BY_LOGIN * 2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answers) == [401] * FREE_BY_LOGIN + [429] * FREE_BY_LOGIN

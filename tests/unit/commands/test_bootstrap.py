"""A new installation gets its first logins by a command, as often as it is given."""

from pathlib import Path

import pytest
from argon2 import PasswordHasher

from gateway.app import create_app
from gateway.identity import secrets
from gateway.identity.service import IDENTITY, identity_dispatcher
from services.__main__ import main
from shared.runtime.embedded import EmbeddedRuntime
from shared.storage.database import Database
from shared.storage.engine import open_engine
from shared.storage.migrations import migrate


@pytest.fixture
def database(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Database:
    url = f"sqlite:///{tmp_path / 'identity.db'}"
    monkeypatch.setenv("HUOTONG_GATEWAY_DATABASE_URL", url)
    monkeypatch.setenv("HUOTONG_LOGIN_PASSWORD", "first password")
    monkeypatch.setattr(secrets, "HASHER", PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
    engine = open_engine(url)
    migrate(IDENTITY, engine)
    return Database(engine)


def sign_in(database: Database, login: str, password: str) -> int:
    app = create_app(EmbeddedRuntime((), {}), identity_dispatcher(database), [])
    answer = app.test_client().post("/v1/identity/sessions", json={"login": login, "password": password})
    return answer.status_code


def test_every_role_signs_in_with_the_password_of_the_environment(database: Database):
    assert main(["bootstrap"]) == 0
    assert sign_in(database, "salesperson", "first password") == 201
    assert sign_in(database, "salesperson", "huotong-demo") == 401


def test_given_again_it_changes_no_password(database: Database, monkeypatch: pytest.MonkeyPatch):
    assert main(["bootstrap"]) == 0
    monkeypatch.setenv("HUOTONG_LOGIN_PASSWORD", "another password")
    assert main(["bootstrap"]) == 0
    assert sign_in(database, "admin", "first password") == 201


def test_it_says_what_it_is_not_told(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]):
    monkeypatch.delenv("HUOTONG_LOGIN_PASSWORD", raising=False)
    assert main(["bootstrap"]) == 2
    assert "HUOTONG_LOGIN_PASSWORD" in capsys.readouterr().err

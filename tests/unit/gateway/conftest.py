"""A gateway in front of a toy service and the real identity, on SQLite, with a set clock and one login per role."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from argon2 import PasswordHasher
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from gateway.app import create_app
from gateway.identity import secrets
from gateway.identity.bootstrap import bootstrap
from gateway.identity.roles import ROLES
from gateway.identity.service import IDENTITY
from gateway.settings import GatewaySettings
from shared.contracts.identity import RegisterCompany
from shared.kernel.clocks import SetClock
from shared.runtime.embedded import EmbeddedRuntime
from shared.runtime.registry import Service
from shared.storage.backbone import BACKBONE
from shared.storage.database import Database
from shared.storage.engine import open_engine
from tests.unit.gateway import toy

NOW = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
PASSWORD = "correct horse"
ACME = RegisterCompany(code="acme", name="Acme", currency="CNY")


@dataclass
class House:
    """The gateway under test, with what is behind it."""

    runtime: EmbeddedRuntime
    clock: SetClock
    settings: GatewaySettings = field(default_factory=GatewaySettings)
    slept: list[float] = field(default_factory=list)
    tokens: dict[str, str] = field(default_factory=dict)
    _app: Flask | None = None

    @property
    def app(self) -> Flask:
        if self._app is None:
            identity = self.runtime.dispatchers["identity"]
            self._app = create_app(self.runtime, identity, [toy.CONTRACT], self.settings, sleep=self.sleep)
        return self._app

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)

    @property
    def client(self) -> FlaskClient:
        return self.app.test_client()

    def log_in(self, login: str, password: str = PASSWORD, **more: Any) -> TestResponse:
        return self.client.post("/v1/identity/sessions", json={"login": login, "password": password}, **more)

    def token(self, login: str) -> str:
        if login not in self.tokens:
            answer = self.log_in(login)
            assert answer.status_code == 201, answer.text
            self.tokens[login] = answer.get_json()["token"]
        return self.tokens[login]

    def ask(self, method: str, path: str, by: str = "warehouse_keeper", **given: Any) -> TestResponse:
        """A request by someone's session."""
        headers = {"Authorization": f"Bearer {self.token(by)}", **given.pop("headers", {})}
        return self.client.open(path, method=method, headers=headers, **given)

    def make(self, key: str = "k1", by: str = "warehouse_keeper", **more: Any) -> TestResponse:
        """Make a thing that costs 12.5."""
        body = {"code": "A-1", "quantity": "2", "cost": "12.5", **more.pop("json", {})}
        headers = {"Idempotency-Key": key, **more.pop("headers", {})}
        return self.ask("POST", "/v1/toy/things", by, json=body, headers=headers, **more)


@pytest.fixture(autouse=True)
def cheap_passwords(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(secrets, "HASHER", PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))


@pytest.fixture(scope="session")
def toy_service() -> Service:
    return toy.toy_service()


@pytest.fixture
def house(tmp_path: Path, toy_service: Service, cheap_passwords: None) -> Iterator[House]:
    services = [toy_service, IDENTITY]
    databases = {service.name: Database(open_engine(f"sqlite:///{tmp_path / service.name}.db")) for service in services}
    for service in services:
        BACKBONE.create_all(databases[service.name].engine)
        service.metadata.create_all(databases[service.name].engine)
    clock = SetClock(NOW)
    runtime = EmbeddedRuntime(services, databases, clock)
    bootstrap(runtime.dispatchers["identity"], ACME, dict.fromkeys(ROLES, PASSWORD))
    yield House(runtime, clock)
    for database in databases.values():
        database.engine.dispose()


def problem(answer: TestResponse, status: int, code: str) -> dict[str, Any]:
    """The problem document of an answer, which must be one with this status and code."""
    assert (answer.status_code, answer.content_type) == (status, "application/problem+json"), answer.text
    body: dict[str, Any] = answer.get_json()
    assert body["code"] == code, body
    assert body.keys() >= {"type", "title", "status", "detail", "code", "request_id", "errors"}
    assert body["request_id"] == answer.headers["X-Request-Id"]
    return body


def pointers(body: dict[str, Any]) -> set[str]:
    return {fault["pointer"] for fault in body["errors"]}

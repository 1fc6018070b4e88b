"""Schemathesis over the OpenAPI document, bounded and repeatable: on the embedded runtime, against the demo company.

What fits its schema is mostly sent about what the company has, so that it comes as far as the rules; what does not fit
is sent as it is.
"""

import random
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import schemathesis
from flask import Flask
from schemathesis import GenerationMode
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    negative_data_rejection,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)
from sqlalchemy import select

from gateway.app import create_app
from gateway.identity.bootstrap import bootstrap
from gateway.settings import GatewaySettings
from gateway.wsgi import serve
from services.commands.client import Client, Login
from services.commands.demo import DEMO, _Demo
from services.commands.installation import every_service
from shared.kernel.clocks import SetClock
from shared.kernel.ids import RandomIds
from shared.runtime.embedded import EmbeddedRuntime
from shared.storage.backbone import BACKBONE, dead_letters
from shared.storage.database import Database
from shared.storage.engine import open_engine

NOW = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
PASSWORD = "correct horse"
SYSTEM, ADMIN = "system", "admin"
"""They may together do everything."""
_COMPANY = {"$ref": "#/components/parameters/Company"}
_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_TOLD = ("currency", "tax_code", "account", "account_code", "period")
"""What is taken from the company's own lists besides ids."""


@schemathesis.check
def every_row_is_answered_soundly(_ctx: Any, response: Any, case: Any) -> None:
    """A batch is answered 200 whatever came of its rows; each of them keeps to what an answer alone keeps to."""
    if case.path.endswith(":batch") and response.status_code == 200:
        assert [each for each in response.json()["results"] if each["status"] >= 500] == []


@schemathesis.check
def what_does_not_fit_is_refused(ctx: Any, response: Any, case: Any) -> None:
    """As a whole, or in a batch by its row."""
    if not (case.path.endswith(":batch") and response.status_code == 200 and response.json()["failed"]):
        negative_data_rejection(ctx, response, case)


CHECKS = (
    schemathesis.checks.not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    every_row_is_answered_soundly,
    what_does_not_fit_is_refused,
)


@dataclass
class House:
    """The demo company behind a gateway, and what a client knows of it."""

    app: Flask
    runtime: EmbeddedRuntime
    databases: Mapping[str, Database]
    tokens: Mapping[str, str]
    known: Mapping[str, list[str]]
    document: Any

    def send(self, case: Any, pick: int) -> None:
        """Send a case and judge the answer; `pick` chooses what of the company a fitting one is about (0: nothing)."""
        if pick and case.meta.generation.mode is GenerationMode.POSITIVE:
            self._acquaint(case, pick)
        headers = {**self.credentials(case.path), "Huotong-Company": DEMO.code}
        case.validate_response(case.call(headers=headers), checks=CHECKS)

    def credentials(self, path: str) -> dict[str, str]:
        """Of someone who may do what is at `path`."""
        return {"Authorization": f"Bearer {self.tokens[ADMIN if path.startswith('/v1/identity') else SYSTEM]}"}

    def _acquaint(self, case: Any, pick: int) -> None:
        collection = case.path.partition("/{")[0]
        case.path_parameters = {
            name: _chosen(self.known.get(collection) or self.known.get(name), value, pick)
            for name, value in (case.path_parameters or {}).items()
        }
        if case.body is not None and not isinstance(case.body, schemathesis.core.NotSet):
            case.body = self._known(case.body, "", pick)
        for name in ("Huotong-Business-Date", "If-Match"):
            if case.headers and case.headers.pop(name, None) and name == "If-Match":
                case.headers[name] = "*"

    def _known(self, value: Any, name: str, pick: int) -> Any:
        """`value` with the company's own ids, currencies and accounts in their places."""
        if isinstance(value, dict):
            return {inner: self._known(each, inner, pick) for inner, each in value.items()}
        if isinstance(value, list):
            return [self._known(each, name.removesuffix("s"), pick + index) for index, each in enumerate(value)]
        return _chosen(self.known.get(name), value, pick) if isinstance(value, str) else value

    def troubles(self) -> list[str]:
        """Facts that someone could not take in."""
        self.runtime.settle()
        found = [] if self.runtime.quiet() else ["a fact is tried again and again"]
        for name, database in self.databases.items():
            with database.snapshot() as session:
                dead = session.execute(select(dead_letters.c.type, dead_letters.c.error))
                found += [f"{name} could not take in {row.type}: {row.error}" for row in dead]
        return found


def _chosen(known: list[str] | None, else_: Any, pick: int) -> Any:
    return known[pick % len(known)] if known else else_


def open_house(folder: Path, service: str) -> Iterator[House]:
    """A house whose document tells of `service` alone."""
    services = every_service()
    databases = {each.name: Database(open_engine(f"sqlite:///{folder / each.name}.db")) for each in services}
    for each in services:
        BACKBONE.create_all(databases[each.name].engine)
        each.metadata.create_all(databases[each.name].engine)
    runtime = EmbeddedRuntime(services, databases, SetClock(NOW), RandomIds(random.Random(1)))
    bootstrap(runtime.dispatchers["identity"], DEMO, dict.fromkeys((SYSTEM, ADMIN), PASSWORD))
    contracts = [each.contract for each in services]
    unlimited = GatewaySettings(limit="off", limit_by_address="off")
    app = create_app(runtime, runtime.dispatchers["identity"], contracts, unlimited, sleep=lambda _: runtime.settle())
    tokens, known = _settled(app, runtime)
    yield House(app, runtime, databases, tokens, known, _document(app, service))
    for database in databases.values():
        database.engine.dispose()


def _settled(app: Flask, runtime: EmbeddedRuntime) -> tuple[dict[str, str], dict[str, list[str]]]:
    """With the demo company in it; tokens, and what its lists tell."""
    server = serve(app, threads=1)
    url = f"http://127.0.0.1:{server.port}"
    clients = {role: Client.log_in(url, Login(role, PASSWORD, DEMO.code)) for role in (SYSTEM, ADMIN)}
    demo = _Demo(clients[SYSTEM])
    demo._today = NOW.date()
    demo.load()
    runtime.settle()
    known = _listed(clients)
    server.stop()
    return {role: str(client._http.headers["Authorization"]).split()[1] for role, client in clients.items()}, known


def _listed(clients: Mapping[str, Client]) -> dict[str, list[str]]:
    """Ids by field name and by collection, and other telling values by field name."""
    known: dict[str, dict[str, None]] = {}
    for service in every_service():
        client = clients[ADMIN if service.name == "identity" else SYSTEM]
        for operation in service.contract.operations.values():
            if operation.listing and not operation.path_parameters and "/system/" not in operation.path:
                for row in client.do(operation, limit=20)["data"]:
                    known.setdefault(operation.path, {})[str(row.get("id"))] = None
                    for name, value in _told(row, ""):
                        known.setdefault(name, {})[value] = None
    return {name: list(values) for name, values in known.items()}


def _told(value: Any, name: str) -> Iterator[tuple[str, str]]:
    if isinstance(value, dict):
        for inner, each in value.items():
            yield from _told(each, inner)
    elif isinstance(value, list):
        for each in value:
            yield from _told(each, name.removesuffix("s"))
    elif isinstance(value, str) and name != "id" and (_UUID.fullmatch(value) or name in _TOLD):
        yield name, value


def _document(app: Flask, service: str) -> Any:
    """What the gateway tells of a service, but for who asks and for which company: the test sets these."""
    told = app.test_client().get("/openapi.json").get_json()
    del told["security"]
    told["paths"] = {path: each for path, each in told["paths"].items() if path.startswith(f"/v1/{service}/")}
    for operation in (operation for methods in told["paths"].values() for operation in methods.values()):
        operation["parameters"] = [each for each in operation["parameters"] if each != _COMPANY]
    schema = schemathesis.openapi.from_dict(told)
    schema.app = app
    return schema

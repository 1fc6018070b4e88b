"""Schemathesis over the OpenAPI document, bounded and repeatable: on the embedded runtime, against a company at work.

What fits its schema is mostly sent about what the company has, so that it comes as far as the rules; what does not fit
is sent as it is.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
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

from gateway.app import create_app
from gateway.identity.bootstrap import bootstrap
from gateway.settings import GatewaySettings
from shared.contracts.identity import RegisterCompany, register_person
from tests.company import Company
from tests.contract.trading import Known, known_of, trading_company

PASSWORD = "correct horse"
SYSTEM, ADMIN = "system", "admin"
"""They may together do everything."""
_COMPANY = {"$ref": "#/components/parameters/Company"}
_ORDINARY: Mapping[str, Any] = {"line": 1, "order_line": 1, "quantity": "1"}
_LEFT_OUT = ("active", "archived", "bin")
"""What would take the company out of trade, or is not there."""


@schemathesis.check
def every_row_is_answered_soundly(_ctx: Any, response: Any, case: Any) -> None:
    """A batch is answered 200 whatever came of its rows; none of them may meet an error inside."""
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
    """A company at work behind a gateway, what a client knows of it, and the document of one service."""

    service: str
    company: Company
    app: Flask
    tokens: Mapping[str, str]
    known: Known
    document: Any

    def send(self, case: Any, pick: int) -> None:
        """Send a case and judge the answer; `pick` chooses what of the company a fitting one is about (0: nothing)."""
        if pick and case.meta.generation.mode is GenerationMode.POSITIVE:
            self._acquaint(case, pick)
        headers = {**self.credentials(case.path), "Huotong-Company": self.company.code}
        case.validate_response(case.call(headers=headers), checks=CHECKS)

    def credentials(self, path: str) -> dict[str, str]:
        """Of someone who may do what is at `path`."""
        return {"Authorization": f"Bearer {self.tokens[ADMIN if path.startswith('/v1/identity') else SYSTEM]}"}

    def troubles(self) -> list[str]:
        """Facts that someone could not take in."""
        self.company.settle()
        tried_again = [] if self.company.runtime.quiet() else ["a fact is tried again and again"]
        return tried_again + self.company.troubles()

    def _acquaint(self, case: Any, pick: int) -> None:
        """Let a case be about what there is, today, in whatever version it is."""
        collection = self.known.get(case.path.partition("/{")[0])
        for name, value in (case.path_parameters or {}).items():
            case.path_parameters[name] = _chosen(collection or self._known(name), value, pick)
        if isinstance(case.body, dict):
            case.body = self._ours(case.body, "", pick)
        if case.headers:
            case.headers.pop("Huotong-Business-Date", None)
            if "If-Match" in case.headers:
                case.headers["If-Match"] = "*"

    def _ours(self, value: Any, name: str, pick: int) -> Any:
        """`value` with the company's own ids, units and accounts in their places."""
        if isinstance(value, dict):
            kept = {inner: each for inner, each in value.items() if inner not in _LEFT_OUT}
            return {inner: self._ours(each, inner, pick) for inner, each in kept.items()}
        if isinstance(value, list):
            return [self._ours(each, name.removesuffix("s"), pick + index) for index, each in enumerate(value)]
        if name in _ORDINARY and value is not None and pick % 2:
            return _ORDINARY[name]
        return value if value is None else _chosen(self._known(name), value, pick)

    def _known(self, name: str) -> list[str] | None:
        """Values for a field; `from_warehouse_id` takes those of `warehouse_id`."""
        last = "_".join(name.split("_")[-2:])
        names = (f"{self.service}.{name}", name, f"{self.service}.{last}", last)
        return next((self.known[each] for each in names if each in self.known), None)


def _chosen(known: list[str] | None, else_: Any, pick: int) -> Any:
    return known[pick % len(known)] if known else else_


def open_house(folder: Path, service: str = "") -> Iterator[House]:
    """A house whose document tells of `service` alone, or of all."""
    company = trading_company(folder)
    identity = company.runtime.dispatchers["identity"]
    registered = RegisterCompany(code=company.code, name="Acme", currency="CNY", time_zone="UTC")
    bootstrap(identity, registered, dict.fromkeys((SYSTEM, ADMIN), PASSWORD))
    contracts = [each.contract for each in company.services]
    unlimited = GatewaySettings(limit="off", limit_by_address="off")
    app = create_app(company.runtime, identity, contracts, unlimited, sleep=lambda _: company.settle())
    tokens = {login: _token(app, login) for login in (SYSTEM, ADMIN)}
    yield House(service, company, app, tokens, known_of(company) | _harmless(company), _document(app, service))
    for database in company.databases.values():
        database.engine.dispose()


def _harmless(company: Company) -> Known:
    """A person whose going takes no one's access, and a month whose closing stops no one's work."""
    clerk = company.do(register_person, login="clerk", name="Clerk", password=PASSWORD)
    return {"/v1/identity/people": [clerk.id], "period": ["2026-01"]}


def _token(app: Flask, login: str) -> str:
    answer = app.test_client().post("/v1/identity/sessions", json={"login": login, "password": PASSWORD})
    return str(answer.get_json()["token"])


def _document(app: Flask, service: str) -> Any:
    """What the gateway tells of a service, but for who asks and for which company: the test sets these."""
    told = app.test_client().get("/openapi.json").get_json()
    del told["security"]
    told["paths"] = {path: each for path, each in told["paths"].items() if path.startswith(f"/v1/{service}")}
    for operation in (operation for methods in told["paths"].values() for operation in methods.values()):
        operation["parameters"] = [each for each in operation["parameters"] if each != _COMPANY]
    schema = schemathesis.openapi.from_dict(told)
    schema.app = app
    return schema

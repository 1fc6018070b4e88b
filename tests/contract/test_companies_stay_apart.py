"""Whoever may do everything in one company sees and changes nothing of another, whatever ids they have got hold of."""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import pytest
from argon2 import PasswordHasher
from flask import Flask

from gateway.app import create_app
from gateway.catalogue import published
from gateway.identity import secrets
from gateway.identity.bootstrap import bootstrap
from gateway.settings import GatewaySettings
from shared.contracts.examples import example_of
from shared.contracts.identity import RegisterCompany, create_api_key, register_person
from shared.contracts.operations import PUBLIC, Operation
from tests.company import Company
from tests.contract.fuzzing import House
from tests.contract.trading import Known, known_of, trade, trading_company

ACME, BETA = (RegisterCompany(code=code, name=code, currency="CNY", time_zone="UTC") for code in ("acme", "beta"))
PASSWORD = "correct horse"
PICKS = (1, 2)
UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
OPERATIONS = [
    operation for contract in published() for operation in contract.operations.values() if operation.scope != PUBLIC
]
OF_THE_INSTALLATION = {"get_person", "list_people", "grant_role", "register_person", "list_companies"}
"""People and companies are those of the whole installation; what someone may do in a company is not."""


@dataclass
class Thief:
    """Someone who may do everything in beta and knows every id of acme."""

    company: Company
    app: Flask
    token: str
    theirs: frozenset[str]
    known: House

    def request(self, operation: Operation[Any, Any], pick: int) -> tuple[str, dict[str, Any], set[str]]:
        """Something to do with what is acme's: the path, the fields, and which of acme's ids they name."""
        example = {} if operation.listing else example_of(operation.request)
        given = self.known._ours(example, "", pick)
        path = operation.path
        collection = self.known.known.get(operation.path.partition("/{")[0])
        for name in operation.path_parameters:
            fallback = str(given.pop(name, "1"))
            chosen = collection or self.known._known(name)
            path = path.replace(f"{{{name}}}", chosen[pick % len(chosen)] if chosen else fallback)
        return path, given, set(self.theirs & set(UUID.findall(path + json.dumps(given))))

    def ask(self, operation: Operation[Any, Any], pick: int) -> tuple[int, str, set[str]]:
        """Do it; the status, the answer, and which of acme's ids were named."""
        path, given, named = self.request(operation, pick)
        sent: Mapping[str, Any] = {"json": given} if operation.writes else {"query_string": _flat(given)}
        headers = {
            "Authorization": f"Bearer {self.token}", "Huotong-Company": "beta", "If-Match": "*",
            "Idempotency-Key": f"{operation.name}-{pick}",
        }  # fmt: skip
        answer = self.app.test_client().open(path, method=operation.method, headers=headers, **sent)
        self.company.settle()
        return answer.status_code, answer.text, named

    def acme(self) -> list[str]:
        """Every row of acme, in every database."""
        return rows_of(self.company, "acme")


@pytest.fixture(scope="module")
def thief(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Thief]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(secrets, "HASHER", PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
        company = trading_company(tmp_path_factory.mktemp("apart"))
        yield from _let_in(company)
    for database in company.databases.values():
        database.engine.dispose()


def _let_in(company: Company) -> Iterator[Thief]:
    identity = company.runtime.dispatchers["identity"]
    bootstrap(identity, ACME, dict.fromkeys(("system", "admin"), PASSWORD))
    bootstrap(identity, BETA, {})
    company.actor = "system"
    company.do(create_api_key, name="k", scopes=["sales:read"])
    known = known_of(company)
    theirs = frozenset(UUID.findall("\n".join(rows_of(company, "acme"))))
    company.code, company.actor = "beta", "tester"
    trade(company)
    company.do(register_person, login="thief", name="Thief", password=PASSWORD, roles=["system", "admin"])
    contracts = [service.contract for service in company.services]
    unlimited = GatewaySettings(limit="off", limit_by_address="off")
    app = create_app(company.runtime, identity, contracts, unlimited, sleep=lambda _: company.settle())
    login = app.test_client().post("/v1/identity/sessions", json={"login": "thief", "password": PASSWORD})
    yield Thief(company, app, str(login.get_json()["token"]), theirs, _knowing(company, app, known))


def _knowing(company: Company, app: Flask, known: Known) -> House:
    return House("", company, app, {}, known, None)


def rows_of(company: Company, code: str) -> list[str]:
    """Every row of a company, as text."""
    found = []
    for service in company.services:
        database = company.databases[service.name]
        with database.snapshot() as session:
            for table in (*service.metadata.sorted_tables, *_backbone()):
                if "company" in table.c:
                    rows = session.execute(table.select().where(table.c.company == code))
                    found += sorted(f"{service.name}.{table.name} {row}" for row in rows)
    return found


def _backbone() -> Any:
    from shared.storage.backbone import BACKBONE  # noqa: PLC0415 - beside its only use

    return BACKBONE.sorted_tables


def _flat(given: Mapping[str, Any]) -> dict[str, str]:
    plain = {name: value for name, value in given.items() if value is not None}
    return {name: str(value).lower() if isinstance(value, bool) else str(value) for name, value in plain.items()}


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda operation: f"{operation.service}.{operation.name}")
def test_what_is_anothers_is_neither_told_nor_changed(thief: Thief, operation: Operation[Any, Any]):
    before = thief.acme()
    for pick in PICKS:
        status, answer, named = thief.ask(operation, pick)
        assert status < 500, answer
        told = thief.theirs & set(UUID.findall(answer))
        if operation.name not in OF_THE_INSTALLATION:
            assert told <= named, f"{operation.name} tells of acme: {told - named}"
            assert not (named and status < 300), f"{operation.name} takes acme's {named}: {answer}"
    assert thief.acme() == before


def test_most_of_what_can_be_tried_names_what_is_acmes(thief: Thief):
    naming = [operation.name for operation in OPERATIONS if thief.request(operation, 1)[2]]
    assert len(naming) > len(OPERATIONS) / 3, naming


def test_the_thief_can_do_the_same_with_what_is_betas(thief: Thief):
    """Else the tests above could refuse everything for another reason."""
    listed = thief.app.test_client().get(
        "/v1/sales/orders", headers={"Authorization": f"Bearer {thief.token}", "Huotong-Company": "beta"}
    )
    order = listed.get_json()["data"][0]
    path = f"/v1/sales/orders/{order['id']}"
    answer = thief.app.test_client().get(path, headers={"Authorization": f"Bearer {thief.token}"})
    assert (answer.status_code, answer.get_json()["id"]) == (200, order["id"])


@pytest.mark.parametrize("path", ["/v1/sales/orders", "/v1/identity/me", "/v1/finance/journal"])
def test_naming_the_other_company_is_refused(thief: Thief, path: str):
    headers = {"Authorization": f"Bearer {thief.token}", "Huotong-Company": "acme"}
    answer = thief.app.test_client().get(path, headers=headers)
    assert answer.status_code in (403, 404)
    assert answer.get_json()["code"] in ("not_your_company", "not_found")

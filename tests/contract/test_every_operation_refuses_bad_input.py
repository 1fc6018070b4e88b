"""Schemathesis over the whole OpenAPI document, bounded and repeatable.

No input makes an error inside, every answer is one the document tells of, and what does not fit is refused.
"""

from collections.abc import Iterator, Mapping
from typing import Any

import pytest
import schemathesis
from argon2 import PasswordHasher
from flask import Flask
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis import GenerationMode
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    negative_data_rejection,
    response_schema_conformance,
    status_code_conformance,
)

from gateway.app import create_app
from gateway.catalogue import published
from gateway.identity import secrets
from gateway.identity.bootstrap import bootstrap
from gateway.openapi import openapi
from gateway.settings import GatewaySettings
from services.commands.installation import every_service
from shared.contracts.identity import RegisterCompany
from shared.runtime.embedded import EmbeddedRuntime
from shared.storage.backbone import BACKBONE
from shared.storage.database import Database
from shared.storage.engine import open_engine

EXAMPLES = 8
"""Inputs per operation and kind (fitting, not fitting)."""
WHO = "system"
PASSWORD = "correct horse"
OPERATIONS = [
    (method, path) for path, methods in openapi(published())["paths"].items() for method in methods
]  # fmt: skip
_COMPANY = {"$ref": "#/components/parameters/Company"}
CHECKS = (
    schemathesis.checks.not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
    negative_data_rejection,
)


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    """The gateway before every service, on SQLite."""
    folder, services = tmp_path_factory.mktemp("fuzzed"), every_service()
    databases = {service.name: Database(open_engine(f"sqlite:///{folder / service.name}.db")) for service in services}
    for service in services:
        BACKBONE.create_all(databases[service.name].engine)
        service.metadata.create_all(databases[service.name].engine)
    runtime = EmbeddedRuntime(services, databases)
    identity = runtime.dispatchers["identity"]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(secrets, "HASHER", PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
        for role in (WHO, "admin"):
            bootstrap(identity, RegisterCompany(code="acme", name="Acme", currency="CNY"), {role: PASSWORD})
        contracts = [service.contract for service in services]
        unlimited = GatewaySettings(limit="off", limit_by_address="off")
        yield create_app(runtime, identity, contracts, unlimited, sleep=lambda _: None)
    for database in databases.values():
        database.engine.dispose()


@pytest.fixture(scope="module")
def tokens(app: Flask) -> Mapping[str, str]:
    """Of those who together may do everything."""

    def token(login: str) -> str:
        body = {"login": login, "password": PASSWORD}
        return str(app.test_client().post("/v1/identity/sessions", json=body).get_json()["token"])

    return {"admin": token("admin"), WHO: token(WHO)}


@pytest.fixture(scope="module")
def document(app: Flask) -> Any:
    """What the gateway tells of itself, but for who asks and for which company: the test sets these."""
    told = app.test_client().get("/openapi.json").get_json()
    del told["security"]
    for operation in (operation for methods in told["paths"].values() for operation in methods.values()):
        operation["parameters"] = [each for each in operation["parameters"] if each != _COMPANY]
    schema = schemathesis.openapi.from_dict(told)
    schema.app = app
    return schema


@pytest.mark.parametrize("mode", list(GenerationMode), ids=lambda mode: mode.value)
@pytest.mark.parametrize(("method", "path"), OPERATIONS)
def test_no_input_gets_an_undocumented_answer(
    document: Any, tokens: Mapping[str, str], method: str, path: str, mode: GenerationMode
):
    operation = document[path][method.upper()]
    who = "admin" if path.startswith("/v1/identity") else WHO

    @settings(
        max_examples=EXAMPLES, derandomize=True, deadline=None, database=None, phases=(Phase.generate,),
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    @given(case=operation.as_strategy(generation_mode=mode))
    def send(case: Any) -> None:
        answer = case.call(headers={"Authorization": f"Bearer {tokens[who]}", "Huotong-Company": "acme"})
        case.validate_response(answer, checks=CHECKS)

    send()

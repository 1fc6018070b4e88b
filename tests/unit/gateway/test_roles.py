"""Every role against every operation of every contract: each can do its own job and no other's."""

from collections.abc import Mapping
from typing import Any

import pytest

from gateway.app import create_app
from gateway.batches import is_batched
from gateway.catalogue import published
from gateway.identity.roles import ADMIN, FINE, READ_ALL, ROLES, SCOPES, WRITE_ALL
from gateway.settings import GatewaySettings
from shared.contracts.examples import example_of
from shared.contracts.operations import PUBLIC, SESSION, SIGNED_IN, Operation
from shared.runtime.port import Call, Problem, Reply
from tests.unit.gateway.conftest import House

OPERATIONS = [operation for contract in published() for operation in contract.operations.values()]
OWN: Mapping[str, set[str]] = {
    "purchaser": {"purchasing:write"},
    "salesperson": {"sales:write", "sales:price"},
    "warehouse_keeper": {"inventory:write"},
    "logistics_coordinator": {"logistics:write"},
    "data_analyst": set(),
    "supply_chain_manager": {"purchasing:approve", "inventory:adjust"},
    "finance_analyst": {"finance:write", "finance:post", "finance:credit", "inventory:open", "business-date:set"},
    "admin": {"identity:admin", "system:write"},
}
"""All that each role may change."""

UNLIMITED = GatewaySettings(limit="off", limit_by_address="off")


class Nowhere:
    """A port behind which nothing is, so that only the gateway's own judgement is seen."""

    def call(self, service: str, call: Call) -> Reply:
        return Reply(problem=Problem(code="got_through", status=409, detail=call.operation))

    def readiness(self) -> dict[str, str]:
        return {}


@pytest.mark.parametrize("role", OWN)
def test_a_role_changes_what_is_its_own_and_nothing_else(role: str):
    changing = ROLES[role] - READ_ALL - {"see:cost", "see:personal", "system:read"}
    assert changing == OWN[role]


def test_no_two_roles_share_a_right_to_change():
    for scope in (WRITE_ALL | FINE | {"identity:admin"}) - {"see:cost", "see:personal", "system:read"}:
        assert len([role for role in OWN if scope in ROLES[role]]) == 1, scope


def test_cost_is_hidden_from_those_who_sell_and_those_who_keep():
    assert {role for role in ROLES if "see:cost" not in ROLES[role]} == {"salesperson", "warehouse_keeper", "admin"}


def test_making_and_approving_are_two_roles():
    for role in OWN:
        assert not {"purchasing:write", "purchasing:approve"} <= ROLES[role]
        assert not {"inventory:write", "inventory:adjust"} <= ROLES[role]


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda operation: f"{operation.service}.{operation.name}")
def test_every_scope_of_a_contract_is_some_roles(operation: Operation[Any, Any]):
    assert operation.scope in SCOPES | {PUBLIC, SIGNED_IN, SESSION}
    if operation.scope in SCOPES:
        assert [role for role in ROLES.keys() - {"system"} if operation.scope in ROLES[role]]


@pytest.mark.parametrize("role", ROLES)
def test_over_http_a_role_gets_through_to_its_operations_only(house: House, role: str):
    app = create_app(Nowhere(), house.runtime.dispatchers["identity"], published(), house.settings)
    headers = {"Authorization": f"Bearer {house.token(role)}"}
    client = app.test_client()
    for operation in OPERATIONS:
        if operation.scope in SCOPES and operation.service != "identity":
            answer = client.open(**request_for(operation, headers))
            allowed = operation.scope in ROLES[role]
            expected = (409, "got_through") if allowed else (403, "scope_missing")
            assert (answer.status_code, answer.get_json()["code"]) == expected, (operation.name, answer.text)


@pytest.mark.parametrize("role", ROLES)
def test_over_http_only_an_administrator_does_what_is_identitys(house: House, role: str):
    for operation in OPERATIONS:
        if operation.scope in SCOPES and operation.service == "identity":
            answer = house.client.open(**request_for(operation, {"Authorization": f"Bearer {house.token(role)}"}))
            refused = answer.status_code == 403 and answer.get_json()["code"] == "scope_missing"
            assert refused is (operation.scope not in ROLES[role]), (operation.name, answer.text)


def test_over_http_nothing_but_what_is_public_is_done_for_no_one(house: House):
    client = create_app(Nowhere(), house.runtime.dispatchers["identity"], published(), UNLIMITED).test_client()
    for headers in ({}, {"Authorization": "Bearer hs_" + "x" * 43}, {"Authorization": "Bearer ht_" + "x" * 43}):
        for operation in OPERATIONS:
            answer = client.open(**request_for(operation, headers))
            known = ("authentication_required", "invalid_token")
            refused = answer.status_code == 401 and answer.get_json()["code"] in known
            assert refused is (operation.scope != PUBLIC), (operation.name, answer.text)


@pytest.mark.parametrize("role", ROLES)
def test_over_http_many_at_once_need_what_one_needs(house: House, role: str):
    app = create_app(Nowhere(), house.runtime.dispatchers["identity"], published(), house.settings)
    headers = {"Authorization": f"Bearer {house.token(role)}"}
    for operation in filter(is_batched, OPERATIONS):
        if operation.scope in SCOPES and operation.service != "identity":
            one = request_for(operation, headers)
            answer = app.test_client().open(**{**one, "path": f"{one['path']}:batch", "json": {"rows": [one["json"]]}})
            assert answer.status_code == (200 if operation.scope in ROLES[role] else 403), (operation.name, answer.text)


def test_over_http_a_key_does_what_its_one_scope_allows(house: House):
    """Its owner may do everything; the key may not."""
    client = create_app(Nowhere(), house.runtime.dispatchers["identity"], published(), UNLIMITED).test_client()
    for scope in sorted(SCOPES - {ADMIN}):
        made = house.ask("POST", "/v1/identity/api-keys", "system", json={"name": "k", "scopes": [scope]})
        headers = {"Authorization": f"Bearer {made.get_json()['secret']}"}
        for operation in OPERATIONS:
            if operation.service != "identity" or operation.scope == SESSION:
                answer = client.open(**request_for(operation, headers))
                assert (answer.status_code == 403) is (operation.scope != scope), (operation.name, answer.text)


def request_for(operation: Operation[Any, Any], headers: dict[str, str]) -> dict[str, Any]:
    """The example of an operation as a request."""
    example = {} if operation.listing else example_of(operation.request)
    path = operation.path
    for name in operation.path_parameters:
        path = path.replace(f"{{{name}}}", str(example.pop(name, "1")))
    given: dict[str, Any] = {"path": path, "method": operation.method, "headers": {**headers, "Idempotency-Key": "k"}}
    if operation.if_match:
        given["headers"]["If-Match"] = '"1"'
    if operation.writes:
        return given | {"json": example}
    return given | {"query_string": {name: _text(value) for name, value in example.items()}}


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return ",".join(map(str, value)) if isinstance(value, list) else str(value)

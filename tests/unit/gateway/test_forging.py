"""Nothing a client writes makes it someone else, elsewhere, or two lines of a log."""

import io
import json
import logging
from typing import Any

import pytest

from gateway.addresses import counted_as
from gateway.settings import GatewaySettings
from shared.storage.backbone import journal
from shared.telemetry.logs import JsonLines
from tests.unit.gateway.conftest import House, pointers, problem

GOOD = {"code": "A", "quantity": "1"}


@pytest.mark.parametrize(
    "more",
    [
        {"scopes": ["inventory:write", "see:cost"]},
        {"context": {"company": "beta", "actor": "admin", "scopes": ["see:cost"]}},
        {"company": "beta"},
        {"actor": "admin"},
        {"__class__": "x"},
    ],
)
def test_who_asks_is_not_told_by_the_body(house: House, more: dict[str, Any]):
    answer = house.make(json=more)
    assert pointers(problem(answer, 422, "invalid_input")) == {f"/{name}" for name in more}


@pytest.mark.parametrize(
    "name",
    ["Huotong-Actor", "Huotong-Scopes", "X-Forwarded-User", "Remote-User", "X-Original-URL", "X-HTTP-Method-Override"],
)
def test_nor_by_a_header(house: House, name: str):
    assert house.make(headers={name: "admin"}).status_code == 201
    with house.runtime.dispatchers["toy"].database.snapshot() as session:
        assert session.execute(journal.select()).one().principal == "warehouse_keeper"


def test_without_a_proxy_no_one_says_where_they_come_from(house: House):
    house.settings = GatewaySettings(limit_by_address="1/hour")
    for number, status in enumerate((401, 429)):
        claimed = f"10.0.0.{number}"
        forwarded = {"X-Forwarded-For": claimed, "Forwarded": f"for={claimed}", "X-Real-Ip": claimed}
        assert house.client.get("/v1/toy/things", headers=forwarded).status_code == status


@pytest.mark.parametrize(
    ("address", "counted"),
    [
        ("10.0.0.9", "10.0.0.9"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2:ffff::1", "2001:db8:1:2::/64"),
        ("2001:db8:1:3::1", "2001:db8:1:3::/64"),
        ("::ffff:10.0.0.9", "10.0.0.9"),
        ("nonsense", "nonsense"),
        (None, "unknown"),
    ],
)
def test_a_host_is_counted_once_however_many_addresses_it_has(address: str | None, counted: str):
    assert counted_as(address) == counted


def test_one_key_is_another_for_another_company_of_the_same_person(house: House):
    beta = {"code": "beta", "name": "B", "currency": "EUR"}
    assert house.ask("POST", "/v1/identity/companies", "admin", json=beta).status_code == 201
    found = house.ask("GET", "/v1/identity/people?login=warehouse_keeper", "admin").get_json()["data"][0]
    in_beta = {"Huotong-Company": "beta"}
    path = f"/v1/identity/people/{found['id']}/roles"
    house.ask("POST", path, "admin", json={"role": "warehouse_keeper"}, headers=in_beta)
    first, second = house.make(), house.make(headers=in_beta)
    assert first.get_json()["id"] != second.get_json()["id"]
    problem(house.ask("GET", f"/v1/toy/things/{first.get_json()['id']}", headers=in_beta), 404, "not_found")


def test_no_request_writes_two_lines_of_the_log(house: House):
    written = io.StringIO()
    handler = logging.StreamHandler(written)
    handler.setFormatter(JsonLines())
    logger = logging.getLogger("gateway.tracking")
    logger.addHandler(handler)
    before = logger.level
    logger.setLevel("INFO")
    try:
        forged = '%0d%0a{"level":"info","principal":"admin"}%0a%e2%80%a8'
        house.client.get(f"/v1/toy/{forged}", headers={"X-Request-Id": "a b", "User-Agent": "x\ty"})
    finally:
        logger.removeHandler(handler)
        logger.setLevel(before)
    (line,) = written.getvalue().splitlines()[:1]
    assert len(written.getvalue().split("\n")) == 2
    assert json.loads(written.getvalue())["principal"] is None
    assert line

"""Bad input is a problem with a pointer, and nothing is written."""

import base64
import json
from collections.abc import Iterator
from typing import Any

import pytest

from shared.storage.backbone import audit_facts, journal, outbox
from tests.unit.gateway.conftest import House, pointers, problem


@pytest.fixture(autouse=True)
def nothing_is_written(house: House) -> Iterator[None]:
    yield
    with house.runtime.dispatchers["toy"].database.snapshot() as session:
        for table in (journal, outbox, audit_facts):
            assert session.execute(table.select()).all() == []


def send(house: House, body: bytes | str, **headers: str) -> Any:
    given = {"Idempotency-Key": "k", "Content-Type": "application/json", **headers}
    return house.ask("POST", "/v1/toy/things", data=body, headers=given)


GOOD = {"code": "A", "quantity": "1"}


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        ({"colour": "red"}, "/colour"),
        ({"quantity": "0"}, "/quantity"),
        ({"quantity": "-1"}, "/quantity"),
        ({"quantity": 1}, "/quantity"),
        ({"quantity": 1.5}, "/quantity"),
        ({"quantity": None}, "/quantity"),
        ({"quantity": "1." + "1" * 30}, "/quantity"),
        ({"quantity": "1e3"}, "/quantity"),
        ({"quantity": "NaN"}, "/quantity"),
        ({"quantity": "٣"}, "/quantity"),
        ({"quantity": "9999999999"}, "/quantity"),
        ({"quantity": {"a": 1}}, "/quantity"),
        ({"code": "A\x00B"}, "/code"),
        ({"code": ""}, "/code"),
        ({"code": "x" * 65}, "/code"),
        ({"code": "A\n"}, "/code"),
        ({"note": "\x00"}, "/note"),
        ({"note": "\x1b[31m"}, "/note"),
        ({"note": "n" * 4001}, "/note"),
        ({"note": 7}, "/note"),
        ({"count": True}, "/count"),
        ({"count": 1.0}, "/count"),
        ({"count": "1"}, "/count"),
        ({"count": -1}, "/count"),
        ({"count": 10**30}, "/count"),
        ({"parts": {}}, "/parts"),
        ({"parts": [{"line": 1, "quantity": "1"}] * 4}, "/parts"),
        ({"parts": [{"line": 1, "quantity": "1"}, {"line": 2, "quantity": "x"}]}, "/parts/1/quantity"),
        ({"parts": [7]}, "/parts/0"),
        ({"at": "0001-01-01T00:00:00+14:00"}, "/at"),
        ({"at": "9999-12-31T23:59:59-14:00"}, "/at"),
        ({"a/b~c": 1}, "/a~1b~0c"),
    ],
)
def test_a_field_that_does_not_fit_is_pointed_at(house: House, change: dict[str, Any], pointer: str):
    body = problem(send(house, json.dumps(GOOD | change)), 422, "invalid_input")
    assert pointers(body) == {pointer}


def test_all_faults_are_told_at_once(house: House):
    body = problem(send(house, json.dumps({"quantity": "x", "count": -1, "z": 1})), 422, "invalid_input")
    assert pointers(body) == {"/code", "/quantity", "/count", "/z"}
    assert {fault["code"] for fault in body["errors"]} == {"missing", "invalid", "unknown_field"}


@pytest.mark.parametrize(
    "body",
    [
        "{",
        "nonsense",
        "[]",
        '"text"',
        "7",
        "null",
        '{"code": NaN}',
        '{"code": Infinity}',
        '{"code": -Infinity}',
        '{"code": "A", "code": "B"}',
        '{"parts": [{"line": 1, "line": 2}]}',
        '{"code": "\\ud800"}',
        '{"\\ud800": 1}',
        '{"count": ' + "9" * 5000 + "}",
        '{"a":' * 30 + "1" + "}" * 30,
        "[" * 100_000,
        b"\xff\xfe{}",
        b'{"code": "\xff"}',
        '\ufeff{"code": "A"}',
    ],
)
def test_what_is_no_sound_json_object_is_refused(house: House, body: str | bytes):
    problem(send(house, body), 400, "malformed_json")


def test_an_empty_body_lacks_its_fields(house: House):
    body = problem(send(house, ""), 422, "invalid_input")
    assert pointers(body) == {"/code", "/quantity"}


@pytest.mark.parametrize("kind", ["text/plain", "application/xml", "multipart/form-data", ""])
def test_another_content_type_is_refused(house: House, kind: str):
    problem(send(house, json.dumps(GOOD), **{"Content-Type": kind}), 415, "unsupported_media_type")


def test_a_body_too_large_is_refused(house: House):
    problem(send(house, json.dumps(GOOD | {"note": "n" * 3_000_000})), 413, "body_too_large")


def test_a_body_too_large_is_refused_without_its_length_being_told(house: House):
    from io import BytesIO  # noqa: PLC0415 - only here

    raw = json.dumps(GOOD | {"note": "n" * 3_000_000}).encode()
    answer = house.ask(
        "POST",
        "/v1/toy/things",
        input_stream=BytesIO(raw),
        headers={"Idempotency-Key": "k", "Content-Type": "application/json", "Transfer-Encoding": "chunked"},
        environ_overrides={"wsgi.input_terminated": True},
    )
    problem(answer, 413, "body_too_large")


@pytest.mark.parametrize(
    ("query", "pointer"),
    [
        ("colour=red", "/colour"),
        ("limit=0", "/limit"),
        ("limit=1001", "/limit"),
        ("limit=-5", "/limit"),
        ("limit=ten", "/limit"),
        ("limit=1&limit=2", "/limit"),
        ("sort=colour", "/sort"),
        ("made_on[gte]=yesterday", "/made_on[gte]"),
        ("made_on[near]=2026-01-01", "/made_on[near]"),
        ("code[gte]=A", "/code[gte]"),
        ("code=%00", "/code"),
        ("cursor=nonsense", "/cursor"),
        ("cursor=WyJhIl0", "/cursor"),
        ("made_at[gte]=0001-01-01T00:00:00%2B14:00", "/made_at[gte]"),
        ("made_at[lt]=9999-12-31T23:59:59-14:00", "/made_at[lt]"),
        ("quantity[gte]=0E%2B999999999", "/quantity[gte]"),
        ("quantity[gte]=1E%2B999999999", "/quantity[gte]"),
        ("quantity[gte]=Infinity", "/quantity[gte]"),
    ],
)
def test_a_query_that_a_list_does_not_know_is_refused(house: House, query: str, pointer: str):
    answer = house.ask("GET", f"/v1/toy/things?{query}")
    assert answer.status_code == 400
    assert pointers(answer.get_json()) == {pointer}


ID = "019c9b5e-0000-7000-8000-000000000000"


@pytest.mark.parametrize(
    ("sort", "at"),
    [
        ("code", [{"a": 1}, ID]),
        ("code", [["a"], ID]),
        ("code", [7, ID]),
        ("code", [None, ID]),
        ("code", [True, ID]),
        ("code", ["\x00", ID]),
        ("code", ["\ud800", ID]),
        ("code", ["A", "no-uuid"]),
        ("code", ["A", {}]),
        ("code", ["A", ID, ID]),
        ("code", {"a": 1, "b": 2}),
        ("made_on", ["2026-02-30", ID]),
        ("made_on", [20260302, ID]),
        ("made_at", ["2026-03-02T00:00:00", ID]),
        ("made_at", ["0001-01-01T00:00:00+14:00", ID]),
        ("quantity", ["NaN", ID]),
        ("quantity", ["Infinity", ID]),
        ("quantity", ["1E+999999999", ID]),
        ("quantity", ["0.0000001", ID]),
        ("count", ["9" * 30, ID]),
        ("count", ["9" * 5000, ID]),
        ("count", [1.5, ID]),
    ],
)
def test_a_cursor_made_by_hand_is_refused(house: House, sort: str, at: Any):
    cursor = base64.urlsafe_b64encode(json.dumps(at).encode()).decode()
    answer = house.ask("GET", f"/v1/toy/things?sort={sort}&cursor={cursor}", by="system")
    assert answer.status_code == 400, answer.text
    assert pointers(answer.get_json()) == {"/cursor"}


@pytest.mark.parametrize(
    ("path", "status", "pointer"),
    [
        ("/v1/toy/lines/1/count?on=yesterday", 400, "/on"),
        ("/v1/toy/lines/1/count?all=yes", 400, "/all"),
        ("/v1/toy/lines/1/count?colour=red", 400, "/colour"),
        ("/v1/toy/lines/1/count?line=2", 400, "/line"),
        ("/v1/toy/lines/0/count", 400, "/line"),
        ("/v1/toy/lines/x/count", 400, "/line"),
        ("/v1/toy/things/no-uuid", 400, "/id"),
        ("/v1/toy/things/%00", 400, "/id"),
        ("/v1/toy/things/%ff", 400, "/id"),
    ],
)
def test_a_path_or_parameter_that_does_not_fit_is_pointed_at(house: House, path: str, status: int, pointer: str):
    answer = house.ask("GET", path)
    assert answer.status_code == status, answer.text
    assert pointers(answer.get_json()) == {pointer}


def test_a_command_takes_no_query_and_no_path_field_in_its_body(house: House):
    answer = house.ask("POST", "/v1/toy/things?x=1", json=GOOD, headers={"Idempotency-Key": "k"})
    assert pointers(problem(answer, 400, "unknown_parameter")) == {"/x"}
    id_ = "019c9b5e-0000-7000-8000-000000000000"
    answer = house.ask("PATCH", f"/v1/toy/things/{id_}", json={"id": id_, "note": "n"}, headers={"If-Match": '"1"'})
    assert pointers(problem(answer, 422, "unknown_field")) == {"/id"}


def test_what_does_not_exist_is_not_found(house: House):
    problem(house.ask("GET", "/v1/toy/things/019c9b5e-0000-7000-8000-000000000000"), 404, "not_found")

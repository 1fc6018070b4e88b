"""Many of one thing at once: each row for itself, the same batch again to finish what was cut off."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from werkzeug.test import TestResponse

from gateway.batches import LONGEST_KEY, MOST_ROWS
from gateway.settings import GatewaySettings
from shared.kernel.ids import RandomIds
from shared.runtime.port import Call, Problem, Reply
from shared.storage.backbone import journal
from tests.unit.gateway.conftest import NOW, House, pointers, problem

THINGS = "/v1/toy/things"
GOOD = {"code": "A-1", "quantity": "2", "cost": "12.5"}
BAD = {"code": "A-2", "quantity": "0", "colour": "red"}


def send(house: House, rows: Any, key: str | None = "b1", by: str = "warehouse_keeper", **more: Any) -> TestResponse:
    headers = {**({"Idempotency-Key": key} if key is not None else {}), **more.pop("headers", {})}
    return house.ask("POST", f"{THINGS}:batch", by, json={"rows": rows}, headers=headers, **more)


def results(answer: TestResponse) -> list[dict[str, Any]]:
    """Each row's result, in order, which the counts must agree with."""
    assert answer.status_code == 200, answer.text
    body = answer.get_json()
    assert [each["index"] for each in body["results"]] == list(range(len(body["results"])))
    assert body["succeeded"] == sum("body" in each for each in body["results"])
    assert body["failed"] == sum("problem" in each for each in body["results"])
    found: list[dict[str, Any]] = body["results"]
    return found


def made(house: House) -> list[str]:
    return [row["code"] for row in house.ask("GET", f"{THINGS}?sort=code").get_json()["data"]]


def commands(house: House) -> list[Any]:
    with house.runtime.dispatchers["toy"].database.snapshot() as session:
        return list(session.execute(journal.select().order_by(journal.c.position)).all())


def test_a_good_row_is_done_though_another_is_refused(house: House):
    first, second, third = results(send(house, [GOOD, BAD, GOOD | {"code": "A-3"}]))
    assert (first["status"], first["body"]["code"]) == (201, "A-1")
    assert (third["status"], third["body"]["code"]) == (201, "A-3")
    assert second["status"] == second["problem"]["status"] == 422
    assert second["problem"].keys() == {"type", "title", "status", "detail", "code", "request_id", "errors"}
    assert pointers(second["problem"]) == {"/rows/1/quantity", "/rows/1/colour"}
    assert made(house) == ["A-1", "A-3"]


def test_each_row_is_a_command_with_a_key_of_its_own(house: House):
    send(house, [GOOD, BAD, GOOD], headers={"X-Request-Id": "load-7"})
    assert [(row.operation, row.key, row.request_id) for row in commands(house)] == [
        ("make_thing", "b1:0", "load-7"),
        ("make_thing", "b1:2", "load-7"),
    ]


def test_the_same_batch_again_repeats_nothing(house: House):
    first = send(house, [GOOD, BAD, GOOD])
    again = send(house, [GOOD, BAD, GOOD])
    assert "Idempotent-Replayed" not in first.headers
    assert again.headers["Idempotent-Replayed"] == "true"
    assert [each.get("replayed") for each in results(again)] == [True, None, True]
    assert [each.get("body") for each in results(again)] == [each.get("body") for each in results(first)]
    assert len(made(house)) == 2


def test_the_same_batch_again_finishes_what_was_cut_off(house: House, monkeypatch: pytest.MonkeyPatch):
    house.token("warehouse_keeper")
    call, answered = house.runtime.call, iter(range(1))

    def lost_after_one(service: str, asked: Call) -> Reply:
        if next(answered, None) is None:
            return Reply(problem=Problem(code="unavailable", status=503, detail="no broker"))
        return call(service, asked)

    rows = [GOOD | {"code": f"A-{number}"} for number in range(4)]
    with monkeypatch.context() as patch:
        patch.setattr(house.runtime, "call", lost_after_one)
        cut = results(send(house, rows))
    assert [each["problem"]["code"] for each in cut[1:]] == ["unavailable", "not_tried", "not_tried"]
    whole = send(house, rows)
    assert [each.get("replayed") for each in results(whole)] == [True, None, None, None]
    assert "Idempotent-Replayed" not in whole.headers
    assert made(house) == ["A-0", "A-1", "A-2", "A-3"]


def test_another_row_under_the_same_key_is_refused_by_itself(house: House):
    send(house, [GOOD, GOOD])
    same, other = results(send(house, [GOOD, GOOD | {"quantity": "3"}]))
    assert same["replayed"]
    assert (other["status"], other["problem"]["code"]) == (422, "key_reused")


def test_where_no_row_succeeds_nothing_was_replayed(house: House):
    for _ in range(2):
        answer = send(house, [BAD])
        assert [each["status"] for each in results(answer)] == [422]
        assert "Idempotent-Replayed" not in answer.headers


def test_every_row_is_masked(house: House):
    def row(by: str) -> dict[str, Any]:
        body: dict[str, Any] = results(send(house, [GOOD], by=by))[0]["body"]
        return body

    assert row("system")["cost"] == "12.50"
    for _ in range(2):
        assert not {"cost", "maker"} & row("warehouse_keeper").keys()


def test_the_most_rows_are_taken_and_one_more_is_not(house: House):
    assert len(results(send(house, [{}] * MOST_ROWS))) == MOST_ROWS
    body = problem(send(house, [GOOD] * (MOST_ROWS + 1)), 422, "invalid_input")
    assert pointers(body) == {"/rows"}


@pytest.fixture
def nothing_done(house: House) -> Iterator[None]:
    yield
    assert commands(house) == []


@pytest.mark.usefixtures("nothing_done")
@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({"rows": []}, "/rows"),
        ({"rows": {"0": GOOD}}, "/rows"),
        ({"rows": "many"}, "/rows"),
        ({"rows": None}, "/rows"),
        ({"rows": [GOOD, 7]}, "/rows/1"),
        ({"rows": [GOOD, None]}, "/rows/1"),
        ({}, "/rows"),
        ({"rows": [GOOD], "dry_run": True}, "/dry_run"),
    ],
)
def test_what_is_no_list_of_rows_is_refused_whole(house: House, body: dict[str, Any], pointer: str):
    answer = house.ask("POST", f"{THINGS}:batch", json=body, headers={"Idempotency-Key": "b"})
    assert pointers(problem(answer, 422, "invalid_input")) == {pointer}


@pytest.mark.usefixtures("nothing_done")
def test_a_batch_needs_a_key_that_leaves_room_for_the_rows(house: House):
    problem(send(house, [GOOD], key=None), 400, "key_required")
    problem(send(house, [GOOD], key="ä"), 400, "invalid_header")
    problem(send(house, [GOOD], key="k" * (LONGEST_KEY + 1)), 400, "invalid_header")


def test_the_longest_key_is_kept_whole(house: House):
    send(house, [{}] * (MOST_ROWS - 1) + [GOOD], key="k" * LONGEST_KEY)
    assert commands(house)[0].key == "k" * LONGEST_KEY + ":499"


@pytest.mark.usefixtures("nothing_done")
def test_a_batch_is_let_in_like_its_operation(house: House):
    problem(house.client.post(f"{THINGS}:batch", json={"rows": [GOOD]}), 401, "authentication_required")
    problem(send(house, [GOOD], by="salesperson"), 403, "scope_missing")
    problem(send(house, [GOOD], headers={"Huotong-Company": "other"}), 403, "not_your_company")
    problem(send(house, [GOOD], headers={"Huotong-Business-Date": "2026-03-03"}), 403, "scope_missing")
    problem(send(house, [GOOD], query_string="x=1"), 400, "unknown_parameter")
    problem(send(house, [GOOD | {"note": "n" * 3_000_000}]), 413, "body_too_large")


def test_the_day_named_is_every_rows(house: House):
    answer = send(house, [GOOD, GOOD], by="system", headers={"Huotong-Business-Date": "2026-02-27"})
    assert [each["body"]["made_on"] for each in results(answer)] == ["2026-02-27"] * 2


def test_a_batch_counts_as_one_request(house: House):
    house.settings = GatewaySettings(limit="2/hour")
    assert send(house, [GOOD] * 5).headers["RateLimit"].startswith('"default";r=1;')


def test_an_error_inside_is_its_rows_alone_and_shows_nothing(house: House, monkeypatch: pytest.MonkeyPatch):
    house.token("warehouse_keeper")
    call = house.runtime.call

    def breaks(service: str, asked: Call) -> Reply:
        return call(service, Call(**{**vars(asked), "operation": "fail"}) if asked.key == "b1:0" else asked)

    monkeypatch.setattr(house.runtime, "call", breaks)
    answer = send(house, [GOOD, GOOD])
    assert [each["status"] for each in results(answer)] == [500, 201]
    assert "secret inside" not in answer.text


def test_all_rows_together_wait_two_seconds_for_what_is_being_told(house: House, monkeypatch: pytest.MonkeyPatch):
    house.token("warehouse_keeper")
    young = RandomIds().new(NOW + timedelta(seconds=1))
    awaited = Reply(problem=Problem(code="unknown_reference", status=422, detail="not yet", awaits=young))
    monkeypatch.setattr(house.runtime, "call", lambda *_: awaited)
    assert {each["problem"]["code"] for each in results(send(house, [GOOD] * 5))} == {"unknown_reference"}
    assert sum(house.slept) == pytest.approx(2.0, abs=0.1)


@pytest.mark.parametrize("path", ["/v1/identity/sessions", "/v1/toy/hold", "/v1/toy/things/x/refer"])
def test_what_makes_no_thing_of_a_collection_has_no_batch(house: House, path: str):
    assert house.ask("POST", f"{path}:batch", json={"rows": [{}]}).status_code == 404

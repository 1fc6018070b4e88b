"""The way of a request: authentication, company, day, scope, idempotency, versions, trace, waiting."""

import threading
from contextlib import AbstractContextManager
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy.exc import OperationalError

from shared.kernel.ids import RandomIds
from shared.runtime.cloudevents import Envelope
from shared.storage.backbone import journal, outbox
from shared.storage.session import Session
from tests.unit.gateway import toy
from tests.unit.gateway.conftest import NOW, House, problem


def test_an_operation_is_carried_out_and_read_back(house: House):
    made = house.make()
    assert made.status_code == 201
    assert made.headers["ETag"] == '"1"'
    thing = made.get_json()
    assert (thing["code"], thing["quantity"], thing["made_on"]) == ("A-1", "2", "2026-03-02")
    read = house.ask("GET", f"/v1/toy/things/{thing['id']}")
    assert read.status_code == 200
    assert read.get_json()["code"] == "A-1"
    assert "Idempotent-Replayed" not in read.headers


@pytest.mark.parametrize(
    ("header", "code"),
    [
        (None, "authentication_required"),
        ("Basic d2FuZzpsaQ==", "invalid_token"),
        ("Bearer hs_nonsense", "invalid_token"),
        ("Bearer ht_nonsense", "invalid_token"),
        ("Bearer ", "invalid_token"),
        ("Bearer " + "x" * 5000, "invalid_token"),
    ],
)
def test_who_is_not_known_goes_no_further(house: House, header: str | None, code: str):
    answer = house.client.get("/v1/toy/things", headers={"Authorization": header} if header else {})
    problem(answer, 401, code)
    assert answer.headers["WWW-Authenticate"].startswith("Bearer")


def test_an_unknown_path_and_a_wrong_method_are_problems(house: House):
    problem(house.client.get("/v1/toy/nothing"), 404, "not_found")
    answer = house.client.patch("/v1/toy/things")
    problem(answer, 405, "method_not_allowed")
    assert set(answer.headers["Allow"].split(", ")) >= {"GET", "POST"}


def test_another_company_is_refused_and_the_named_one_taken(house: House):
    problem(house.ask("GET", "/v1/toy/things", headers={"Huotong-Company": "other"}), 403, "not_your_company")
    second = {"code": "beta", "name": "Beta", "currency": "EUR", "time_zone": "Pacific/Auckland"}
    assert house.ask("POST", "/v1/identity/companies", "admin", json=second).status_code == 201
    me = house.ask("GET", "/v1/identity/me", "admin", headers={"Huotong-Company": "beta"}).get_json()
    assert (me["company"], me["currency"], me["time_zone"]) == ("beta", "EUR", "Pacific/Auckland")
    assert house.ask("GET", "/v1/identity/me", "admin").get_json()["company"] == "acme"


def test_the_business_date_is_today_in_the_companys_zone(house: House):
    house.clock.advance(timedelta(hours=15, minutes=30))  # 2026-03-03 00:30 in Shanghai
    assert house.make().get_json()["made_on"] == "2026-03-03"


@pytest.mark.parametrize("other", ["2026-02-27", "2026-03-01", "2026-03-03", "2027-03-02"])
def test_another_day_needs_its_scope_before_today_and_after(house: House, other: str):
    day = {"Huotong-Business-Date": other}
    refused = house.make(headers=day)
    assert "business-date:set" in problem(refused, 403, "scope_missing")["detail"]
    assert house.make(by="system", headers=day).get_json()["made_on"] == other


def test_the_business_date_is_a_day(house: House):
    problem(house.make(by="system", headers={"Huotong-Business-Date": "27.02.2026"}), 400, "invalid_header")
    problem(house.make(by="system", headers={"Huotong-Business-Date": "2026-02-30"}), 400, "invalid_header")


def test_a_scope_that_is_missing_is_named(house: House):
    assert "inventory:write" in problem(house.make(by="salesperson"), 403, "scope_missing")["detail"]
    assert house.runtime.dispatchers["toy"].database.engine.connect().execute(journal.select()).all() == []


def test_a_key_is_required_where_the_contract_says_so(house: House):
    answer = house.ask("POST", "/v1/toy/things", json={"code": "A", "quantity": "1"})
    problem(answer, 400, "key_required")


@pytest.mark.parametrize("key", ["", " ", "ä", "x" * 201])
def test_a_key_is_short_and_visible(house: House, key: str):
    problem(house.make(key=key), 400, "invalid_header")


def test_the_same_key_and_body_give_the_first_answer_again(house: House):
    first, again = house.make(), house.make()
    assert (again.status_code, again.get_json()) == (201, first.get_json())
    assert again.headers["Idempotent-Replayed"] == "true"
    assert len(house.ask("GET", "/v1/toy/things").get_json()["data"]) == 1


def test_the_same_key_with_another_body_is_refused(house: House):
    house.make()
    problem(house.make(json={"quantity": "3"}), 422, "key_reused")


def test_one_key_of_two_people_is_two_keys(house: House):
    assert house.make().get_json()["id"] != house.make(by="system").get_json()["id"]


def test_the_same_request_while_the_first_runs_is_told_so(house: House):
    toy.HOLDING.clear()
    toy.LET_GO.clear()
    body, headers = {"code": "A", "quantity": "1"}, {"Idempotency-Key": "held"}
    house.token("warehouse_keeper")
    answers = []
    first = threading.Thread(
        target=lambda: answers.append(house.ask("POST", "/v1/toy/hold", json=body, headers=headers))
    )
    first.start()
    assert toy.HOLDING.wait(10)
    second = house.ask("POST", "/v1/toy/hold", json=body, headers=headers)
    toy.LET_GO.set()
    first.join(10)
    problem(second, 409, "in_progress")
    assert second.headers["Retry-After"] == "1"
    assert answers[0].status_code == 200
    third = house.ask("POST", "/v1/toy/hold", json=body, headers=headers)
    assert third.headers["Idempotent-Replayed"] == "true"


def test_a_change_names_the_version_it_saw(house: House):
    path = f"/v1/toy/things/{house.make().get_json()['id']}"
    problem(house.ask("PATCH", path, json={"note": "n"}), 428, "precondition_required")
    changed = house.ask("PATCH", path, json={"note": "n"}, headers={"If-Match": '"1"'})
    assert (changed.status_code, changed.headers["ETag"]) == (200, '"2"')
    problem(house.ask("PATCH", path, json={"note": "m"}, headers={"If-Match": '"1"'}), 412, "stale_version")
    assert house.ask("PATCH", path, json={"note": "m"}, headers={"If-Match": "*"}).status_code == 200


@pytest.mark.parametrize("etag", ["1", 'W/"1"', '"x"', '"1", "2"', ""])
def test_if_match_holds_one_strong_etag(house: House, etag: str):
    path = f"/v1/toy/things/{house.make().get_json()['id']}"
    problem(house.ask("PATCH", path, json={"note": "n"}, headers={"If-Match": etag}), 400, "invalid_header")


def test_the_request_id_is_kept_echoed_and_journalled(house: House):
    answer = house.make(headers={"X-Request-Id": "order-77"})
    assert answer.headers["X-Request-Id"] == "order-77"
    with house.runtime.dispatchers["toy"].database.snapshot() as session:
        assert session.execute(journal.select()).one().request_id == "order-77"


@pytest.mark.parametrize("given", ["", "a b", "x" * 65, "ä", "<script>"])
def test_a_request_id_unfit_to_be_kept_is_replaced(house: House, given: str):
    made = house.client.get("/livez", headers={"X-Request-Id": given}).headers["X-Request-Id"]
    assert made != given
    assert len(made) == 36


def test_the_trace_goes_on_into_the_event(house: House):
    trace = "4bf92f3577b34da6a3ce929d0e0e4736"
    house.make(headers={"traceparent": f"00-{trace}-00f067aa0ba902b7-01", "X-Request-Id": "r1"})
    with house.runtime.dispatchers["toy"].database.snapshot() as session:
        told = Envelope.from_text(session.execute(outbox.select()).one().envelope)
    assert told.context.traceparent is not None
    assert told.context.traceparent.split("-")[1] == trace
    assert told.context.traceparent.split("-")[2] != "00f067aa0ba902b7"
    assert (told.context.request_id, told.context.actor) == ("r1", "warehouse_keeper")


def test_what_is_just_being_told_is_waited_for(house: House):
    id_ = RandomIds().new(NOW)
    toy_db = house.runtime.dispatchers["toy"].database

    def arrives(seconds: float) -> None:
        house.slept.append(seconds)
        if len(house.slept) == 3:
            with toy_db.transaction() as session:
                thing = toy.Thing(
                    id=id_,
                    code="late",
                    quantity=Decimal(1),
                    cost=None,
                    maker="x",
                    made_on=NOW.date(),
                    note=None,
                    made_at=NOW,
                    count=0,
                )
                thing.company = "acme"
                session.add(thing)

    house.sleep = arrives  # type: ignore[method-assign]
    assert house.ask("POST", f"/v1/toy/things/{id_}/refer").get_json()["code"] == "late"
    assert len(house.slept) == 3


def test_what_never_comes_is_refused_after_two_seconds(house: House):
    answer = house.ask("POST", f"/v1/toy/things/{RandomIds().new(NOW)}/refer")
    problem(answer, 422, "unknown_reference")
    assert sum(house.slept) == pytest.approx(2.0, abs=0.1)


@pytest.mark.parametrize(
    "id_",
    [
        "019cac0e-fb88-7000-8000-000000000000",
        "5d4f1a57-0c4c-4a8e-9d3e-2f6b1c0a9e11",
        "ffffffff-ffff-7fff-8fff-ffffffffffff",  # of the year 10889
    ],
)
def test_what_is_not_young_is_refused_at_once(house: House, id_: str):
    problem(house.ask("POST", f"/v1/toy/things/{id_}/refer"), 422, "unknown_reference")
    assert house.slept == []


def test_an_error_inside_shows_nothing_of_itself(house: House):
    answer = house.ask("POST", "/v1/toy/fail", json={"code": "A", "quantity": "1"})
    problem(answer, 500, "internal_error")
    assert "secret inside" not in answer.text
    assert "Traceback" not in answer.text


def test_an_error_of_the_gateway_itself_shows_nothing_either(house: House, monkeypatch: pytest.MonkeyPatch):
    house.token("warehouse_keeper")

    def breaks(*_: object) -> None:
        raise RuntimeError("secret inside")

    monkeypatch.setattr("gateway.requests.payload_of", breaks)
    answer = house.ask("GET", "/v1/toy/things")
    problem(answer, 500, "internal_error")
    assert "secret inside" not in answer.text


@pytest.mark.parametrize(
    ("asked", "title"), [("zh-CN,zh;q=0.9", "未找到"), ("en-GB", "Not found"), ("fr", "Not found")]
)
def test_titles_speak_the_clients_language(house: House, asked: str, title: str):
    answer = house.client.get("/nowhere", headers={"Accept-Language": asked})
    assert problem(answer, 404, "not_found")["title"] == title


def test_without_a_wish_titles_speak_the_principals_language(house: House):
    assert house.make(by="salesperson").get_json()["title"] == "没有权限"


def test_health_says_which_part_is_missing(house: House, monkeypatch: pytest.MonkeyPatch):
    assert house.client.get("/livez").get_json() == {"status": "live"}
    assert house.client.get("/readyz").get_json()["parts"] == {"toy": "ready", "identity": "ready"}
    monkeypatch.setattr(house.runtime, "readiness", lambda: {"toy": "no broker"})
    answer = house.client.get("/readyz")
    assert "toy (no broker)" in problem(answer, 503, "not_ready")["detail"]
    assert answer.get_json()["parts"] == {"toy": "no broker", "identity": "ready"}


def test_a_database_that_is_away_is_told_as_that_and_not_as_an_error_inside(
    house: House, monkeypatch: pytest.MonkeyPatch
):
    def away() -> AbstractContextManager[Session]:
        raise OperationalError("SELECT", {}, Exception("server closed the connection unexpectedly"))

    house.token("warehouse_keeper")
    monkeypatch.setattr(house.runtime.dispatchers["identity"].database, "snapshot", away)
    answer = house.ask("GET", "/v1/toy/things")
    problem(answer, 503, "unavailable")
    assert answer.headers["Retry-After"] == "1"


def test_metrics_measure_requests_by_operation(house: House):
    house.ask("GET", "/v1/toy/things")
    text = house.client.get("/metrics").text
    assert 'huotong_http_request_seconds_count{operation="toy.list_things",status="200"}' in text


def test_a_page_leads_to_the_next(house: House):
    for number in range(5):
        assert house.make(f"k{number}", json={"code": f"A-{number}"}).status_code == 201
    first = house.ask("GET", "/v1/toy/things?limit=2&sort=-code").get_json()
    assert [row["code"] for row in first["data"]] == ["A-4", "A-3"]
    assert first["has_more"] is True
    house.make("later", json={"code": "A-9"})
    second = house.ask("GET", f"/v1/toy/things?limit=2&sort=-code&cursor={first['next_cursor']}").get_json()
    assert [row["code"] for row in second["data"]] == ["A-2", "A-1"]
    chosen = house.ask("GET", "/v1/toy/things?code=A-1,A-3&made_on[gte]=2026-03-01").get_json()
    assert ([row["code"] for row in chosen["data"]], chosen["next_cursor"]) == (["A-1", "A-3"], None)


@pytest.mark.parametrize("sort", ["code", "-code", "made_on", "-made_at", "quantity", "-count"])
def test_a_list_sorted_by_anything_goes_on_where_it_stopped(house: House, sort: str):
    made = {house.make(f"k{number}", json={"quantity": f"0.00000{number}"}).get_json()["id"] for number in (1, 2, 3)}
    seen, cursor, page = [], "", dict[str, Any]()
    for _ in made:
        page = house.ask("GET", f"/v1/toy/things?limit=1&sort={sort}{cursor}").get_json()
        seen += [row["id"] for row in page["data"]]
        cursor = f"&cursor={page['next_cursor']}"
    assert (set(seen), page["has_more"]) == (made, False)


def test_a_query_reads_its_parameters_by_type(house: House):
    house.make()
    assert house.ask("GET", "/v1/toy/lines/1/count?on=2026-03-02&all=true").get_json() == {"number": 1}
    assert house.ask("GET", "/v1/toy/lines/1/count?on=2026-03-01").get_json() == {"number": 0}


def test_who_asks_is_looked_up_once_in_a_moment(house: House, monkeypatch: pytest.MonkeyPatch):
    house.token("warehouse_keeper")
    identity = house.runtime.dispatchers["identity"].database
    looked_up: list[datetime] = []
    snapshot = identity.snapshot

    def counted() -> AbstractContextManager[Session]:
        looked_up.append(house.clock.now())
        return snapshot()

    monkeypatch.setattr(identity, "snapshot", counted)
    for _ in range(5):
        house.ask("GET", "/v1/toy/things")
    assert len(looked_up) == 1
    house.clock.advance(timedelta(seconds=3))
    house.ask("GET", "/v1/toy/things")
    assert len(looked_up) == 2

"""Companies, people, roles, sessions, API keys, and slowing down who guesses."""

import json
import threading
from datetime import timedelta
from typing import Any

import pytest

from gateway.identity import secrets
from gateway.identity.bootstrap import api_key, bootstrap
from gateway.identity.roles import ROLES
from gateway.identity.rules import FREE_BY_ADDRESS, FREE_BY_LOGIN, LONGEST_WAIT, SESSION_LASTS, wait_after
from gateway.identity.tables import Attempts, Person
from shared.storage.backbone import BACKBONE
from tests.unit.gateway.conftest import ACME, PASSWORD, House, pointers, problem


def person(house: House, login: str) -> dict[str, Any]:
    found: dict[str, Any] = house.ask("GET", f"/v1/identity/people?login={login}", "admin").get_json()["data"][0]
    return found


def key_for(house: House, by: str, **more: Any) -> Any:
    return house.ask("POST", "/v1/identity/api-keys", by, json={"name": "k", "scopes": ["inventory:read"], **more})


def by_token(house: House, token: str, method: str = "GET", path: str = "/v1/toy/things", **more: Any) -> Any:
    return house.client.open(path, method=method, headers={"Authorization": f"Bearer {token}"}, **more)


# ---- bootstrap


def test_bootstrap_makes_a_login_per_role_once(house: House):
    dispatcher = house.runtime.dispatchers["identity"]
    bootstrap(dispatcher, ACME, dict.fromkeys(ROLES, "another password"))
    listed = house.ask("GET", "/v1/identity/people", "admin").get_json()["data"]
    assert {row["login"]: row["roles"] for row in listed} == {role: [role] for role in ROLES}
    assert house.log_in("purchaser").status_code == 201
    problem(house.log_in("purchaser", "another password"), 401, "wrong_credentials")


def test_a_key_of_the_installation_does_all_its_owner_may(house: House):
    key = api_key(house.runtime.dispatchers["identity"], "acme", "system")
    me = by_token(house, key, path="/v1/identity/me").get_json()
    assert set(me["scopes"]) == ROLES["system"]


# ---- sessions


def test_a_session_tells_who_one_is(house: House):
    me = house.ask("GET", "/v1/identity/me", "purchaser").get_json()
    assert (me["login"], me["company"], me["currency"]) == ("purchaser", "acme", "CNY")
    assert set(me["scopes"]) == ROLES["purchaser"]
    assert me["companies"] == [{"code": "acme", "name": "Acme", "roles": ["purchaser"]}]


def test_a_session_ends_by_itself(house: House):
    house.ask("GET", "/v1/identity/me")
    house.clock.advance(SESSION_LASTS - timedelta(seconds=1))
    assert house.ask("GET", "/v1/identity/me").status_code == 200
    house.clock.advance(timedelta(seconds=1))
    problem(house.ask("GET", "/v1/identity/me"), 401, "expired_token")


def test_who_signs_out_is_out_at_once(house: House):
    opened = house.log_in("purchaser").get_json()
    other = house.token("salesperson")
    path = f"/v1/identity/sessions/{opened['id']}/end"
    problem(by_token(house, other, "POST", path), 404, "not_found")
    assert by_token(house, opened["token"]).status_code == 200
    assert by_token(house, opened["token"], "POST", path).status_code == 200
    problem(by_token(house, opened["token"]), 401, "invalid_token")


def test_a_new_password_ends_every_session(house: House):
    token = house.token("purchaser")
    change = {"current": PASSWORD, "new": "battery staple"}
    assert house.ask("POST", "/v1/identity/me/password", "purchaser", json=change).status_code == 200
    problem(by_token(house, token), 401, "invalid_token")
    problem(house.log_in("purchaser"), 401, "wrong_credentials")
    assert house.log_in("purchaser", "battery staple").status_code == 201


@pytest.mark.parametrize("new", ["short", "", "x" * 129, "\x00" * 9])
def test_a_password_has_a_sound_length(house: House, new: str):
    change = {"current": PASSWORD, "new": new}
    answer = house.ask("POST", "/v1/identity/me/password", "purchaser", json=change)
    assert pointers(problem(answer, 422, "invalid_input")) == {"/new"}


def test_no_password_token_or_key_is_kept_readable(house: House):
    opened = house.log_in("purchaser").get_json()
    secret = key_for(house, "purchaser").get_json()["secret"]
    change = {"current": PASSWORD, "new": "battery staple"}
    house.ask("POST", "/v1/identity/me/password", "purchaser", json=change)
    hashes = []
    kept = []
    with house.runtime.dispatchers["identity"].database.snapshot() as session:
        for table in BACKBONE.tables.values():
            kept += [str(tuple(row)) for row in session.execute(table.select())]
        hashes += [row.password_hash for row in session.execute(Person.__table__.select())]
    text = "\n".join(kept)
    for readable in (PASSWORD, "battery staple", opened["token"], secret, "argon2", secrets.fingerprint(secret)):
        assert readable not in text
    assert all(kept.startswith("$argon2id$") for kept in hashes)


# ---- guessing


def test_waits_double_after_the_free_attempts():
    assert [wait_after(failures, 5).total_seconds() for failures in (0, 4, 5, 6, 7, 15, 10_000)] == [
        0, 0, 1, 2, 4, LONGEST_WAIT.total_seconds(), LONGEST_WAIT.total_seconds()
    ]  # fmt: skip


@pytest.mark.parametrize("login", ["purchaser", "no-one"])
def test_guessing_at_a_login_is_slowed_down_whether_it_exists_or_not(house: House, login: str):
    for _ in range(FREE_BY_LOGIN):
        problem(house.log_in(login, "guess"), 401, "wrong_credentials")
    slowed = house.log_in(login, "guess")
    problem(slowed, 429, "too_many_attempts")
    assert slowed.headers["Retry-After"] == "1"
    house.clock.advance(timedelta(seconds=1))
    problem(house.log_in(login, "guess"), 401, "wrong_credentials")
    assert house.log_in(login, "guess").headers["Retry-After"] == "2"


def test_the_right_password_is_not_taken_while_slowed_down_and_forgives_after(house: House):
    for _ in range(FREE_BY_LOGIN):
        house.log_in("purchaser", "guess")
    problem(house.log_in("purchaser"), 429, "too_many_attempts")
    house.clock.advance(timedelta(seconds=1))
    assert house.log_in("purchaser").status_code == 201
    problem(house.log_in("purchaser", "guess"), 401, "wrong_credentials")


def test_guessing_from_one_address_is_slowed_down_over_all_logins(house: House):
    for number in range(FREE_BY_ADDRESS):
        problem(house.log_in(f"guessed-{number}", "guess"), 401, "wrong_credentials")
    problem(house.log_in("purchaser"), 429, "too_many_attempts")
    elsewhere = {"REMOTE_ADDR": "10.0.0.9"}
    assert house.log_in("purchaser", environ_overrides=elsewhere).status_code == 201


def test_signing_in_oneself_does_not_wash_an_address_clean(house: House):
    for number in range(FREE_BY_ADDRESS - 1):
        house.log_in(f"guessed-{number}", "guess")
    assert house.log_in("purchaser").status_code == 201
    house.log_in("last-free", "guess")
    problem(house.log_in("purchaser"), 429, "too_many_attempts")


def test_old_failures_are_forgotten(house: House):
    for _ in range(FREE_BY_LOGIN):
        house.log_in("purchaser", "guess")
    house.clock.advance(timedelta(hours=2))
    problem(house.log_in("someone", "guess"), 401, "wrong_credentials")
    with house.runtime.dispatchers["identity"].database.snapshot() as session:
        assert len(session.execute(Attempts.__table__.select()).all()) == 2
    for _ in range(FREE_BY_LOGIN):
        problem(house.log_in("purchaser", "guess"), 401, "wrong_credentials")


def test_attempts_at_the_same_time_do_not_slip_past(house: House):
    answers: list[int] = []
    house.client.get("/livez")
    start = threading.Barrier(FREE_BY_LOGIN * 2)

    def guess() -> None:
        start.wait()
        answers.append(house.log_in("purchaser", "guess").status_code)

    threads = [threading.Thread(target=guess) for _ in range(FREE_BY_LOGIN * 2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answers) == [401] * FREE_BY_LOGIN + [429] * FREE_BY_LOGIN


def test_a_stolen_session_cannot_guess_the_password(house: House):
    guess = {"current": "guess", "new": "battery staple"}
    for _ in range(FREE_BY_LOGIN):
        problem(house.ask("POST", "/v1/identity/me/password", "purchaser", json=guess), 401, "wrong_credentials")
    problem(house.ask("POST", "/v1/identity/me/password", "purchaser", json=guess), 429, "too_many_attempts")


def test_an_unknown_login_costs_as_much_hashing_as_a_known_one(house: House, monkeypatch: pytest.MonkeyPatch):
    verified: list[str] = []

    class Counting(type(secrets.HASHER)):  # type: ignore[misc]
        def verify(self, kept: str, password: str) -> bool:
            verified.append(kept[:10])
            return bool(super().verify(kept, password))

    monkeypatch.setattr(secrets, "HASHER", Counting(time_cost=1, memory_cost=8, parallelism=1))
    known = house.log_in("purchaser", "guess").get_json()
    unknown = house.log_in("no-one", "guess").get_json()
    assert verified == ["$argon2id$"] * 2
    assert {**known, "request_id": ""} == {**unknown, "request_id": ""}


# ---- people and roles


def test_a_person_comes_gets_a_role_and_loses_it_at_once(house: House):
    new = {"login": "li.wei", "name": "李伟", "password": PASSWORD, "locale": "zh"}
    made = house.ask("POST", "/v1/identity/people", "admin", json=new)
    assert (made.status_code, made.get_json()["roles"], made.headers["ETag"]) == (201, [], '"1"')
    problem(house.ask("GET", "/v1/toy/things", "li.wei"), 403, "no_company")
    path = f"/v1/identity/people/{made.get_json()['id']}"
    granted = house.ask("POST", f"{path}/roles", "admin", json={"role": "warehouse_keeper"})
    assert granted.get_json()["roles"] == ["warehouse_keeper"]
    assert house.make(by="li.wei").status_code == 201
    assert house.ask("POST", f"{path}/roles/warehouse_keeper/revoke", "admin").status_code == 200
    problem(house.make("k2", by="li.wei"), 403, "no_company")
    problem(house.ask("POST", f"{path}/roles/warehouse_keeper/revoke", "admin"), 404, "not_found")


def test_an_unknown_role_is_pointed_at(house: House):
    new = {"login": "li.wei", "name": "李伟", "password": PASSWORD, "roles": ["purchaser", "emperor"]}
    answer = house.ask("POST", "/v1/identity/people", "admin", json=new)
    assert pointers(problem(answer, 422, "unknown_role")) == {"/roles/1"}
    assert house.ask("GET", "/v1/identity/people?login=li.wei", "admin").get_json()["data"] == []


def test_a_login_is_given_once(house: House):
    new = {"login": "purchaser", "name": "x", "password": PASSWORD}
    problem(house.ask("POST", "/v1/identity/people", "admin", json=new), 409, "exists")


def test_who_is_made_inactive_is_out_at_once(house: House):
    token = house.token("purchaser")
    path = f"/v1/identity/people/{person(house, 'purchaser')['id']}"
    problem(house.ask("PATCH", path, "admin", json={"active": False}), 428, "precondition_required")
    changed = house.ask("PATCH", path, "admin", json={"active": False}, headers={"If-Match": '"1"'})
    assert (changed.get_json()["active"], changed.headers["ETag"]) == (False, '"2"')
    problem(by_token(house, token), 401, "invalid_token")
    problem(house.log_in("purchaser"), 401, "wrong_credentials")
    problem(house.ask("PATCH", path, "admin", json={"active": True}, headers={"If-Match": '"1"'}), 412, "stale_version")


def test_an_administrator_does_not_change_who_also_works_elsewhere(house: House):
    bootstrap(
        house.runtime.dispatchers["identity"], type(ACME)(code="beta", name="B", currency="EUR"), {"purchaser": ""}
    )
    path = f"/v1/identity/people/{person(house, 'purchaser')['id']}"
    answer = house.ask("PATCH", path, "admin", json={"active": False}, headers={"If-Match": '"1"'})
    problem(answer, 403, "forbidden")


def test_only_an_administrator_administers(house: House):
    for role in ROLES.keys() - {"admin"}:
        problem(house.ask("GET", "/v1/identity/people", role), 403, "scope_missing")


def test_a_company_has_a_real_time_zone(house: House):
    for zone in ("Mars/Olympus", "../etc/passwd", "/etc"):
        new = {"code": "b", "name": "B", "currency": "EUR", "time_zone": zone}
        answer = house.ask("POST", "/v1/identity/companies", "admin", json=new)
        assert answer.status_code == 422
        assert pointers(answer.get_json()) == {"/time_zone"}


# ---- API keys


def test_a_key_does_what_both_it_and_its_owner_may(house: House):
    made = key_for(house, "purchaser")
    assert made.status_code == 201
    secret = made.get_json()["secret"]
    assert secret.startswith("ht_")
    assert by_token(house, secret).status_code == 200
    me = by_token(house, secret, path="/v1/identity/me").get_json()
    assert (me["login"], me["scopes"]) == ("purchaser", ["inventory:read"])
    path = f"/v1/identity/people/{person(house, 'purchaser')['id']}/roles/purchaser/revoke"
    house.ask("POST", path, "admin")
    problem(by_token(house, secret), 403, "no_company")


def test_a_key_has_no_scope_its_owner_lacks(house: House):
    answer = key_for(house, "purchaser", scopes=["inventory:read", "inventory:write"])
    assert pointers(problem(answer, 422, "scope_not_held")) == {"/scopes/1"}


def test_a_key_is_shown_once(house: House):
    headers = {"Idempotency-Key": "k"}
    body = {"name": "k", "scopes": ["inventory:read"]}
    first = house.ask("POST", "/v1/identity/api-keys", "purchaser", json=body, headers=headers).get_json()
    again = house.ask("POST", "/v1/identity/api-keys", "purchaser", json=body, headers=headers)
    assert again.headers["Idempotent-Replayed"] == "true"
    assert again.get_json() == {**first, "secret": None}
    listed = house.ask("GET", "/v1/identity/api-keys", "purchaser")
    assert listed.get_json()["data"][0]["ending"] == first["secret"][-4:]
    assert first["secret"] not in json.dumps(listed.get_json())


def test_a_key_expires(house: House):
    secret = key_for(house, "purchaser", days=1).get_json()["secret"]
    house.clock.advance(timedelta(days=1) - timedelta(seconds=1))
    assert by_token(house, secret).status_code == 200
    house.clock.advance(timedelta(seconds=1))
    problem(by_token(house, secret), 401, "expired_token")


def test_a_revoked_key_is_refused_at_once(house: House):
    made = key_for(house, "purchaser").get_json()
    path = f"/v1/identity/api-keys/{made['id']}/revoke"
    problem(house.ask("POST", path, "salesperson"), 404, "not_found")
    assert by_token(house, made["secret"]).status_code == 200
    assert house.ask("POST", path, "purchaser").status_code == 200
    problem(by_token(house, made["secret"]), 401, "invalid_token")


def test_a_key_makes_no_keys_and_changes_no_password(house: House):
    secret = key_for(house, "purchaser").get_json()["secret"]
    body = {"name": "k", "scopes": ["inventory:read"]}
    problem(by_token(house, secret, "POST", "/v1/identity/api-keys", json=body), 403, "scope_missing")
    change = {"current": PASSWORD, "new": "battery staple"}
    problem(by_token(house, secret, "POST", "/v1/identity/me/password", json=change), 403, "scope_missing")


def test_an_administrator_makes_keys_for_machines_only(house: House):
    robot = {"login": "robot", "name": "Robot", "kind": "machine", "roles": ["warehouse_keeper"], "rate_limit": "off"}
    assert house.ask("POST", "/v1/identity/people", "admin", json=robot).status_code == 201
    secret = key_for(house, "admin", owner="robot").get_json()["secret"]
    assert by_token(house, secret).status_code == 200
    problem(key_for(house, "admin", owner="purchaser"), 403, "forbidden")
    problem(key_for(house, "purchaser", owner="robot"), 403, "forbidden")
    problem(house.log_in("robot", ""), 422, "invalid_input")
    problem(house.log_in("robot", "anything"), 401, "wrong_credentials")
    assert [row["owner"] for row in house.ask("GET", "/v1/identity/api-keys", "admin").get_json()["data"]] == ["robot"]
    assert house.ask("GET", "/v1/identity/api-keys", "purchaser").get_json()["data"] == []

"""Rate limits by principal and by address, with what is left in headers."""

from gateway.settings import GatewaySettings
from tests.unit.gateway.conftest import House, problem


def test_a_principal_is_told_what_is_left_and_stopped_when_nothing_is(house: House):
    house.settings = GatewaySettings(limit="2/hour")
    house.token("salesperson")
    first = house.ask("GET", "/v1/toy/things", "salesperson")
    assert first.headers["RateLimit-Policy"] == '"default";q=2;w=3600'
    assert first.headers["RateLimit"].startswith('"default";r=1;t=')
    house.ask("GET", "/v1/toy/things", "salesperson")
    stopped = house.ask("GET", "/v1/toy/things", "salesperson")
    problem(stopped, 429, "too_many_requests")
    assert 0 < int(stopped.headers["Retry-After"]) <= 3600
    assert stopped.headers["RateLimit"].startswith('"default";r=0;')
    assert house.ask("GET", "/v1/toy/things", "purchaser").status_code == 200


def test_one_own_limit_goes_before_and_off_is_none(house: House):
    house.settings = GatewaySettings(limit="1/hour")
    for _ in range(3):
        answer = house.ask("GET", "/v1/toy/things", "system")
        assert answer.status_code == 200
        assert "RateLimit" not in answer.headers


def test_who_is_not_known_is_counted_by_address(house: House):
    house.settings = GatewaySettings(limit_by_address="2/hour")
    for _ in range(2):
        house.client.get("/v1/toy/things", headers={"Authorization": "Bearer hs_wrong_token"})
    problem(house.client.get("/v1/toy/things"), 429, "too_many_requests")
    elsewhere = house.client.get("/v1/toy/things", environ_overrides={"REMOTE_ADDR": "10.0.0.9"})
    problem(elsewhere, 401, "authentication_required")


def test_behind_a_trusted_proxy_the_address_is_the_clients(house: House):
    house.settings = GatewaySettings(limit_by_address="1/hour", proxies=1)
    for client in ("10.1.1.1", "10.1.1.2"):
        answer = house.client.get("/v1/toy/things", headers={"X-Forwarded-For": f"6.6.6.6, {client}"})
        problem(answer, 401, "authentication_required")
    again = house.client.get("/v1/toy/things", headers={"X-Forwarded-For": "7.7.7.7, 10.1.1.1"})
    problem(again, 429, "too_many_requests")

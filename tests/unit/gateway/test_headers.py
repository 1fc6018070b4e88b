"""What every answer tells browsers, and what it does not tell anyone."""

import pytest

from gateway.headers import NOTHING, PAGE
from gateway.settings import GatewaySettings
from tests.unit.gateway.conftest import House

PATHS = ("/v1/toy/things", "/nowhere", "/livez", "/readyz", "/metrics", "/openapi.json", "/docs/start.js", "/")
PAGES = ("/docs", "/events/docs")


@pytest.mark.parametrize("path", [*PATHS, *PAGES])
def test_no_answer_is_sniffed_framed_or_told_on(house: House, path: str):
    with house.client.get(path) as answer:
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["X-Frame-Options"] == "DENY"
        assert answer.headers["Referrer-Policy"] == "no-referrer"
        assert answer.headers["Content-Security-Policy"] == (PAGE if path in PAGES else NOTHING)
        assert "frame-ancestors 'none'" in answer.headers["Content-Security-Policy"]
        assert "Server" not in answer.headers


def test_an_error_inside_has_them_too(house: House):
    answer = house.ask("POST", "/v1/toy/fail", json={"code": "A", "quantity": "1"})
    assert (answer.status_code, answer.headers["Content-Security-Policy"]) == (500, NOTHING)


def test_what_is_someones_own_is_kept_by_no_cache(house: House):
    for path in ("/v1/toy/things", "/v1/identity/me", "/v1/identity/api-keys"):
        assert house.ask("GET", path).headers["Cache-Control"] == "no-store"
    assert house.log_in("purchaser").headers["Cache-Control"] == "no-store"


def test_a_page_runs_no_script_of_elsewhere_or_its_own_text(house: House):
    script = next(part for part in PAGE.split("; ") if part.startswith("script-src"))
    assert script == "script-src 'self'"
    for path in PAGES:
        text = house.client.get(path).text
        assert "<script>" not in text
        assert "//" not in text.replace("<!DOCTYPE", "")


def test_the_docs_keep_no_token_in_the_browser(house: House):
    assert "persistAuthorization" not in house.client.get("/docs/start.js").text


def test_no_other_origin_is_let_read(house: House):
    answer = house.ask("GET", "/v1/toy/things", headers={"Origin": "https://elsewhere.example"})
    assert not [name for name, _ in answer.headers if name.startswith("Access-Control-")]


@pytest.mark.parametrize(("given", "proxies"), [({}, 0), ({"HUOTONG_PROXIES": ""}, 0), ({"HUOTONG_PROXIES": "2"}, 2)])
def test_an_installation_says_how_many_proxies_it_trusts(given: dict[str, str], proxies: int):
    assert GatewaySettings.from_environment(given).proxies == proxies

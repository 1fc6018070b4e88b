"""The gateway over real HTTP, from threads of this process."""

import http.client
import threading
from collections.abc import Iterator

import pytest
import requests

from gateway.wsgi import Server, serve
from tests.unit.gateway import toy
from tests.unit.gateway.conftest import PASSWORD, House


@pytest.fixture
def server(house: House) -> Iterator[Server]:
    running = serve(house.app, threads=4)
    yield running
    running.stop()


def test_a_whole_visit(house: House, server: Server):
    base = f"http://127.0.0.1:{server.port}"
    with requests.Session() as http_session:
        login = {"login": "warehouse_keeper", "password": PASSWORD}
        token = http_session.post(f"{base}/v1/identity/sessions", json=login, timeout=5).json()["token"]
        http_session.headers["Authorization"] = f"Bearer {token}"
        body = {"code": "A-1", "quantity": "1"}
        made = http_session.post(f"{base}/v1/toy/things", json=body, headers={"Idempotency-Key": "k"}, timeout=5)
        assert made.status_code == 201
        assert http_session.get(f"{base}/v1/toy/things", timeout=5).json()["data"][0]["code"] == "A-1"
        assert http_session.get(f"{base}/docs", timeout=5).status_code == 200
        too_large = http_session.post(f"{base}/v1/toy/things", data=b"x" * 3_000_000, headers={"Idempotency-Key": "l"})
        assert (too_large.status_code, too_large.json()["code"]) == (413, "body_too_large")


def test_an_over_long_header_is_refused(server: Server):
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=5)
    connection.request("GET", "/livez", headers={"X-Request-Id": "x" * 100_000})
    assert connection.getresponse().status == 431
    connection.close()


def test_stopping_finishes_what_is_under_way(house: House, server: Server):
    toy.HOLDING.clear()
    toy.LET_GO.clear()
    answers: list[int] = []
    headers = {"Authorization": f"Bearer {house.token('warehouse_keeper')}"}

    def hold() -> None:
        url = f"http://127.0.0.1:{server.port}/v1/toy/hold"
        answers.append(requests.post(url, json={"code": "A", "quantity": "1"}, headers=headers, timeout=10).status_code)

    asking = threading.Thread(target=hold)
    asking.start()
    assert toy.HOLDING.wait(5)
    stopping = threading.Thread(target=server.stop)
    stopping.start()
    toy.LET_GO.set()
    stopping.join(10)
    asking.join(10)
    assert answers == [200]
    with pytest.raises(requests.ConnectionError):
        requests.get(f"http://127.0.0.1:{server.port}/livez", timeout=2)

"""The gateway as a nameko service: HTTP in, calls out, and a clean end."""

import signal
import threading
import uuid
from typing import Any

import pytest
import requests

from gateway.identity.bootstrap import bootstrap
from gateway.identity.service import IDENTITY, identity_dispatcher
from shared.contracts.identity import RegisterCompany
from shared.storage.backbone import BACKBONE
from shared.storage.database import Database
from shared.storage.engine import open_engine
from tests.integration.rabbit.company import Company, eventually, free_port

PASSWORD = "a very long password"


class Client:
    """One person at the gateway."""

    def __init__(self, url: str) -> None:
        self.url, self.headers = url, {"Huotong-Company": "ACME"}

    def get(self, path: str) -> int:
        try:
            return requests.get(f"{self.url}{path}", timeout=5).status_code
        except requests.ConnectionError:
            return 0

    def post(self, path: str, **body: Any) -> requests.Response:
        headers = {**self.headers, "Idempotency-Key": str(uuid.uuid4())}
        return requests.post(f"{self.url}{path}", json=body, headers=headers, timeout=20)

    def log_in(self) -> None:
        token = self.post("/v1/identity/sessions", login="system", password=PASSWORD).json()["token"]
        self.headers["Authorization"] = f"Bearer {token}"


@pytest.fixture
def address() -> str:
    return f"127.0.0.1:{free_port()}"


def open_identity(company: Company) -> None:
    engine = open_engine(company.installation.services["gateway"].database_url)
    BACKBONE.create_all(engine)
    IDENTITY.metadata.create_all(engine)
    acme = RegisterCompany(code="ACME", name="ACME", currency="CNY", time_zone="Asia/Shanghai")
    bootstrap(identity_dispatcher(Database(engine)), acme, {"system": PASSWORD})
    engine.dispose()


def test_a_request_goes_all_the_way_and_the_gateway_ends_cleanly(company: Company, address: str):
    open_identity(company)
    client = Client(f"http://{address}")
    gateway = company.start("gateway", HUOTONG_HTTP_ADDRESS=address)
    eventually(lambda: client.get("/livez") == 200)
    assert client.get("/readyz") == 503
    company.start("mill")
    company.start("bakery")
    eventually(lambda: client.get("/readyz") == 200)
    client.log_in()
    assert client.post("/v1/mill/flour", sacks=2).ok
    eventually(lambda: company.count("bakery", "bread") == 2)
    answers: list[requests.Response] = []
    slow = threading.Thread(target=lambda: answers.append(client.post("/v1/mill/flour", seconds=2)))
    slow.start()
    eventually(lambda: company.rows("mill", "SELECT 1 FROM pg_stat_activity WHERE state = 'idle in transaction'"))
    gateway.send_signal(signal.SIGTERM)
    slow.join()
    assert answers[0].ok
    assert gateway.wait(timeout=15) == 0

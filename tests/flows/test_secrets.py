"""Passwords, tokens and keys are told where they must be and stand nowhere else: no log, event, error or table.

People sign in rightly and wrongly, change passwords, make keys, send secrets where they do not belong; then all that
was kept and said anywhere is searched.
"""

import os
import subprocess
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest
import requests
from sqlalchemy.engine import make_url

from deploy.local.postgresql import program
from deploy.local.servers import PrivateServers
from gateway.identity.secrets import fingerprint
from services.commands.local import PASSWORD
from tests.flows.gateways import Stack, stack

pytestmark = pytest.mark.servers
FIRST, SECOND, WRONG = "Xq7-first-password", "Xq7-second-password", "Xq7-wrong-password"
MISPLACED = "Xq7-misplaced-password"


@dataclass
class Visitor:
    """Someone who keeps all answers they get."""

    url: str
    answers: list[str] = field(default_factory=list)

    def ask(self, method: str, path: str, token: str = "", **given: Any) -> Any:
        headers = {**({"Authorization": f"Bearer {token}"} if token else {}), **given.pop("headers", {})}
        answer = requests.request(method, f"{self.url}/v1{path}", headers=headers, timeout=30, **given)
        self.answers.append(f"{answer.headers}\n{answer.text}")
        assert answer.status_code < 500, answer.text
        return answer.json()

    def log_in(self, login: str, password: str) -> str:
        return str(self.ask("POST", "/identity/sessions", json={"login": login, "password": password}).get("token", ""))


@pytest.fixture(scope="module")
def running(servers: PrivateServers, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    with stack(servers, tmp_path_factory.mktemp("secrets")) as started:
        yield started


def visit(visitor: Visitor) -> dict[str, str]:
    """All that people do with secrets, rightly and wrongly; the secrets that were made meanwhile."""
    admin = visitor.log_in("admin", PASSWORD)
    person = {"login": "li.wei", "name": "李伟", "password": FIRST, "roles": ["system"]}
    visitor.ask("POST", "/identity/people", admin, json=person)
    visitor.ask("POST", "/identity/people", admin, json=person)
    first = visitor.log_in("li.wei", FIRST)
    visitor.log_in("li.wei", WRONG)
    change = {"current": FIRST, "new": SECOND}
    visitor.ask("POST", "/identity/me/password", first, json=change | {"current": WRONG})
    visitor.ask("POST", "/identity/me/password", first, json=change)
    token = visitor.log_in("li.wei", SECOND)
    asked, once = {"name": "k", "scopes": ["sales:read", "sales:write", "inventory:read"]}, {"Idempotency-Key": "once"}
    key = str(visitor.ask("POST", "/identity/api-keys", token, json=asked, headers=once)["secret"])
    again = visitor.ask("POST", "/identity/api-keys", token, json=asked, headers=once)
    assert again["secret"] is None
    misplace(visitor, admin, token, key)
    trade(visitor, key)
    return {"a session's token": token, "an ended session's token": first, "the admin's token": admin, "a key": key}


def misplace(visitor: Visitor, admin: str, token: str, key: str) -> None:
    """Secrets where they do not belong: each is refused."""
    login = "/identity/sessions"
    for body in (
        {"login": "li.wei", "pasword": MISPLACED},
        {"login": "li.wei", "password": [MISPLACED]},
        {"login": "li.wei", "password": {"is": MISPLACED}},
        {"login": "li.wei", "password": MISPLACED * 20},
        {"login": {"password": MISPLACED}, "password": "x"},
    ):
        visitor.ask("POST", login, json=body)
    visitor.ask(
        "POST",
        login,
        data=f'{{"login": "li.wei", "password": "{MISPLACED}"',
        headers={"Content-Type": "application/json"},
    )
    visitor.ask("POST", login, data=f"password={MISPLACED}", headers={"Content-Type": "text/plain"})
    visitor.ask("POST", f"{login}?password={MISPLACED}", json={"login": "li.wei", "password": WRONG})
    visitor.ask("GET", "/sales/orders", MISPLACED)
    visitor.ask("GET", f"/sales/orders?token={key}", token)
    visitor.ask("GET", f"/sales/orders?cursor={token}", token)
    visitor.ask("GET", "/sales/orders", headers={"Authorization": f"Basic {MISPLACED}"})
    visitor.ask("GET", "/sales/orders", token, headers={"Huotong-Business-Date": MISPLACED, "If-Match": MISPLACED})
    visitor.ask("PATCH", "/identity/people/no-id", admin, json={"password": MISPLACED}, headers={"If-Match": "*"})


def trade(visitor: Visitor, key: str) -> None:
    """Something that goes through services and events, done by the key."""
    item = visitor.ask("GET", "/inventory/items?limit=1", key)["data"]
    lines = [
        {"item_id": item[0]["id"] if item else "019ca7ab-1234-7abc-8def-0123456789ab", "quantity": "1", "price": "1"}
    ]
    customer = visitor.ask("POST", "/sales/customers", key, json={"code": "C-S", "name": "S", "country": "China"})
    order = {"customer_id": customer["id"], "lines": lines}
    visitor.ask("POST", "/sales/orders", key, json=order, headers={"Idempotency-Key": "o"})


def kept(running: Stack, servers: PrivateServers) -> Mapping[str, str]:
    """All that was written anywhere, by where: every table of every database, every log."""
    dumps = {
        f"database of {name}": dumped(access.database_url) for name, access in running.installation.services.items()
    }
    logs = [*running.logs.glob("*.log"), *servers.folder.glob("*.log"), *servers.folder.glob("rabbitmq/log/**/*")]
    return dumps | {str(path): path.read_text(errors="replace") for path in logs if path.is_file()}


def dumped(url: str) -> str:
    at = make_url(url)
    command = [program("pg_dump"), "--host", str(at.host), "--port", str(at.port), "--username", str(at.username)]
    environment = {**os.environ, "PGPASSWORD": str(at.password)}
    dump = subprocess.run(
        [*command, str(at.database)], env=environment, capture_output=True, text=True, check=True, timeout=60
    )
    return dump.stdout


def broker_files(servers: PrivateServers) -> Mapping[str, bytes]:
    """What the broker keeps on disk: queues and streams, with every message there was."""
    return {
        str(path): path.read_bytes() for path in (servers.folder / "rabbitmq" / "data").rglob("*") if path.is_file()
    }


def test_no_secret_stands_anywhere_but_where_it_was_told(running: Stack, servers: PrivateServers):
    visitor = Visitor(running.gateway.url)
    made = visit(visitor)
    people = {"first": FIRST, "second": SECOND, "wrong": WRONG, "misplaced": MISPLACED, **made}
    everything = kept(running, servers)
    found = {
        f"{what} in {where}" for where, text in everything.items() for what, each in people.items() if each in text
    }
    found |= {
        f"{what} in {path}"
        for path, data in broker_files(servers).items()
        for what, each in people.items()
        if each.encode() in data
    }
    assert found == set()
    for what, secret in people.items():
        told = [answer for answer in visitor.answers if secret in answer]
        assert len(told) == (1 if what in made else 0), f"{what} is told {len(told)} times"
    assert_searched(everything, broker_files(servers), made)


def assert_searched(everything: Mapping[str, str], broker: Mapping[str, bytes], made: Mapping[str, str]) -> None:
    """What does stand there was found by the same search."""
    assert fingerprint(made["a key"]) in everything["database of gateway"]
    assert '"li.wei"' in "".join(text for where, text in everything.items() if where.endswith(".log"))
    assert any("customer_registered" in text for where, text in everything.items() if where == "database of sales")
    assert any(b"huotong.sales.customer_registered.v1" in data for data in broker.values())


def test_no_server_password_stands_in_a_log_or_a_table(running: Stack, servers: PrivateServers):
    urls = [
        url for access in running.installation.services.values() for url in (access.database_url, access.broker_url)
    ]
    passwords = {unquote(str(make_url(url).password)) for url in urls}
    passwords |= {servers.database.password, servers.broker.password}
    assert len(passwords) == len(urls) + 2
    found = {where for where, text in kept(running, servers).items() for password in passwords if password in text}
    assert found == set()
    assert not [path for path in Path("/proc").glob("[0-9]*/cmdline") if passwords & words(path)]


def words(path: Path) -> set[str]:
    """What stands on a process's command line, which anyone on the machine may read."""
    try:
        text = path.read_bytes().decode(errors="replace")
    except OSError:
        return set()
    return set(text.replace("\0", " ").replace("=", " ").replace("@", " ").replace(":", " ").split())

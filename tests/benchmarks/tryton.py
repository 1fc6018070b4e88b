"""Tryton 7.0 beside Huotong: its server with a worker per core, set up, and sold from by its JSON-RPC."""

import base64
import json
import os
import subprocess
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from http import HTTPStatus
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from random import Random
from typing import Any

from deploy.local.processes import LOOPBACK, free_port
from deploy.local.servers import PrivateServers
from services.commands.processes import PROJECT
from tests.benchmarks.callers import Json, Unexpected
from tests.benchmarks.stack import until

ENVIRONMENT = PROJECT / "var" / "peers"
PASSWORD = "measured by a yardstick"
ITEMS, CUSTOMERS = 200, 50
_FOUND = Path(__file__).parent / "peers" / "found_tryton.py"
_MODULES = ("sale", "account_invoice_stock")
_PATIENCE_SECONDS = 120.0
_LOCKED, _TRIES, _PAUSE = "could not obtain lock", 100, 0.02


@dataclass(frozen=True)
class Tryton:
    """A running server, and the ids of its company."""

    port: int
    database: str
    company: Json

    def client(self) -> "TrytonClient":
        """Someone signed in, on a connection of their own."""
        return TrytonClient(self)


class TrytonClient:
    """A user at the server; for one thread."""

    def __init__(self, tryton: Tryton) -> None:
        self._tryton = tryton
        self._http = HTTPConnection(LOOPBACK, tryton.port, timeout=_PATIENCE_SECONDS)
        self._headers = {"Content-Type": "application/json"}
        user, session, *_ = self._call("common.db.login", "admin", {"password": PASSWORD})
        secret = base64.b64encode(f"admin:{user}:{session}".encode()).decode()
        self._headers["Authorization"] = f"Session {secret}"
        self._context = self._call("model.res.user.get_preferences", True, {})

    def sell(self, rng: Random, lines: int = 3) -> int:
        """One sale, from the order to its posted invoice; the invoice's id."""
        (sale,) = self._model("sale.sale.create", [self._sale(rng, lines)])
        for step in ("quote", "confirm"):
            self._model(f"sale.sale.{step}", [sale])
        (shipment,) = self._read("sale.sale", sale, "shipments")
        for step in ("assign_try", "pick", "pack", "done"):
            self._model(f"stock.shipment.out.{step}", [shipment])
        (invoice,) = self._read("sale.sale", sale, "invoices")
        self._model("account.invoice.post", [invoice])
        return int(invoice)

    def posted(self) -> int:
        """How many invoices are posted."""
        return int(self._model("account.invoice.search_count", [["state", "=", "posted"]]))

    def _sale(self, rng: Random, lines: int) -> Json:
        company = self._tryton.company
        party = rng.choice(company["parties"])
        products = rng.sample(company["products"], lines)
        return {
            "party": party["id"],
            "invoice_address": party["address"],
            "shipment_address": party["address"],
            "payment_term": company["term"],
            "invoice_method": "shipment",
            "lines": [["create", [self._line(product, rng.randint(1, 5)) for product in products]]],
        }

    def _line(self, product: int, quantity: int) -> Json:
        company = self._tryton.company
        price = {"__class__": "Decimal", "decimal": "20"}
        return {
            "type": "line", "product": product, "quantity": float(quantity), "unit": company["unit"],
            "unit_price": price, "taxes": [["add", [company["tax"]]]],
        }  # fmt: skip

    def _read(self, model: str, id_: int, field: str) -> Any:
        (row,) = self._model(f"{model}.read", [id_], [field])
        return row[field]

    def _model(self, method: str, *parameters: Any) -> Any:
        """Call; again where Tryton gives up because another has the row, as it asks of its clients."""
        for _ in range(_TRIES):
            try:
                return self._call(f"model.{method}", *parameters, self._context)
            except Unexpected as refused:
                if _LOCKED not in str(refused):
                    raise
                time.sleep(_PAUSE)
        raise Unexpected(f"Tryton, {method}: locked {_TRIES} times")

    def _call(self, method: str, *parameters: Any) -> Any:
        body = json.dumps({"id": 1, "method": method, "params": parameters})
        self._http.request("POST", f"/{self._tryton.database}/", body, self._headers)
        answer = self._http.getresponse()
        text = answer.read()
        found = json.loads(text) if answer.status == HTTPStatus.OK else {"error": f"{answer.status} {text[:300]!r}"}
        if isinstance(found, dict) and found.get("error"):
            raise Unexpected(f"Tryton, {method}: {found['error']}")
        return found["result"] if isinstance(found, dict) and "result" in found else found


@contextmanager
def running_tryton(servers: PrivateServers) -> Iterator[Tryton]:
    """Tryton on a database of these servers, set up, with as many workers as there are cores."""
    url = servers.create_service_databases(["tryton"], "bench")["tryton"].replace("+psycopg2", "")
    database = url.rpartition("/")[2]
    with tempfile.TemporaryDirectory(prefix="huotong-bench-") as folder:
        environment = _environment(Path(folder), url)
        company = _set_up(environment, database, url)
        port = free_port()
        log = (Path(folder) / "tryton.log").open("wb")
        with log, _serving(environment, port, log):
            yield Tryton(port, database, company)


def _environment(folder: Path, url: str) -> dict[str, str]:
    configuration, password = folder / "trytond.conf", folder / "password"
    configuration.write_text(f"[database]\nuri = {url.rpartition('/')[0]}/\nlist = False\n")
    password.write_text(PASSWORD)
    return {**os.environ, "TRYTOND_CONFIG": str(configuration), "TRYTONPASSFILE": str(password)}


def _set_up(environment: dict[str, str], database: str, url: str) -> Json:
    """Its tables, its modules, and the same small company."""
    admin = [_program("trytond-admin"), "-c", environment["TRYTOND_CONFIG"], "-d", database]
    _run([*admin, "--email", "bench@example.com", "--all"], environment)
    _run([*admin, "--update", *_MODULES, "--activate-dependencies"], environment)
    company: Json = json.loads(_run([_program("python"), str(_FOUND), url, str(ITEMS), str(CUSTOMERS)], environment))
    return company


@contextmanager
def _serving(environment: dict[str, str], port: int, log: Any) -> Iterator[None]:
    # Sync workers take a request each when they are free, so that none idles while another has a queue.
    command = [
        _program("gunicorn"), "--workers", str(os.cpu_count() or 1), "--worker-class", "sync",
        "--bind", f"{LOOPBACK}:{port}", "--timeout", "300", "--no-control-socket", "trytond.application:app",
    ]  # fmt: skip
    server = subprocess.Popen(command, env=environment, stdout=log, stderr=log)
    try:
        until(lambda: _answers(port), "Tryton's server", _PATIENCE_SECONDS)
        yield
    finally:
        server.terminate()
        server.wait()


def _answers(port: int) -> bool:
    try:
        http = HTTPConnection(LOOPBACK, port, timeout=_PATIENCE_SECONDS)
        http.request("POST", "/", '{"id": 1, "method": "common.server.version", "params": []}',
                     {"Content-Type": "application/json"})  # fmt: skip
        return http.getresponse().status == HTTPStatus.OK
    except (OSError, HTTPException):
        return False


def _program(name: str) -> str:
    return str(ENVIRONMENT / "bin" / name)


def _run(command: Sequence[str], environment: dict[str, str]) -> str:
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        raise Unexpected(f"{Path(command[0]).name}: {done.stderr[-2000:]}")
    return done.stdout

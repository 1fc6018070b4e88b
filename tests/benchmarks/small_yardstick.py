"""The yardstick of what one process does by itself: a fixed piece of plain Python and SQLite, paid in CPU seconds.

One unit is a document of ten lines: written to JSON and read again, summed in Decimal, and stored with its lines by
one transaction. It uses nothing of Huotong's, so it moves only with the machine.
"""

import json
import sqlite3
import tempfile
import time
from decimal import Decimal
from pathlib import Path

_UNITS = 3000
_LINES = [{"line": n, "item": f"item-{n}", "quantity": f"{n}.000", "price": f"{n}.25"} for n in range(10)]


def units_per_cpu_second(units: int = _UNITS) -> float:
    """How many units this process carries out per second of its own CPU time."""
    with tempfile.TemporaryDirectory(prefix="huotong-bench-") as folder:
        connection = sqlite3.connect(Path(folder) / "yardstick.db", isolation_level=None)
        try:
            _prepare(connection)
            began = time.thread_time()
            for number in range(units):
                _unit(connection, number)
            return units / (time.thread_time() - began)
        finally:
            connection.close()


def _prepare(connection: sqlite3.Connection) -> None:
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA synchronous=NORMAL")
    connection.execute("CREATE TABLE document (id INTEGER PRIMARY KEY, body TEXT, total TEXT)")
    connection.execute("CREATE TABLE line (id INTEGER PRIMARY KEY, document INTEGER, item TEXT, quantity TEXT)")
    connection.execute("CREATE INDEX line_document ON line (document)")


def _unit(connection: sqlite3.Connection, number: int) -> None:
    body = json.dumps({"number": number, "lines": _LINES})
    lines = json.loads(body)["lines"]
    total = sum((Decimal(line["quantity"]) * Decimal(line["price"]) for line in lines), Decimal(0))
    connection.execute("BEGIN IMMEDIATE")
    connection.execute("INSERT INTO document VALUES (?, ?, ?)", (number, body, str(total)))
    rows = [(number, line["item"], line["quantity"]) for line in lines]
    connection.executemany("INSERT INTO line (document, item, quantity) VALUES (?, ?, ?)", rows)
    connection.execute("COMMIT")

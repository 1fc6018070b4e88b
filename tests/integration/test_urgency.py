"""A transaction that others wait for comes to its end first, but never stands in its own way."""

import subprocess
import sys

import pytest

from deploy.local.servers import Installation
from services.commands.processes import PROJECT
from shared.storage.database import Database
from shared.storage.engine import open_engine
from shared.storage.urgency import URGENT

pytestmark = pytest.mark.servers
_TWO_WHO_WAIT = """
import shared.runtime.rabbit.green
import sys, threading, time
from sqlalchemy import text
from shared.storage.database import Database
from shared.storage.engine import open_engine

database = Database(open_engine(sys.argv[1]))
LOCK = text("SELECT pg_advisory_xact_lock(7)")
held, done = threading.Event(), []

def first():
    with database.transaction() as session:
        session.hurry()
        session.execute(LOCK)
        held.set()
        time.sleep(0.1)
        session.execute(text("SELECT 1"))
    done.append("first")

def second():
    held.wait()
    with database.transaction() as session:
        session.hurry()
        session.execute(LOCK)
    done.append("second")

threads = [threading.Thread(target=each) for each in (first, second)]
for each in threads: each.start()
for each in threads: each.join(20)
print(*done)
"""


def test_it_is_urgent_until_its_connection_is_back(installation: Installation) -> None:
    engine = open_engine(installation.services["sales"].database_url)
    with Database(engine).transaction() as session:
        connection = session.connection.connection.dbapi_connection
        session.hurry()
        assert id(connection) in URGENT
    assert id(connection) not in URGENT
    engine.dispose()


def test_two_green_threads_in_a_hurry_let_each_other_go_on(installation: Installation) -> None:
    url = installation.services["sales"].database_url
    command = [sys.executable, "-c", _TWO_WHO_WAIT, url]
    done = subprocess.run(command, cwd=PROJECT, capture_output=True, text=True, timeout=60, check=False)
    assert done.stdout.split() == ["first", "second"], done.stderr

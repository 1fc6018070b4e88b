"""A transaction that others wait for comes to its end first, but never stands in its own way."""

import subprocess
import sys
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import event

from deploy.local.servers import Installation
from services.commands.processes import PROJECT
from shared.kernel.clocks import SystemClock
from shared.kernel.ids import RandomIds
from shared.runtime.dispatch import Dispatcher
from shared.runtime.work import UnitOfWork
from shared.storage.backbone import BACKBONE
from shared.storage.database import Database
from shared.storage.engine import open_engine
from shared.storage.urgency import URGENT
from tests.unit.runtime import orchard
from tests.unit.runtime.test_together import call, outcomes

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


def nothing_ahead(_work: UnitOfWork, _requests: Sequence[Any]) -> None:
    """Read nothing at once for commands that go together."""


@pytest.mark.parametrize("together", [True, False])
def test_commands_are_urgent_whose_next_wait_for_them(installation: Installation, *, together: bool) -> None:
    engine = open_engine(installation.services["sales"].database_url)
    BACKBONE.create_all(engine)
    orchard.Base.metadata.create_all(engine)
    service = replace(orchard.SERVICE, together={"pick_apples": nothing_ahead} if together else {})
    dispatcher = Dispatcher(service, Database(engine), SystemClock(), RandomIds(), lambda _: None)
    planted = dispatcher.call(call(orchard.plant_tree, code="A")).body
    assert planted is not None
    urgent: list[bool] = []
    event.listen(engine, "checkin", lambda connection, _: urgent.append(id(connection) in URGENT), insert=True)
    picks = [call(orchard.pick_apples, id=planted["id"], apples=str(number)) for number in (1, 2, 3)]
    assert outcomes(dispatcher.call_together(picks[:1])) == ["done"]
    assert outcomes(dispatcher.call_together(picks[1:])) == ["done", "done"]
    assert urgent == ([True, True] if together else [False, False])
    engine.dispose()

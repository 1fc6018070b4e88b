"""A company in two processes is one company: facts cross, each has its effect once, and both come to rest together."""

from collections.abc import Callable, Iterator
from decimal import Decimal
from multiprocessing import get_context
from multiprocessing.connection import Connection
from multiprocessing.context import SpawnProcess
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

from shared.contracts.operations import Operation
from shared.runtime.annex import Annexed, Gone, Wire, keep
from shared.runtime.embedded import EmbeddedRuntime
from shared.runtime.port import Json, Problem
from shared.runtime.registry import Service
from shared.storage.backbone import BACKBONE, inbox, outbox
from shared.storage.database import Database
from shared.storage.engine import open_engine
from tests.unit.runtime import orchard, press
from tests.unit.runtime.test_together import call

SERVICES = {"orchard": orchard.SERVICE, "press": press.SERVICE}
SECONDS = 30.0


def opened(service: Service, folder: Path) -> Database:
    engine = open_engine(f"sqlite:///{folder / service.name}.db")
    BACKBONE.create_all(engine)
    service.metadata.create_all(engine)
    return Database(engine)


def runtime(here: str, folder: Path, wire: Wire) -> EmbeddedRuntime:
    elsewhere = [service for name, service in SERVICES.items() if name != here]
    return EmbeddedRuntime(
        [SERVICES[here]], {here: opened(SERVICES[here], folder)}, elsewhere=elsewhere, neighbour=wire
    )


def keep_annex(connection: "Connection[Any, Any]", name: str, folder: Path) -> None:
    """The second process."""
    wire = Wire(connection)
    keep(runtime(name, folder, wire), wire)


def start_annex(name: str, folder: Path) -> "tuple[SpawnProcess, Connection[Any, Any]]":
    context = get_context("spawn")
    ours, theirs = context.Pipe()
    process = context.Process(target=keep_annex, args=(theirs, name, folder), daemon=True)
    process.start()
    theirs.close()
    return process, ours


class Farm:
    """Orchard and press, one of them in the annex."""

    def __init__(self, folder: Path, annex: str) -> None:
        self.folder, self.annex = folder, annex
        self.process, connection = start_annex(annex, folder)
        (here,) = SERVICES.keys() - {annex}
        self.wire = Wire(connection)
        self.company = Annexed(runtime(here, folder, self.wire), self.wire, [annex])

    def do(self, operation: Operation[Any, Any], **fields: Any) -> Json:
        reply = self.company.call(operation.service, call(operation, **fields))
        assert reply.body is not None, reply.problem
        return reply.body

    def refused(self, operation: Operation[Any, Any], **fields: Any) -> Problem:
        reply = self.company.call(operation.service, call(operation, **fields))
        assert reply.problem is not None
        return reply.problem

    def close(self) -> None:
        self.wire.end()
        self.process.join(SECONDS)
        self.process.kill()

    def juice(self) -> list[Decimal]:
        with opened(press.SERVICE, self.folder).snapshot() as session:
            return sorted(session.scalars(select(press.Juice.apples)))

    def count(self, service: str, table: Any, *where: Any) -> int:
        with opened(SERVICES[service], self.folder).snapshot() as session:
            return session.scalar(select(func.count()).select_from(table).where(*where)) or 0


Open = Callable[[str], Farm]


@pytest.fixture
def farm(tmp_path: Path) -> Iterator[Open]:
    opened: list[Farm] = []

    def open_farm(annex: str) -> Farm:
        opened.append(Farm(tmp_path, annex))
        return opened[-1]

    yield open_farm
    for each in opened:
        each.close()


@pytest.mark.parametrize("annex", SERVICES)
def test_what_is_told_in_one_process_is_taken_in_by_the_other_once(farm: Open, annex: str) -> None:
    company = farm(annex)
    trees = [company.do(orchard.plant_tree, code=f"T{number}") for number in range(3)]
    for number in range(1, 13):
        company.do(orchard.pick_apples, id=trees[number % 3]["id"], apples=str(number))
    company.company.settle()
    assert company.company.quiet()
    assert company.juice() == [Decimal(number) for number in range(1, 13)]
    assert company.count("orchard", outbox, ~outbox.c.sent) == 0
    assert company.count("press", inbox) == 15


@pytest.mark.parametrize("annex", SERVICES)
def test_more_than_a_pipe_holds_may_be_on_the_way(farm: Open, annex: str) -> None:
    company = farm(annex)
    for number in range(500):
        company.do(orchard.plant_tree, code=f"T{number}")
    company.company.settle()
    assert company.count("press", inbox) == 500
    assert company.count("orchard", outbox, ~outbox.c.sent) == 0


def test_a_call_of_the_annex_is_refused_as_anywhere(farm: Open) -> None:
    company = farm("orchard")
    tree = company.do(orchard.plant_tree, code="A")
    assert company.refused(orchard.pick_apples, id=tree["id"], apples="3", fate="refused").code == "unripe"
    assert company.refused(orchard.pick_apples, id=tree["id"], apples="3", fate="broken").status == 500
    assert company.do(orchard.get_tree, id=tree["id"])["apples"] == "0"
    assert company.company.readiness() == {"orchard": "ready", "press": "ready"}


def test_to_come_to_rest_twice_changes_nothing(farm: Open) -> None:
    company = farm("press")
    company.company.settle()
    company.do(orchard.plant_tree, code="A")
    company.company.settle()
    company.company.settle()
    assert company.company.quiet()
    assert company.count("press", inbox) == 1


@pytest.mark.parametrize("annex", SERVICES)
def test_of_an_annex_that_is_killed_nothing_is_lost(farm: Open, annex: str) -> None:
    company = farm(annex)
    tree = company.do(orchard.plant_tree, code="A")
    company.company.settle()
    for apples in ("1", "2"):
        company.do(orchard.pick_apples, id=tree["id"], apples=apples)
    company.process.kill()
    company.process.join(SECONDS)
    with pytest.raises(Gone):
        company.company.settle()
    pick = call(orchard.pick_apples, id=tree["id"], apples="3")
    reply = company.company.call("orchard", pick)
    if annex == "orchard":
        assert reply.problem is not None
        assert (reply.problem.status, "has ended" in reply.problem.detail) == (500, True)
    else:
        assert reply.body is not None, "what is committed here stands, whether or not it can be told"
    again = farm(annex)
    again.company.settle()
    assert again.juice() == [Decimal(1), Decimal(2), *([] if annex == "orchard" else [Decimal(3)])]
    assert again.count("orchard", outbox, ~outbox.c.sent) == 0


@pytest.mark.parametrize("annex", SERVICES)
def test_an_annex_ends_with_the_main_process(tmp_path: Path, annex: str) -> None:
    process, ours = start_annex(annex, tmp_path)
    ours.close()
    process.join(SECONDS)
    assert process.exitcode == 0


def test_an_annex_ends_when_it_is_told_to(farm: Open) -> None:
    company = farm("press")
    company.do(orchard.plant_tree, code="A")
    company.wire.end()
    company.process.join(SECONDS)
    assert company.process.exitcode == 0

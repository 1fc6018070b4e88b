"""Rows read fresh or under lock are as they are in the database now, whatever was read of them before."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import update

from services.finance.parties.tables import Party
from shared.kernel.clocks import SystemClock
from shared.kernel.ids import RandomIds
from shared.runtime.context import Context
from shared.runtime.work import Records, UnitOfWork
from shared.storage.database import Database
from shared.storage.engine import open_engine
from tests.company import TODAY


@pytest.fixture
def work(tmp_path: Path) -> Iterator[UnitOfWork]:
    engine = open_engine(f"sqlite:///{tmp_path / 'rows.db'}")
    Party.metadata.create_all(engine)
    context = Context(company="acme", currency="CNY", business_date=TODAY, actor="a", request_id="r", correlation="c")
    with Database(engine).transaction() as session:
        yield UnitOfWork("finance", session, context, SystemClock().now(), RandomIds(), "test", records=Records())
    engine.dispose()


@pytest.fixture
def ann(work: UnitOfWork) -> Party:
    """Ann as read before another renames her Anna."""
    id_ = work.new_id()
    work.keep_copy(Party, id_, kind="customer", code="C1", name="Ann", currency="CNY", terms={})
    party = work.known(Party, id_)
    work.session.execute(update(Party.__table__).values(name="Anna"))
    return party


def test_a_locked_row_shows_what_another_wrote_since_it_was_first_read(work: UnitOfWork, ann: Party) -> None:
    assert work.known(Party, ann.id).name == "Ann"
    assert work.known(Party, ann.id, lock=True).name == ann.name == "Anna"


def test_so_do_rows_that_are_read_fresh_or_locked_by_a_select(work: UnitOfWork, ann: Party) -> None:
    statement = work.select(Party)
    assert [each.name for each in work.all(statement)] == ["Ann"]
    assert [each.name for each in work.fresh(statement)] == ["Anna"]
    work.session.execute(update(Party.__table__).values(name="Hanna"))
    assert [each.name for each in work.locked(statement)] == ["Hanna"]


def test_rows_that_are_there_already_are_not_made_again(work: UnitOfWork, ann: Party) -> None:
    new = {"kind": "customer", "code": "C2", "name": "Bob", "currency": "CNY", "terms": {}, "sequence": 0}
    bob = work.new_id()
    work.insert_missing(Party, [new | {"id": ann.id}, new | {"id": bob}])
    assert {each.id: each.name for each in work.fresh(work.select(Party))} == {ann.id: "Anna", bob: "Bob"}

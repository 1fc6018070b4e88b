"""What the embedded runtime does when a commit is not seen, and when the wall clock is set back."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.exc import OperationalError

from shared.storage.database import Database
from shared.storage.session import Session
from tests.company import Company
from tests.unit.runtime import orchard, press


@pytest.fixture
def company(tmp_path: Path) -> Company:
    return Company([orchard.SERVICE, press.SERVICE], tmp_path)


def juice(company: Company) -> list[Decimal]:
    with company.databases["press"].snapshot() as session:
        return sorted(session.scalars(select(press.Juice.apples)))


def test_facts_of_a_commit_that_was_taken_for_a_failure_are_told_all_the_same(
    company: Company, monkeypatch: pytest.MonkeyPatch
) -> None:
    committed = Database.transaction
    failures = iter((OperationalError("COMMIT", None, ConnectionError("the answer was lost")),))

    @contextmanager
    def unseen(self: Database, *claims: str) -> Iterator[Session]:
        with committed(self, *claims) as session:
            yield session
        if failure := next(failures, None):
            raise failure

    tree = company.do(orchard.plant_tree, code="A")
    monkeypatch.setattr(Database, "transaction", unseen)
    company.only(orchard.pick_apples, id=tree.id, apples="5", key="k")
    company.runtime._sweep("orchard")
    company.settle()

    assert juice(company) == [Decimal(5)]


def test_a_clock_set_back_does_not_put_off_what_is_to_be_tried_again(
    company: Company, monkeypatch: pytest.MonkeyPatch
) -> None:
    def lost(*_: object) -> None:
        raise ConnectionError("the database went away")

    tree = company.do(orchard.plant_tree, code="A")
    company.only(orchard.pick_apples, id=tree.id, apples="5")
    with monkeypatch.context() as broken:
        broken.setattr(company.runtime.receivers["press"], "_run", lost)
        company.settle()
    company.clock.advance(timedelta(hours=-1))
    company.settle()

    assert juice(company) == [Decimal(5)]

"""Rows of a growing table are counted once each, and as the asking session sees them."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from shared.storage.backbone import BACKBONE, inbox
from shared.storage.database import Database
from shared.storage.engine import open_engine
from shared.storage.session import Session
from shared.storage.statements import keep
from shared.storage.tallies import by_type

NOW = datetime(2026, 3, 2, tzinfo=UTC)


@pytest.fixture
def database(tmp_path: Path) -> Database:
    engine = open_engine(f"sqlite:///{tmp_path / 'counted.db'}")
    BACKBONE.create_all(engine)
    return Database(engine)


def take_in(session: Session, *facts: str, type_: str = "a", company: str = "acme") -> None:
    rows = [{"consumer": "x", "fact": fact, "company": company, "type": type_, "handled_at": NOW} for fact in facts]
    keep(session, inbox, rows)


def counted(database: Database, company: str = "acme") -> dict[str, int]:
    with database.snapshot() as session:
        return by_type(session, inbox, company)


def test_what_comes_later_is_added_to_what_was_counted(database: Database) -> None:
    assert counted(database) == {}
    with database.transaction() as session:
        take_in(session, "1", "2")
        take_in(session, "3", type_="b")
    assert counted(database) == {"a": 2, "b": 1}
    with database.transaction() as session:
        take_in(session, "4")
    assert counted(database) == {"a": 3, "b": 1}


def test_companies_are_counted_apart(database: Database) -> None:
    with database.transaction() as session:
        take_in(session, "1")
        take_in(session, "2", company="other")
    assert counted(database) == {"a": 1}
    assert counted(database, "other") == {"a": 1}


def test_an_older_snapshot_counts_what_it_sees(database: Database) -> None:
    with database.transaction() as session:
        take_in(session, "1")
    with database.snapshot() as earlier:
        earlier.connection.exec_driver_sql("SELECT 1 FROM inbox")
        with database.transaction() as session:
            take_in(session, "2")
        assert counted(database) == {"a": 2}
        assert by_type(earlier, inbox, "acme") == {"a": 1}
    assert counted(database) == {"a": 2}


def test_two_databases_are_counted_apart(database: Database, tmp_path: Path) -> None:
    other = Database(open_engine(f"sqlite:///{tmp_path / 'other.db'}"))
    BACKBONE.create_all(other.engine)
    with database.transaction() as session:
        take_in(session, "1")
    assert counted(database) == {"a": 1}
    assert counted(other) == {}

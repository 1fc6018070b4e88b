"""Fixtures of finance's tests: one database for all of them, emptied for each office."""

from pathlib import Path

import pytest
from sqlalchemy import MetaData

from services.finance.service import SERVICE
from shared.runtime.registry import Service
from shared.storage.backbone import BACKBONE
from shared.storage.database import Database
from shared.storage.engine import open_engine
from tests.unit.finance.office import Office

_SCHEMAS: tuple[MetaData, ...] = (BACKBONE, SERVICE.metadata)


@pytest.fixture(scope="session")
def books(tmp_path_factory: pytest.TempPathFactory) -> Database:
    """Finance's database; making it and compiling its statements takes longer than most tests."""
    engine = open_engine(f"sqlite:///{tmp_path_factory.mktemp('books') / 'finance.db'}")
    for schema in _SCHEMAS:
        schema.create_all(engine)
    return Database(engine)


@pytest.fixture(autouse=True)
def _emptied_for_each_office(books: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    def emptied(_service: Service, _folder: Path) -> Database:
        with books.transaction() as session:
            for schema in _SCHEMAS:
                for table in schema.sorted_tables:
                    session.execute(table.delete())
        return books

    monkeypatch.setattr("tests.company._database", emptied)


@pytest.fixture
def office(tmp_path: Path) -> Office:
    return Office(tmp_path)

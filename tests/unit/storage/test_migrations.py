"""Migrations: what they make is what the code declares, and they are written in words of both databases."""

from pathlib import Path

import pytest
from sqlalchemy import inspect

from services.commands.installation import every_service
from shared.runtime.registry import Service
from shared.storage.engine import open_engine
from shared.storage.migrations import BACKBONE_HISTORY, drift, history_of, migrate


@pytest.mark.parametrize("service", every_service(), ids=lambda service: service.name)
def test_a_migrated_database_has_just_the_tables_the_code_declares(service: Service, tmp_path: Path) -> None:
    engine = open_engine(f"sqlite:///{tmp_path / 'fresh.db'}")
    migrate(service, engine)
    migrate(service, engine)
    assert drift(service, engine) == []
    declared = {*service.metadata.tables, *BACKBONE_HISTORY.metadata.tables}
    versions = {BACKBONE_HISTORY.version_table, history_of(service).version_table}
    assert set(inspect(engine).get_table_names()) == declared | versions
    engine.dispose()


def test_conditions_on_flags_are_words_that_both_databases_take() -> None:
    """`boolean = 0` and a boolean's default of 0 are errors on PostgreSQL."""
    written = "".join(file.read_text() for file in BACKBONE_HISTORY.folder.glob("*.py"))
    assert 'postgresql_where=sa.text("NOT sent")' in written
    assert 'server_default=sa.text("(false)")' in written
    assert 'sqlite_where=sa.text("sent = 0")' in written

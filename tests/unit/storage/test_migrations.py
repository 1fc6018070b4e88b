"""Migrations are written on SQLite and run on PostgreSQL too."""

from pathlib import Path

import pytest
from sqlalchemy.orm import DeclarativeBase

from shared.contracts.operations import Contract
from shared.runtime.registry import Service
from shared.storage import migrations
from shared.storage.engine import open_engine
from shared.storage.rows import service_metadata


class Base(DeclarativeBase):
    metadata = service_metadata()


def test_the_backbones_conditions_are_written_in_words_of_both(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """`boolean = 0` and a boolean's default of 0 are errors on PostgreSQL."""
    service = Service(Contract("toy", "玩具", "Toy"), Base.metadata, Base.__module__)
    monkeypatch.setattr(migrations, "_versions", lambda _: tmp_path)
    engine = open_engine(f"sqlite:///{tmp_path / 'empty.db'}")
    migrations.write_migration(service, engine, "begin")
    engine.dispose()
    written = next(tmp_path.glob("*.py")).read_text()
    assert "postgresql_where=sa.text('NOT sent')" in written
    assert "server_default=sa.text('(false)')" in written
    assert "sqlite_where=sa.text('sent = 0')" in written

"""What SQLite's planner makes of the statistics it is given, whatever the tables hold."""

from pathlib import Path

import pytest
from sqlalchemy import Engine, text

from services.commands.installation import every_service
from shared.storage.engine import open_engine
from shared.storage.migrations import migrate

_NUMBERED = "SELECT * FROM supplier_invoices WHERE company = 'A' AND supplier_id = '1' AND supplier_number = '2'"


def _engine(folder: Path, name: str) -> Engine:
    service = next(each for each in every_service() if each.name == name)
    engine = open_engine(f"sqlite:///{folder / name}.db")
    migrate(service, engine)
    return engine


def _way(engine: Engine, statement: str) -> str:
    with engine.connect() as connection:
        return " | ".join(row[3] for row in connection.execute(text(f"EXPLAIN QUERY PLAN {statement}")))


@pytest.mark.parametrize(
    ("service", "statement", "index"),
    [
        ("sales", "SELECT * FROM orders WHERE company = 'A' AND id IN ('1', '2')", "(id=?)"),
        ("sales", "SELECT * FROM order_lines WHERE company = 'A' AND id > '1' ORDER BY id LIMIT 9", "(id>?)"),
        ("sales", "SELECT * FROM inbox WHERE consumer = 'sales' AND fact > '1' ORDER BY fact", "consumer=? AND fact>?"),
        ("inventory", "SELECT * FROM picks WHERE company = 'A' AND status = 'open' ORDER BY id", "ix_picks_status"),
        ("purchasing", "SELECT * FROM requisitions WHERE company = 'A' AND item_id = '1' ORDER BY id", "item_id=?"),
        ("finance", f"{_NUMBERED} AND status != 'rejected'", "uq_supplier_invoices_supplier_number"),
    ],
)
def test_rows_are_found_by_what_tells_them_apart_and_not_by_their_company(
    tmp_path: Path, service: str, statement: str, index: str
) -> None:
    engine = _engine(tmp_path, service)
    assert index in _way(engine, statement)
    engine.dispose()


def test_a_page_in_the_order_of_ids_is_not_sorted(tmp_path: Path) -> None:
    engine = _engine(tmp_path, "inventory")
    way = _way(engine, "SELECT * FROM stock_moves WHERE company = 'A' AND id > 1 ORDER BY id LIMIT 9")
    assert "TEMP B-TREE" not in way
    engine.dispose()

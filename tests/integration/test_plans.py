"""What PostgreSQL keeps planned for a connection, arrays of values, and tables it looks at when they grew."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from enum import StrEnum
from typing import Any

import pytest
from sqlalchemy import String, bindparam, select, text
from sqlalchemy.exc import DataError, DBAPIError, IntegrityError

from deploy.local.servers import Installation
from shared.storage import plans
from shared.storage.arrays import array_text
from shared.storage.database import Database, is_passing
from shared.storage.engine import open_engine
from shared.storage.growth import FEW, look_at_what_grew
from shared.storage.plans import SELDOM
from shared.storage.prepared import Prepared
from shared.storage.rows import Mapped, Row, column, service_metadata
from shared.storage.session import Session
from shared.storage.types import Amount, Day, IdText, Json, Moment, Position

OFTEN = SELDOM + 3
AWKWARD = [
    "",
    " ",
    "NULL",
    "null",
    "a,b",
    "{a}",
    '"',
    "\\",
    '\\"',
    "a\nb\tc",
    "'",
    "''; --",
    "%s %(a)s",
    "货通",
    "é\u00a0",
]


class Colour(StrEnum):
    RED = "red"


class Base(Row):
    metadata = service_metadata()


class Tin(Base):
    __tablename__ = "tins"

    id: Mapped[int] = column(Position, primary_key=True)
    label: Mapped[str | None] = column(String(20), default=None)
    colour: Mapped[Colour | None] = column(String(8), default=None)
    price: Mapped[Amount | None] = column(default=None)
    filled_on: Mapped[date | None] = column(Day, default=None)
    opened_at: Mapped[Moment | None] = column(default=None)
    sealed: Mapped[bool | None] = column(default=None)
    owner: Mapped[str | None] = column(IdText, default=None)
    notes: Mapped[Json | None] = column(default=None)


@pytest.fixture
def database(installation: Installation) -> Iterator[Database]:
    engine = open_engine(installation.services["sales"].database_url, pool_size=2)
    Base.metadata.create_all(engine)
    yield Database(engine)
    engine.dispose()


def fill(database: Database, *tins: Tin) -> None:
    with database.transaction() as session:
        for each in tins:
            session.add(each)


def look(database: Database, statement: Prepared) -> list[Any]:
    with database.snapshot() as session:
        return session.run(statement, {"id": 1})


def kept(session: Session) -> int:
    """How many statements this connection has by name."""
    return int(session.scalar(text("SELECT count(*) FROM pg_prepared_statements")))


def labels() -> Prepared:
    return Prepared(select(Tin.label).where(Tin.id == bindparam("id")))


def test_what_a_connection_runs_again_and_again_it_keeps_also_after_a_failure(database: Database) -> None:
    statement = labels()
    with database.transaction() as session:
        session.add(Tin(id=1, label="tea"))
        session.flush()
        found = [session.run(statement, {"id": 1}) for _ in range(OFTEN)]
        assert found == [[("tea",)]] * OFTEN
        assert kept(session) == 1
    with pytest.raises(IntegrityError):
        fill(database, Tin(id=1))
    with database.snapshot() as session:
        assert session.run(statement, {"id": 1}) == [("tea",)]
        assert kept(session) == 1
    database.engine.dispose()
    with database.snapshot() as session:
        assert kept(session) == 0
        assert session.run(statement, {"id": 1}) == [("tea",)]


def test_a_column_that_is_added_meanwhile_is_no_matter(database: Database) -> None:
    with database.transaction() as session:
        statement = labels()
        for _ in range(OFTEN):
            session.run(statement, {"id": 1})
        session.execute(text("ALTER TABLE tins ADD COLUMN more text"))
        session.add(Tin(id=1, label="tea"))
        assert session.run(statement, {"id": 1}) == [("tea",)]


def test_a_column_that_is_changed_meanwhile_takes_one_more_try_however_many_connections_knew_it(
    database: Database,
) -> None:
    statement = labels()
    fill(database, Tin(id=1, label="tea"))
    with database.snapshot() as one, database.snapshot() as other:
        for session in (one, other):
            for _ in range(OFTEN):
                session.run(statement, {"id": 1})
            assert kept(session) == 1
    with database.transaction() as session:
        session.execute(text("ALTER TABLE tins ALTER COLUMN label TYPE text"))
    with pytest.raises(DBAPIError) as refused:
        look(database, statement)
    assert is_passing(refused.value)
    with database.snapshot() as one, database.snapshot() as other:
        assert [session.run(statement, {"id": 1}) for session in (one, other)] == [[("tea",)]] * 2


def test_signs_that_drivers_have_for_themselves_are_kept(database: Database) -> None:
    odd = Prepared(select(Tin.id % 7).where(Tin.id == bindparam("id")))
    fill(database, Tin(id=9))
    with database.snapshot() as session:
        assert [session.run(odd, {"id": 9}) for _ in range(OFTEN)] == [[(2,)]] * OFTEN


def test_what_is_too_long_is_refused_however_often_it_is_written(database: Database) -> None:
    with database.transaction() as session:
        for number in range(2 * OFTEN):
            session.add(Tin(id=number, label="x" * 20))
            session.flush()
    for many in (1, 3):
        with pytest.raises(DataError):
            fill(database, *(Tin(id=number, label="x" * 21) for number in range(100, 100 + many)))


def test_a_connection_keeps_no_more_than_it_should(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(plans, "MOST", 2)
    with database.transaction() as session:
        for statement in [labels() for _ in range(4)]:
            assert [session.run(statement, {"id": 1}) for _ in range(OFTEN)] == [[]] * OFTEN
        assert kept(session) == 2


def test_plans_are_made_anew_after_a_while_also_where_nothing_may_be_written(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    with database.snapshot() as session:
        statement = labels()
        for _ in range(OFTEN):
            session.run(statement, {"id": 1})
        monkeypatch.setattr(plans, "RENEWED_SECONDS", -1.0)
        session.run(statement, {"id": 1})
        assert kept(session) == 1


def test_many_rows_come_back_as_they_were_whatever_they_hold(database: Database) -> None:
    here = timezone(timedelta(hours=8))
    values: list[dict[str, Any]] = [
        {
            "id": number,
            "label": label,
            "colour": Colour.RED if number % 2 else None,
            "price": Decimal(number) / 8 - 1 if number % 3 else None,
            "filled_on": date(1 + number, 12, 31),
            "opened_at": datetime(2026, 3, 2, 1, number, 0, 5, tzinfo=here if number % 2 else UTC),
            "sealed": [True, False, None][number % 3],
            "owner": f"018f0000-0000-7000-8000-{number:012}" if number % 2 else None,
            "notes": {"said": label, "more": [1, None]},
        }
        for number, label in enumerate(AWKWARD)
    ]
    for some in (values[:1], values[1:3], values[3:]):
        fill(database, *(Tin(**each) for each in some))
    with database.transaction() as session:
        for number in range(len(AWKWARD)):
            found = session.get(Tin, number)
            assert found is not None
            found.label, found.price = AWKWARD[-1 - number], Decimal(number)
    with database.snapshot() as session:
        for number, each in enumerate(values):
            row = session.get(Tin, number)
            assert row is not None
            now = {**each, "label": AWKWARD[-1 - number], "price": Decimal(number)}
            assert {name: getattr(row, name) for name in now} == now


def test_what_no_array_is_made_of_is_refused() -> None:
    assert array_text([Colour.RED, None, Decimal("1E+2"), "b"]) == '{"red",NULL,1E+2,"b"}'
    with pytest.raises(TypeError, match="no array"):
        array_text([1.5])


def test_a_table_is_looked_at_when_it_has_doubled_and_not_before(database: Database) -> None:
    def add(first: int, count: int) -> list[str]:
        fill(database, *(Tin(id=number) for number in range(first, first + count)))
        database.engine.dispose()  # what a connection has counted is told at its end
        with database.transaction() as session:
            session.execute(text("SELECT pg_stat_clear_snapshot()"))
        return look_at_what_grew(database)

    assert "public.tins" not in add(0, FEW)
    assert "public.tins" in add(1000, 3 * FEW)
    assert "public.tins" not in add(2000, FEW)
    assert "public.tins" in add(3000, 5 * FEW)
    with database.transaction("statistics"):
        assert look_at_what_grew(database) == []

"""Rows as a session keeps them, the same on both databases."""

import gc
import random
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import ForeignKey, func, insert, select, update
from sqlalchemy.exc import IntegrityError, OperationalError

from shared.storage import prepared
from shared.storage.database import Database, is_passing
from shared.storage.engine import open_engine
from shared.storage.matching import matching
from shared.storage.prepared import Prepared
from shared.storage.rows import Mapped, Related, Row, column, rows_of, service_metadata
from shared.storage.session import Outdated, Session
from shared.storage.statements import keep
from shared.storage.types import Amount, Day, IdText, Json, Key, Moment, Position

ON_POSTGRESQL = pytest.mark.parametrize(
    "database_url", [pytest.param("postgresql", marks=pytest.mark.servers)], indirect=True
)
A, B, C = (f"018f0000-0000-7000-8000-00000000000{number}" for number in "123")
NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)


class Base(Row):
    metadata = service_metadata()


class Page(Base):
    __tablename__ = "pages"

    id: Mapped[str] = column(IdText, primary_key=True)
    book_id: Mapped[str] = column(IdText, ForeignKey("books.id"))
    number: Mapped[int]


class Book(Base):
    __tablename__ = "books"

    id: Mapped[str] = column(IdText, primary_key=True)
    title: Mapped[Key]
    price: Mapped[Amount]
    printed_on: Mapped[date] = column(Day)
    read_at: Mapped[Moment | None] = column(default=None)
    marks: Mapped[Json]
    version: Mapped[int] = column(init=False, default=None)

    pages = Related(Page, by="book_id", order="number")


class Loan(Base):
    __tablename__ = "loans"

    id: Mapped[int] = column(Position, primary_key=True, autoincrement=True, init=False, default=None)
    reader: Mapped[Key | None] = column(default=None)


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    engine = open_engine(database_url)
    Base.metadata.create_all(engine)
    yield Database(engine)
    engine.dispose()


def book(id_: str = A, title: str = "Tea") -> Book:
    return Book(id=id_, title=title, price=Decimal("12.3400"), printed_on=date(2026, 3, 1), marks={"good": [1, 2]})


def stored(database: Database, *rows: Book | Page) -> None:
    with database.transaction() as session:
        for each in rows:
            session.add(each)


def found(session: Session, id_: str = A) -> Book:
    row = session.get(Book, id_)
    assert row is not None
    return row


def test_a_row_comes_back_as_it_was(database: Database) -> None:
    stored(database, book())
    with database.snapshot() as session:
        row = found(session)
        assert (row.title, row.price, row.printed_on) == ("Tea", Decimal("12.34"), date(2026, 3, 1))
        assert (row.read_at, row.marks, row.version) == (None, {"good": [1, 2]}, 1)
        assert [each.id for each in session.rows(rows_of(Book).where(Book.title == "Tea"))] == [A]


def test_a_row_is_one_object_however_it_is_found(database: Database) -> None:
    stored(database, book())
    with database.transaction() as session:
        row = found(session)
        assert session.rows(rows_of(Book)) == [row]
        assert session.rows(rows_of(Book), fresh=True) == [row]


def test_what_was_changed_is_written_and_nothing_else(database: Database) -> None:
    stored(database, book())
    sent: list[str] = []
    with database.transaction() as session:
        row = found(session)
        row.price, row.title = Decimal("12.34"), "Coffee"
        row.read_at = NOON
        session.flush()
        assert session.changes == [f"Book {A}: title Tea → Coffee, read_at None → {NOON}"]
        sent += session.changes
    with database.snapshot() as session:
        assert (found(session).title, found(session).read_at, found(session).version) == ("Coffee", NOON, 2)
    assert "price" not in sent[0]


def test_a_change_is_seen_by_the_next_statement(database: Database) -> None:
    stored(database, book())
    with database.transaction() as session:
        found(session).title = "Coffee"
        assert session.scalar(update(Book).where(Book.title == "Coffee").values(title="Milk").returning(Book.id)) == A


def test_who_changes_what_another_changed_meanwhile_is_refused(database: Database) -> None:
    stored(database, book())
    with database.transaction() as session:
        row = found(session)
        session.execute(update(Book).values(version=7))
        row.title = "Coffee"
        with pytest.raises(Outdated):
            session.flush()


def test_new_rows_are_written_parents_first_and_many_at_once(database: Database) -> None:
    with database.transaction() as session:
        for number in (2, 1):
            session.add(Page(id=(B, C)[number - 1], book_id=A, number=number))
        session.add(book())
        session.flush()
        assert [page.number for page in found(session).pages] == [1, 2]


def test_what_belongs_to_a_row_is_looked_for_again_once_there_is_more(database: Database) -> None:
    stored(database, book())
    with database.transaction() as session:
        row = found(session)
        assert row.pages == []
        session.add(Page(id=B, book_id=A, number=1))
        session.flush()
        assert [page.id for page in row.pages] == [B]


def _change_and_fail(session: Session) -> None:
    with session.savepoint():
        found(session).title = "Coffee"
        session.add(book())


def test_what_belongs_to_one_row_is_no_more_for_what_is_new_of_another(database: Database) -> None:
    stored(database, book(A), book(B), Page(id=B, book_id=A, number=1))
    with database.transaction() as session:
        row = found(session)
        pages = row.pages
        session.add(Page(id=C, book_id=B, number=1))
        assert row.pages is pages
        session.add(more := Page(id=A, book_id=A, number=2))
        Book.pages.hold(row, [*pages, more])
        session.flush()
        assert [page.id for page in row.pages] == [B, A]


def _fail(database: Database) -> None:
    with database.transaction() as session:
        found(session).title = "Coffee"
        raise ConnectionError


def test_a_transaction_that_fails_leaves_its_connection_as_good_as_new(database: Database) -> None:
    stored(database, book())
    for _ in range(20):  # more than there are connections
        with pytest.raises(ConnectionError):
            _fail(database)
    with database.transaction() as session:
        assert (found(session).title, found(session).version) == ("Tea", 1)


@ON_POSTGRESQL
def test_a_failure_that_was_passed_over_is_not_committed_in_silence(database: Database) -> None:
    with pytest.raises(RuntimeError, match="ROLLBACK"):
        _pass_over_a_failure(database)
    assert titles(database) == {}


@ON_POSTGRESQL
def test_who_is_killed_at_the_very_end_leaves_nothing_for_the_next_to_commit(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    stored(database, book())

    def killed(_cursor: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as at_the_end, pytest.raises(KeyboardInterrupt):
        _write_and_end_without(database, lambda: at_the_end.setattr(prepared, "closing", killed))
    stored(database, book(B))
    assert titles(database) == {A: ("Tea", 1), B: ("Tea", 1)}


def _write_and_end_without(database: Database, ending: Callable[[], None]) -> None:
    with database.transaction() as session:
        found(session).title = "Coffee"
        session.flush()
        ending()
        raise ConnectionError


def _pass_over_a_failure(database: Database) -> None:
    with database.transaction() as session:
        session.add(book())
        with pytest.raises(IntegrityError):
            session.execute(insert(Page.__table__).values(id=B, book_id=C, number=1))


def test_a_snapshot_changes_nothing(database: Database) -> None:
    stored(database, book())
    with database.snapshot() as session:
        found(session).title = "Coffee"
    assert titles(database) == {A: ("Tea", 1)}


def test_a_savepoint_that_fails_leaves_nothing_behind(database: Database) -> None:
    stored(database, book())
    with database.transaction() as session:
        found(session)
        with pytest.raises(IntegrityError):
            _change_and_fail(session)
        assert found(session).title == "Tea"
        found(session).title = "Milk"
    with database.snapshot() as session:
        assert found(session).title == "Milk"


def test_rows_are_gone_with_their_transaction_and_not_left_to_the_collector(database: Database) -> None:
    gc.collect()
    gc.disable()
    try:
        stored(database, book(), Page(id=B, book_id=A, number=1))
        with database.transaction() as session:
            found(session).pages[0].number = 2
        with database.snapshot() as session:
            assert len(found(session).pages) == 1
        assert [each for each in gc.get_objects() if type(each) in (Book, Page)] == []
    finally:
        gc.enable()


def test_what_is_looked_up_is_read_once_until_it_is_changed_here(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    stored(database, book(A, "Tea"), book(B, "Tea"), book(C, "Ink"))

    def titles(session: Session, *titles: str) -> list[str]:
        return sorted(each.id for each in session.look_up(Book.__kind__, ("title",), titles, {"version": 1}))

    with database.transaction() as session:
        assert titles(session, "Tea", "None") == [A, B]
        book_a = found(session)
        with monkeypatch.context() as unread:
            unread.setattr(Session, "found", None)
            assert titles(session, "None", "Tea", "Tea") == [A, B]
        assert titles(session, "Tea", "Ink") == [A, B, C]
        book_a.title = "Ink"
        assert titles(session, "Tea") == [B]
        session.add(book("018f0000-0000-7000-8000-000000000004", "Tea"))
        assert len(titles(session, "Tea")) == 2


def test_what_is_looked_up_by_several_columns_is_found_by_all_of_them(database: Database) -> None:
    stored(database, book(A, "Tea"), book(B, "Ink"), book(C, "Ink"))
    with database.snapshot() as session:
        columns = ("title", "id")
        rows = session.look_up(Book.__kind__, columns, [("Tea", A), ("Ink", C), ("Tea", B)], {"version": 1})
        assert [row.id for row in rows] == [A, C]
        assert session.look_up(Book.__kind__, columns, [("Ink", B)], {"version": 1})[0].id == B
        session.look_up(
            Book.__kind__, columns, [("Ink", A), ("Tea", C)], {"version": 1}
        )  # looks by what finds Tea, A too
        assert [row.id for row in session.look_up(Book.__kind__, columns, [("Tea", A)], {"version": 1})] == [A]
        assert session.look_up(Book.__kind__, columns, [], {"version": 1}) == []


def test_what_a_lock_guards_is_read_once_whatever_becomes_of_it(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    stored(database, book(A), book(B), Page(id=A, book_id=A, number=1), Page(id=B, book_id=B, number=1))

    def pages(session: Session, *books: str) -> list[tuple[str, int]]:
        found = session.guarded(Page.__kind__, ("book_id",), books, {})
        return sorted((page.id, page.number) for page in found)

    with database.transaction() as session:
        assert pages(session, A) == [(A, 1)]
        assert pages(session, A, B) == [(A, 1), (B, 1)]
        (page,) = session.guarded(Page.__kind__, ("book_id",), [B], {})
        page.number = 7
        with monkeypatch.context() as unread:
            unread.setattr(Session, "found", None)
            assert pages(session, B, A) == [(A, 1), (B, 7)]
        session.add(Page(id=C, book_id=A, number=2))
        session.add_values(Page.__kind__, [{"id": f"{A[:-1]}9", "book_id": A, "number": 3}])
        assert pages(session, A) == [(A, 1), (C, 2), (f"{A[:-1]}9", 3)]
        session.delete(page)
        assert pages(session, B) == []


def test_what_touched_nothing_is_told_from_what_did(database: Database) -> None:
    stored(database, book())
    with database.transaction() as session:
        row = found(session)
        session.rows(rows_of(Book))
        assert session.touches == 0
        row.title = "Ink"
        assert session.touches == 1
        session.add(book(B))
        assert session.touches == 2
    with database.transaction() as session:
        session.execute(update(Book.__table__).values(title="Tea"))
        assert session.touches == 1
        keep(session, Loan.__table__, {"reader": "ann"})
        assert session.touches == 2


def test_a_key_that_the_database_makes_is_left_to_it(database: Database) -> None:
    with database.transaction() as session:
        keep(session, Loan.__table__, [{"reader": "Ann"}, {"reader": None}])
        session.add(Loan(reader="Bob"))
    with database.snapshot() as session:
        loans = session.rows(rows_of(Loan).order_by(Loan.id))
        assert [(loan.id, loan.reader) for loan in loans] == [(1, "Ann"), (2, None), (3, "Bob")]


@pytest.mark.parametrize(
    ("wanted", "expected"),
    [
        ({"id": [A, C]}, [A, C]),
        ({"id": {A, B, C}, "title": "Tea"}, [A, B]),
        ({"read_at": None, "title": ("Coffee",)}, [C]),
        ({"title": "Milk"}, []),
    ],
)
def test_rows_are_found_by_values_by_any_of_several_and_by_nothing(
    database: Database, wanted: dict[str, object], expected: list[str]
) -> None:
    stored(database, book(A), book(B), book(C, "Coffee"))
    with database.snapshot() as session:
        statement, values = matching(Book.__kind__, wanted, ("id",), lock=False)
        assert [row.id for row in session.found(Book.__kind__, statement, values, wanted=wanted)] == expected


def test_a_change_written_for_someone_to_see_and_then_taken_back_is_taken_back(database: Database) -> None:
    stored(database, book())
    with database.transaction() as session:
        row = found(session)
        row.title = "Coffee"
        assert titled(session, "Coffee") == [row]
        row.title = "Tea"
        new = book(B, "Coffee")
        session.add(new)
        assert titled(session, "Coffee") == [new]
        new.title = "Milk"
        assert titled(session, "Milk") == [new]
        new.title = "Coffee"
    assert titles(database) == {A: ("Tea", 1), B: ("Coffee", 1)}


def titled(session: Session, title: str) -> list[Book]:
    wanted = {"title": title}
    statement, values = matching(Book.__kind__, wanted, ("id",), lock=False)
    return session.found(Book.__kind__, statement, values, wanted=wanted, fresh=True)


def titles(database: Database) -> dict[str, tuple[str, int]]:
    with database.snapshot() as session:
        return {each.id: (each.title, each.version) for each in session.rows(rows_of(Book))}


@pytest.mark.parametrize("seed", range(8))
def test_whatever_is_done_in_whatever_order_all_see_and_keep_what_was_last_set(database: Database, seed: int) -> None:
    rng = random.Random(seed)
    known: dict[str, str] = {}
    versions: dict[str, int] = {}
    stored(database, book())
    known[A], versions[A] = "Tea", 1
    for _ in range(5):
        with database.transaction() as session:
            for _ in range(rng.randint(1, 4)):
                before = dict(known)
                fresh = change_something(session, known, rng)
                for id_ in fresh:
                    versions[id_] = 1
                for id_ in known.keys() - fresh:
                    versions[id_] += known[id_] != before[id_]
                rng.choice([session.settle, session.flush])()
    assert titles(database) == {id_: (title, versions[id_]) for id_, title in known.items()}


def change_something(session: Session, known: dict[str, str], rng: random.Random) -> set[str]:
    """One unit of work's moves; the ids it made."""
    fresh = set()
    for _ in range(rng.randint(1, 8)):
        move, title = rng.choice(("look", "set", "set", "make")), rng.choice(("Tea", "Coffee", "Milk"))
        if move == "look":
            assert [row.id for row in titled(session, title)] == sorted(i for i, kept in known.items() if kept == title)
        elif move == "set":
            id_ = rng.choice(sorted(known))
            row = session.get(Book, id_, lock=rng.random() < 0.5)
            assert row is not None
            row.title = known[id_] = title
        elif missing := sorted({A, B, C, *(f"{A[:-2]}{number}" for number in range(20, 40))} - known.keys()):
            session.add(book(missing[0], title))
            known[missing[0]] = title
            fresh.add(missing[0])
    return fresh


def test_many_changed_rows_are_written_together_and_each_version_is_held(database: Database) -> None:
    stored(database, book(A), book(B), book(C))
    with database.transaction() as session:
        for number, id_ in enumerate((A, B, C)):
            found(session, id_).title = f"Tea {number}"
    assert titles(database) == {A: ("Tea 0", 2), B: ("Tea 1", 2), C: ("Tea 2", 2)}
    with pytest.raises(Outdated):
        _change_all_while_another_changes_one(database)
    assert titles(database)[A] == ("Tea 0", 2)


def _change_all_while_another_changes_one(database: Database) -> None:
    with database.transaction() as session:
        for id_ in (A, B, C):
            found(session, id_).title = "Coffee"
        session.connection.execute(update(Book).where(Book.id == B).values(version=7))


def test_lists_of_nearby_lengths_share_a_statement() -> None:
    made = {matching(Book.__kind__, {"id": [A] * many}, (), lock=False)[0] for many in range(5, 9)}
    assert len(made) == 1


def test_a_row_has_to_be_made_whole() -> None:
    with pytest.raises(TypeError, match="title"):
        Book(id=A, price=Decimal(1), printed_on=date(2026, 3, 1), marks={})  # type: ignore[call-arg]


def test_a_fault_amid_the_rows_is_told_as_one_amid_the_statement(tmp_path: Path) -> None:
    engine = open_engine(f"sqlite:///{tmp_path / 'library.db'}")
    Base.metadata.create_all(engine)
    database = Database(engine)
    stored(database, book(A), book(B, "Coffee"))

    def only_tea(title: str) -> int:
        return {"Tea": 1}[title]

    with database.transaction() as session:
        driver: Any = session.connection.connection.driver_connection
        driver.create_function("only_tea", 1, only_tea)
        with pytest.raises(OperationalError) as fault:
            Prepared(select(func.only_tea(Book.title)).order_by(Book.id)).rows(session.connection, {})
    assert is_passing(fault.value)
    engine.dispose()


def test_a_transaction_on_sqlite_reads_a_row_once(tmp_path: Path) -> None:
    engine = open_engine(f"sqlite:///{tmp_path / 'library.db'}")
    Base.metadata.create_all(engine)
    database = Database(engine)
    stored(database, book())
    with database.transaction() as session:
        row = session.get(Book, A, lock=True)
        assert row is not None
        row.__dict__["title"] = "as in hand"
        assert found(session).title == "as in hand"
        again = session.get(Book, A, lock=True)
        assert again is row
        assert row.title == "as in hand"
        session.execute(update(Book).values(title="past the rows"))
        assert session.get(Book, A, lock=True) is row
        assert row.title == "past the rows"
    engine.dispose()

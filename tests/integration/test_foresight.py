"""What the events of a batch begin with is locked and read for all of them at once, on both databases."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from shared.runtime.foresight import Foreseen, along, read_ahead
from shared.storage.database import Database
from shared.storage.engine import open_engine
from shared.storage.rows import CompanyRow, Mapped, Related, column, service_metadata
from shared.storage.session import Session
from shared.storage.types import IdText, Key

US = "acme"


class Base(CompanyRow):
    metadata = service_metadata()


class Apple(Base):
    __tablename__ = "apples"

    id: Mapped[str] = column(IdText, primary_key=True)
    tree_id: Mapped[str] = column(IdText)


class Gardener(Base):
    __tablename__ = "gardeners"

    id: Mapped[str] = column(IdText, primary_key=True)
    name: Mapped[Key] = column(default="nobody yet")


class Tree(Base):
    __tablename__ = "trees"

    id: Mapped[str] = column(IdText, primary_key=True)
    gardener_id: Mapped[str] = column(IdText)

    apples = Related(Apple, by="tree_id", order="id")


@dataclass(frozen=True)
class Shaken:
    """A tree was shaken."""

    tree_id: str


def id_(number: int) -> str:
    return f"018f0000-0000-7000-8000-{number:012d}"


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    """Trees 1 and 2 with two apples each, looked after by gardeners 11 and 12."""
    engine = open_engine(database_url)
    Base.metadata.create_all(engine)
    made = Database(engine)
    with made.transaction() as session:
        for number in (1, 2):
            rows: list[Any] = [Tree(id=id_(number), gardener_id=id_(10 + number)), Gardener(id=id_(10 + number))]
            rows += [Apple(id=id_(20 + 2 * number + apple), tree_id=id_(number)) for apple in (0, 1)]
            for row in rows:
                row.company = US
                session.add(row)
    yield made
    engine.dispose()


@pytest.fixture
def found(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The kinds of rows that were looked for, one for each statement."""
    kinds: list[str] = []
    plain: Callable[..., Any] = Session.found

    def counted(self: Session, kind: Any, *given: Any, **more: Any) -> Any:
        kinds.append(kind.name)
        return plain(self, kind, *given, **more)

    monkeypatch.setattr(Session, "found", counted)
    return kinds


EVENTS = [Shaken(id_(2)), Shaken(id_(1)), Shaken(id_(3))]


def test_rows_and_what_belongs_to_them_take_a_statement_each(database: Database, found: list[str]) -> None:
    with database.transaction() as session:
        read_ahead(session, {(Foreseen(Tree, "tree_id", (along(Tree.apples),)), US): EVENTS})
        assert found == ["Tree", "Apple"]
        trees = [session.locked(Tree.__kind__, {"company": US, "id": id_(number)}) for number in (1, 2, 3)]
        assert [tree and [apple.id for apple in tree.apples] for tree in trees] == [
            [id_(22), id_(23)],
            [id_(24), id_(25)],
            None,
        ]
        assert found == ["Tree", "Apple"]


def test_rows_are_found_through_others_and_locked_before_them(database: Database, found: list[str]) -> None:
    gardeners = Foreseen(Gardener, "gardener_id", through=(Tree, "tree_id"))
    with database.transaction() as session:
        read_ahead(session, {(Foreseen(Tree, "tree_id"), US): EVENTS, (gardeners, US): EVENTS})
        assert found == ["Tree", "Gardener", "Tree"]
        for number in (11, 12):
            assert session.locked(Gardener.__kind__, {"company": US, "id": id_(number)}) is not None


def test_a_lower_rank_goes_before_the_order_of_names(database: Database, found: list[str]) -> None:
    first = Foreseen(Tree, "tree_id", rank=-1)
    with database.transaction() as session:
        read_ahead(session, {(Foreseen(Gardener, "tree_id"), US): EVENTS, (first, US): EVENTS})
    assert found == ["Tree", "Gardener"]


def test_what_is_missing_is_made_and_what_is_there_is_not(database: Database) -> None:
    made = Foreseen(Gardener, lambda event: ((id_(10 + int(event.tree_id[-1])),),), made={"name": "Eve"})
    with database.transaction() as session:
        read_ahead(session, {(made, US): EVENTS})
    with database.snapshot() as session:
        names = [session.get(Gardener, id_(number)) for number in (11, 12, 13)]
        assert [row and row.name for row in names] == ["nobody yet", "nobody yet", "Eve"]


def test_what_is_looked_up_is_read_once_for_all(database: Database, found: list[str]) -> None:
    looking = Foreseen(Tree, "tree_id", looks_up=((Gardener, lambda event: (id_(10 + int(event.tree_id[-1])),)),))
    with database.transaction() as session:
        read_ahead(session, {(looking, US): EVENTS})
        for number in (11, 12, 13):
            session.look_up(Gardener.__kind__, ("id",), [id_(number)], {"company": US})
    assert found == ["Tree", "Gardener"]


def test_another_companys_rows_are_none_of_ours(database: Database) -> None:
    with database.transaction() as session:
        read_ahead(session, {(Foreseen(Tree, "tree_id"), "other"): EVENTS})
        assert session.locked(Tree.__kind__, {"company": "other", "id": id_(1)}) is None

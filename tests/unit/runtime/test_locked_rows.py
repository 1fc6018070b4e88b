"""A row found under lock is as it is in the database now, whatever was read of it before."""

from pathlib import Path

from sqlalchemy import update

from services.finance.parties.tables import Party
from shared.kernel.clocks import SystemClock
from shared.kernel.ids import RandomIds
from shared.runtime.context import Context
from shared.runtime.work import UnitOfWork
from shared.storage.database import Database
from shared.storage.engine import open_engine
from tests.company import TODAY


def test_a_locked_row_shows_what_another_wrote_since_it_was_first_read(tmp_path: Path) -> None:
    engine = open_engine(f"sqlite:///{tmp_path / 'rows.db'}")
    Party.metadata.create_all(engine)
    context = Context(company="acme", currency="CNY", business_date=TODAY, actor="a", request_id="r", correlation="c")
    ids = RandomIds()
    with Database(engine).transaction() as session:
        work = UnitOfWork("finance", session, context, SystemClock().now(), ids, "test")
        id_ = work.new_id()
        work.keep_copy(Party, id_, kind="customer", code="C1", name="Ann", currency="CNY", terms={})
        before = work.known(Party, id_)
        session.execute(update(Party.__table__).values(name="Anna"))  # type: ignore[arg-type]
        assert work.known(Party, id_).name == before.name == "Ann"
        assert work.known(Party, id_, lock=True).name == "Anna"

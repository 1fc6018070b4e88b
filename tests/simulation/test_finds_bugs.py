"""The simulation can fail: bugs put into the backbone are found, and made small."""

from collections.abc import Callable, Sequence

import pytest
from sqlalchemy import Table

from services.commands.simulating.shrinking import shrink
from services.commands.simulating.verdict import Case, Verdict, judge
from shared.runtime.embedded import EmbeddedRuntime
from shared.runtime.work import UnitOfWork
from shared.storage.session import Session
from shared.storage.statements import keep_each_new


def test_an_inbox_that_forgets_is_found_and_made_small(monkeypatch: pytest.MonkeyPatch) -> None:
    def forgetful(session: Session, table: Table, rows: Sequence[dict[str, object]], name: str) -> set[object]:
        forgotten = [row[name] for row in rows if row["consumer"] == "finance"]
        return {*keep_each_new(session, table, rows, name), *forgotten}

    monkeypatch.setattr("shared.runtime.delivery.keep_each_new", forgetful)
    found = judge(Case(2, days=1))
    assert found.wrongs

    smallest = shrink(found, print, tries=40)

    assert smallest.wrongs
    assert len(smallest.script) < len(found.script)
    assert 0 < len(smallest.faulty.faults) <= 3 < len(found.faulty.faults)
    assert judge(smallest.case).wrongs == smallest.wrongs


def test_a_fact_that_is_not_taken_up_after_a_death_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(EmbeddedRuntime, "_recover", lambda self, name: None)

    assert judge(Case(2, days=2)).wrongs


def test_an_answer_that_is_not_kept_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shared.runtime.journal.answers", lambda _, asked: [None] * len(asked))

    assert judge(Case(2, days=2)).wrongs


def test_an_effect_beyond_its_transaction_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    kept: Callable[[UnitOfWork, str], str] = UnitOfWork.number

    def counted_outside(self: UnitOfWork, series: str) -> str:
        outside[series] = outside.get(series, 0) + 1
        return f"{kept(self, series)[:-5]}{outside[series]:05}"

    outside: dict[str, int] = {}
    monkeypatch.setattr(UnitOfWork, "number", counted_outside)

    found: Verdict = judge(Case(1, days=2))

    assert any("SO-" in wrong for wrong in found.wrongs)

"""What is sent to PostgreSQL about the statements a connection keeps, and when."""

import pytest

from shared.storage import plans
from shared.storage.plans import SELDOM, Plans, of_columns, planned


class Sent:
    """A cursor that only notes what it is given."""

    def __init__(self) -> None:
        self.statements: list[str] = []

    def execute(self, statement: str, _constants: object = None) -> None:
        self.statements.append(statement)


def test_a_statement_is_named_once_it_is_run_again_and_again_and_planned_anew_after_a_while(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    known, sent, tea = Plans(), Sent(), planned("SELECT %(id)s", {"id": "UUID"}, {})
    assert [known.call(tea, sent) for _ in range(SELDOM + 2)] == [False] * SELDOM + [True] * 2
    assert sent.statements == [f"PREPARE {tea.name} (UUID) AS SELECT $1"]
    monkeypatch.setattr(plans, "RENEWED_SECONDS", -1.0)
    assert known.call(tea, sent)
    assert sent.statements[1:] == ["DISCARD PLANS"]


def test_constants_stay_in_a_statement_and_lists_say_their_type() -> None:
    tea = planned("SELECT %(id)s, %(kind)s", {"id": "UUID[]"}, {"kind": "tea"})
    assert (tea.naming, tea.call) == (
        f"PREPARE {tea.name} (UUID[]) AS SELECT $1, %(kind)s",
        f"EXECUTE {tea.name} (%(id)s::UUID[])",
    )


def test_many_rows_come_as_columns() -> None:
    many = of_columns('INSERT INTO tins (id) SELECT given."id" FROM {rows}', {"id": "UUID"}, {})
    assert many.naming == (
        f'PREPARE {many.name} (UUID[]) AS INSERT INTO tins (id) SELECT given."id" '
        'FROM (SELECT unnest($1::UUID[]) AS "id") AS given'
    )

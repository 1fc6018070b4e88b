"""Schemathesis, stateful: what one answer tells goes into the next request, step after step, across all services.

Which request can follow which, schemathesis finds in the document: an order needs a customer's id, a cancellation an
order's. Bounded and repeatable: every walk begins in the same company, with the same ids to come.
"""

import shutil
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import schemathesis
from argon2 import PasswordHasher
from hypothesis import HealthCheck, Phase, settings

from gateway.identity import secrets
from tests.company import Company
from tests.contract.fuzzing import House, every_row_is_answered_soundly, open_house

WALKS, STEPS = 12, 10
LONG = pytest.param(250, 20, marks=pytest.mark.full)
CHECKS = (schemathesis.checks.not_a_server_error, every_row_is_answered_soundly)


class Beginning:
    """A company as it stood, to begin from again."""

    def __init__(self, company: Company, folder: Path) -> None:
        self._company, self._folder, self._copies = company, folder, folder / "beginning"
        self._at, self._last = company.clock.now(), company.ids._last
        self._copies.mkdir()
        self._move(folder, self._copies)

    def again(self) -> None:
        """Let it be as it was."""
        self._move(self._copies, self._folder)
        self._company.clock._at, self._company.ids._last = self._at, self._last
        self._company.random.seed(1)
        self._company.ids._bits.__self__.seed(1)  # type: ignore[attr-defined] # the Random it was made with

    def _move(self, here: Path, there: Path) -> None:
        """Copy the files; the last connection that closes brings all there is into them."""
        for database in self._company.databases.values():
            database.engine.dispose()
        for path in here.glob("*.db"):
            shutil.copy(path, there / path.name)


@pytest.fixture
def whole_house(tmp_path: Path) -> Iterator[House]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(secrets, "HASHER", PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
        yield from open_house(tmp_path)


@pytest.mark.parametrize(("walks", "steps"), [(WALKS, STEPS), LONG])
def test_no_walk_through_the_operations_meets_an_error_inside(
    whole_house: House, tmp_path: Path, walks: int, steps: int
):
    statuses: Counter[int] = Counter()
    beginning = Beginning(whole_house.company, tmp_path)

    class Walk(whole_house.document.as_state_machine()):  # type: ignore[misc] # made from the document
        """One walk through the company."""

        def setup(self) -> None:
            super().setup()
            beginning.again()

        def get_call_kwargs(self, case: Any) -> dict[str, Any]:
            return {"headers": {**whole_house.credentials(case.path), "Huotong-Company": whole_house.company.code}}

        def validate_response(self, response: Any, case: Any, **_: Any) -> None:
            statuses[response.status_code // 100] += 1
            case.validate_response(response, checks=CHECKS)
            assert whole_house.troubles() == []

    bounded = settings(
        max_examples=walks, stateful_step_count=steps, derandomize=True, deadline=None, database=None,
        phases=(Phase.generate,), suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    Walk.run(settings=bounded)
    assert statuses.keys() <= {2, 4}, statuses
    assert statuses[2] > sum(statuses.values()) / 10, f"hardly a step was possible: {statuses}"

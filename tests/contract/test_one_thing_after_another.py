"""Schemathesis, stateful: what one answer tells goes into the next request, step after step, across all services.

Which request can follow which, schemathesis finds in the document: an order needs a customer's id, a cancellation an
order's. Bounded and repeatable; the seed is that of the settings, fixed.
"""

from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from argon2 import PasswordHasher
from hypothesis import HealthCheck, Phase, settings

from gateway.identity import secrets
from tests.contract.fuzzing import House, every_row_is_answered_soundly, open_house

WALKS, STEPS = 12, 10
LONG = pytest.param(250, 20, marks=pytest.mark.full)
CHECKS = (schemathesis.checks.not_a_server_error, every_row_is_answered_soundly)


@pytest.fixture
def whole_house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(secrets, "HASHER", PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
        yield from open_house(tmp_path_factory.mktemp("walks"))


@pytest.mark.parametrize(("walks", "steps"), [(WALKS, STEPS), LONG])
def test_no_walk_through_the_operations_meets_an_error_inside(whole_house: House, walks: int, steps: int):
    statuses: Counter[int] = Counter()

    class Walk(whole_house.document.as_state_machine()):  # type: ignore[misc] # made from the document
        """One walk; the company lives on from walk to walk."""

        def get_call_kwargs(self, case: Any) -> dict[str, Any]:
            return {"headers": {**whole_house.credentials(case.path), "Huotong-Company": whole_house.company.code}}

        def validate_response(self, response: Any, case: Any, **_: Any) -> None:
            statuses[response.status_code // 100] += 1
            case.validate_response(response, checks=CHECKS)
            whole_house.company.settle()

    Walk.run(
        settings=settings(
            max_examples=walks,
            stateful_step_count=steps,
            derandomize=True,
            deadline=None,
            database=None,
            phases=(Phase.generate,),
            suppress_health_check=list(HealthCheck),
        )
    )
    assert statuses.keys() <= {2, 4}, statuses
    assert statuses[2] > sum(statuses.values()) / 10, f"hardly a step was possible: {statuses}"
    assert whole_house.troubles() == []

"""What every operation of a service keeps to, whatever it is sent. A test class per service makes tests of it."""

from typing import Any, ClassVar

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis import GenerationMode

from gateway.catalogue import published
from gateway.openapi import openapi
from shared.contracts.operations import PUBLIC
from tests.contract.fuzzing import House

EXAMPLES = {GenerationMode.POSITIVE: 6, GenerationMode.NEGATIVE: 4}
"""Inputs per operation that fit and that do not."""
IN_BATCHES = 2
_DOCUMENT = openapi(published())["paths"]


class EveryOperation:
    """The operations of `service`."""

    service: ClassVar[str]

    def pytest_generate_tests(self, metafunc: pytest.Metafunc) -> None:
        paths = {path: each for path, each in _DOCUMENT.items() if path.startswith(f"/v1/{self.service}/")}
        if "path" in metafunc.fixturenames:
            metafunc.parametrize(("method", "path"), [(method, path) for path in paths for method in paths[path]])
        if "mode" in metafunc.fixturenames:
            metafunc.parametrize("mode", list(GenerationMode), ids=lambda mode: mode.value)

    def test_who_is_not_known_is_not_let_in(self, house: House, method: str, path: str):
        answer = house.app.test_client().open(path, method=method)
        assert answer.status_code == (422 if _DOCUMENT[path][method]["x-scope"] == PUBLIC else 401)
        assert answer.content_type == "application/problem+json"

    def test_another_method_is_refused_with_those_there_are(self, house: House, path: str, method: str):
        answer = house.app.test_client().delete(path, headers=house.credentials(path))
        assert (answer.status_code, answer.content_type) == (405, "application/problem+json")
        assert method.upper() in answer.headers["Allow"]

    def test_every_input_is_answered_as_documented(self, house: House, method: str, path: str, mode: GenerationMode):
        """No error inside; what does not fit is refused; every status, type, header and body is as documented."""
        operation = house.document[path][method.upper()]

        @settings(
            max_examples=IN_BATCHES if path.endswith(":batch") else EXAMPLES[mode], derandomize=True, deadline=None,
            database=None, phases=(Phase.generate,), suppress_health_check=list(HealthCheck),
        )  # fmt: skip
        @given(case=operation.as_strategy(generation_mode=mode), pick=st.sampled_from((1, 2, 3, 4, 5, 0)))
        def send(case: Any, pick: int) -> None:
            house.send(case, pick)

        send()
        house.company.settle()

    def test_no_fact_of_all_this_is_left_untaken(self, house: House):
        assert house.troubles() == []

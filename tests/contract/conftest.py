"""The house whose operations are tried out, one per service."""

from collections.abc import Iterator

import pytest
from argon2 import PasswordHasher

from gateway.identity import secrets
from tests.contract.fuzzing import House, open_house

pytest.register_assert_rewrite("tests.contract.every_operation")


@pytest.fixture(scope="class")
def house(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    service: str = request.cls.service
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(secrets, "HASHER", PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
        yield from open_house(tmp_path_factory.mktemp(service), service)

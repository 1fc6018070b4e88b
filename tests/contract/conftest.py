"""The house whose operations are tried out, one per service."""

from collections.abc import Iterator

import pytest
from argon2 import PasswordHasher

from gateway.identity import secrets
from tests.contract import at_work as working
from tests.contract.fuzzing import House, open_house
from tests.contract.trading import trading_company

pytest.register_assert_rewrite("tests.contract.every_operation")


@pytest.fixture(scope="class")
def house(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    service: str = request.cls.service
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(secrets, "HASHER", PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
        yield from open_house(tmp_path_factory.mktemp(service), service)


@pytest.fixture(scope="module")
def at_work(tmp_path_factory: pytest.TempPathFactory) -> Iterator[working.House]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(secrets, "HASHER", PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
        company = trading_company(tmp_path_factory.mktemp("at-work"))
        yield working.House(company)
    for database in company.databases.values():
        database.engine.dispose()

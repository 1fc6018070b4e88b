"""The worlds flow tests live in."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from services.commands.installation import DOMAINS
from tests.company import Company
from tests.flows.world import World


@pytest.fixture(params=[1, 2], ids=["seed-1", "seed-2"])
def world(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[World]:
    """A company on the embedded runtime, whose deliveries are shuffled and doubled by a seed."""
    company = Company(DOMAINS, tmp_path, seed=request.param)
    yield company
    assert company.troubles() == []


@pytest.fixture
def seeded(tmp_path: Path) -> Callable[[int], Company]:
    """Makes a company on the embedded runtime for any seed."""

    def make(seed: int) -> Company:
        folder = tmp_path / str(seed)
        folder.mkdir()
        return Company(DOMAINS, folder, seed=seed)

    return make

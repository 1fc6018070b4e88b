"""The worlds flow tests live in: the embedded runtime under two seeds, and the distributed one."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from services.commands.audit import take
from services.commands.installation import DOMAINS
from services.commands.proof.report import lines
from tests.company import Company
from tests.flows.distributed import founded
from tests.flows.gateways import Gateway, distributed
from tests.flows.proving import breaches_of
from tests.flows.world import World
from tests.servers import servers

__all__ = ["servers"]


@pytest.fixture(scope="session")
def stack(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Gateway]:
    """The distributed runtime, started once for all flows, each in a company of its own."""
    with distributed(request.getfixturevalue("servers"), tmp_path_factory.mktemp("stack")) as gateway:
        yield gateway


@pytest.fixture(params=["seed-1", "seed-2", pytest.param("distributed", marks=pytest.mark.servers)])
def world(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[World]:
    """A company, and the proof of it when the test is over."""
    if request.param == "distributed":
        afar = founded(request.getfixturevalue("stack"))
        yield afar
        proof = take(afar.client, wait=30)
        assert not proof.broken, "\n".join(lines(proof))
    else:
        company = Company(DOMAINS, tmp_path, seed=int(request.param.removeprefix("seed-")))
        yield company
        assert company.troubles() == []
        assert breaches_of(company) == []


@pytest.fixture
def seeded(tmp_path: Path) -> Callable[[int], Company]:
    """Makes a company on the embedded runtime for any seed."""

    def make(seed: int) -> Company:
        folder = tmp_path / str(seed)
        folder.mkdir()
        return Company(DOMAINS, folder, seed=seed)

    return make

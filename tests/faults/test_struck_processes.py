"""Processes are killed and frozen at every point where something could be lost or done twice, and nothing is."""

import random
import signal
from itertools import product

import pytest

from deploy.services import SERVICES
from tests.faults.conftest import Try
from tests.faults.sizes import FROZEN_SECONDS, FULL
from tests.faults.striking import Point, Strike

pytestmark = pytest.mark.servers
SEED = 1
GATEWAY = "gateway"
_POINTS = (
    Point.COMMAND_BEFORE_COMMIT,
    Point.COMMAND_AFTER_COMMIT,
    Point.PUBLISHED,
    Point.EVENT_BEFORE_COMMIT,
    Point.EVENT_AFTER_COMMIT,
)
_GATEWAYS = (Point.COMMAND_BEFORE_COMMIT, Point.COMMAND_AFTER_COMMIT, Point.ANSWERED)
_DOMAINS = [name for name in SERVICES if name != GATEWAY]
_EVERY = [*product(_POINTS, _DOMAINS), *product(_GATEWAYS, [GATEWAY])]
"""Point after point, so that no service is struck twice while its supervisor still waits long to start it again."""


def strikes(sign: signal.Signals) -> list[object]:
    """Every point of every process, or each point of one process that the seed picks; the pass is the seed's too."""
    chance = random.Random(f"{SEED} {sign.name}")
    return [_strike(service, Strike(point, sign, chance.randint(1, 3))) for point, service in _chosen(chance)]


def _strike(service: str, strike: Strike) -> object:
    name = f"{service}-{strike.point.name.lower()}-{strike.passes}"
    return pytest.param(service, strike, id=name, marks=pytest.mark.full)


def _chosen(chance: random.Random) -> list[tuple[Point, str]]:
    return _EVERY if FULL else _some(chance)


def _some(chance: random.Random) -> list[tuple[Point, str]]:
    return [(point, chance.choice(_DOMAINS)) for point in _POINTS] + [(chance.choice(_GATEWAYS), GATEWAY)]


def test_a_service_is_killed_between_commit_and_answer(attempt: Try):
    strike = Strike(Point.COMMAND_AFTER_COMMIT, signal.SIGKILL, 2)
    with attempt(f"kill -9 of sales: {strike.point}") as trial:
        trial.strike("sales", strike, FROZEN_SECONDS)


@pytest.mark.parametrize(("service", "strike"), strikes(signal.SIGKILL))
def test_a_process_is_killed(service: str, strike: Strike, attempt: Try):
    with attempt(f"kill -9 of {service}: {strike.point}") as trial:
        trial.strike(service, strike, FROZEN_SECONDS)


@pytest.mark.parametrize(("service", "strike"), strikes(signal.SIGSTOP))
def test_a_process_is_frozen(service: str, strike: Strike, attempt: Try):
    with attempt(f"{FROZEN_SECONDS:g} s of SIGSTOP of {service}: {strike.point}") as trial:
        trial.strike(service, strike, FROZEN_SECONDS)

"""Which process is struck at which point: every one at every point in full, one for each point in short."""

import random
import signal
from itertools import product

import pytest

from deploy.services import SERVICES
from tests.faults.sizes import FULL
from tests.faults.striking import Point, Strike

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
    """The process and the strike of each test; which passes of a point are struck is the seed's choice."""
    chance = random.Random(f"{SEED} {sign.name}")
    return [_named(service, Strike(point, sign, chance.randint(1, 3))) for point, service in _chosen(chance)]


def _chosen(chance: random.Random) -> list[tuple[Point, str]]:
    if FULL:
        return _EVERY
    return [*((point, chance.choice(_DOMAINS)) for point in _POINTS), (chance.choice(_GATEWAYS), GATEWAY)]


def _named(service: str, strike: Strike) -> object:
    name = f"seed {SEED}, {service}, {strike.point}, pass {strike.passes}"
    return pytest.param(service, strike, id=name, marks=pytest.mark.full)

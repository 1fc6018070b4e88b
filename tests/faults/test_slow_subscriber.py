"""A subscriber is a hundred times too slow and a million messages wait for it: that is its own affair."""

import json
import time
from collections.abc import Callable
from pathlib import Path
from uuid import uuid4

import pytest

from shared.contracts.examples import example_of
from shared.contracts.inventory import item_changed
from tests.faults import striking
from tests.faults.conftest import Try
from tests.faults.post import envelope, flood, waiting
from tests.faults.sizes import WAITING_MESSAGES

pytestmark = [pytest.mark.servers, pytest.mark.full]
_QUEUE = "purchasing.on.inventory.item_changed"
_HOUR = 3600.0
_TOO_SLOW = 100
_TOLD = 20
"""How often each fact is told: who is so far behind has had much told again."""
_SERVICE_MB, _BROKER_MB = 200, 1000
_SETTLES = 120.0


def test_a_subscriber_is_a_hundred_times_too_slow(attempt: Try):
    with attempt(f"purchasing {_TOO_SLOW} times too slow, {WAITING_MESSAGES:,} messages waiting for it") as trial:
        stage = trial.stage
        striking.slow_down(stage.strikes, "purchasing", _TOO_SLOW)
        flood(stage, _QUEUE, WAITING_MESSAGES, changes())
        trial.more_lives(5)
        assert waiting(stage, _QUEUE) > WAITING_MESSAGES // 2
        # What it took to write them all at once the broker gives back; what waits is on its disk.
        trial.until(lambda: megabytes(stage.servers.broker.pid) < _BROKER_MB, "the broker small again", _SETTLES)
        service, broker = megabytes(stage.pid("purchasing")), megabytes(stage.servers.broker.pid)
        assert service < _SERVICE_MB
        striking.let_off(stage.strikes, "purchasing")
        began = time.monotonic()
        trial.has_recovered()
        trial.until(lambda: not waiting(stage, _QUEUE), "the queue empty", _HOUR)
        rate = WAITING_MESSAGES / (time.monotonic() - began)
        trial.outcome = f"others go on; service {service} MB, broker {broker} MB; then {rate:,.0f}/s taken in"


def changes() -> Callable[[int], str]:
    """Messages that items of a company no one trades in have changed: each of so many facts, again and again."""
    facts = [json.dumps(change()) for _ in range(WAITING_MESSAGES // _TOLD)]
    return lambda nth: facts[nth % len(facts)]


def change() -> dict[str, object]:
    body = envelope(item_changed, "FLOOD")
    return body | {"data": {**example_of(item_changed.payload), "item_id": str(uuid4())}}


def megabytes(pid: int) -> int:
    """What a process has in memory."""
    (line,) = (each for each in Path(f"/proc/{pid}/status").read_text().splitlines() if each.startswith("VmRSS"))
    return int(line.split()[1]) // 1024

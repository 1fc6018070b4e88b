"""The process of a toy service: `python -m tests.integration.rabbit.toy_process NAME [FLAG_FILE]`.

Where a flag file is given and exists, the process dies as by a power cut between a commit and its acknowledgement.
Where TOY_SWEEP_SECONDS is set, parked events are swept so often and no more.
"""

import shared.runtime.rabbit.green  # noqa: F401 # isort: skip - patches before anything else is loaded
import os
import signal
import sys
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path

from shared.runtime.rabbit import consumer, housekeeping
from shared.runtime.rabbit.service import run_service
from shared.runtime.rabbit.settings import Settings
from tests.integration.rabbit.toys import SERVICES

flag = Path(sys.argv[2]) if len(sys.argv) > 2 else None
acknowledge = consumer.Consumer._acknowledge


def die_first(self: consumer.Consumer, batch: Sequence[consumer.Incoming]) -> None:
    if flag and flag.exists():
        flag.unlink()
        os.kill(os.getpid(), signal.SIGKILL)
    acknowledge(self, batch)


if sweep := os.environ.get("TOY_SWEEP_SECONDS"):
    housekeeping.EVERY = timedelta(seconds=float(sweep))
consumer.Consumer._acknowledge = die_first  # type: ignore[method-assign]
sys.exit(run_service(SERVICES[sys.argv[1]], Settings.from_environment()))

"""Figure: memory of every process at rest and after load, what rest costs, and how fast each process is ready."""

import time
import urllib.request
from collections.abc import Iterator
from functools import partial
from pathlib import Path

from deploy.local.processes import free_port
from services.commands import local
from tests.benchmarks import proc
from tests.benchmarks.accepted import CLIENTS
from tests.benchmarks.bench import Bench
from tests.benchmarks.clients import Clients, come_to_rest
from tests.benchmarks.figures import Figure, Target
from tests.benchmarks.stack import SHIPMENT_PLANNED, Stack, until

NAME = "footprint"
_MIB = 1024 * 1024
_LOAD_SECONDS, _REST_SECONDS = 15.0, 15.0
_STOP_SECONDS = 30.0
_SERVICE, _STACK, _READY = Target(110, most=True), Target(1536, most=True), Target(3, most=True)
_SERVERS = ("RabbitMQ", "PostgreSQL")


def figures(bench: Bench) -> Iterator[Figure]:
    """Measure."""
    stack = bench.stack
    stack.rest()
    yield from _memory(stack, "at rest")
    yield from _idle(stack)
    with Clients(stack, CLIENTS, bench.seed(), seconds=_LOAD_SECONDS) as clients:
        clients.allow()
        clients.results()
    come_to_rest(stack, SHIPMENT_PLANNED)
    yield from _memory(stack, "after load")
    yield from _ready(stack, bench.output)


def _idle(stack: Stack) -> Iterator[Figure]:
    """What it costs to stand ready: housekeeping, heartbeats, looking for work."""
    before, began = stack.cpu(), time.monotonic()
    time.sleep(_REST_SECONDS)
    after, took = stack.cpu(), time.monotonic() - began
    for name in before:
        yield Figure(f"CPU at rest: {name}", (after[name] - before[name]) / took * 1000, "ms/s")


def _memory(stack: Stack, when: str) -> Iterator[Figure]:
    pids = stack.pids()
    for name, pid in pids.items():
        if name in _SERVERS:
            held = proc.proportional(proc.family(pid))
            yield Figure(f"memory {when}: {name}", held / _MIB, "MiB", note="its processes together")
        else:
            yield Figure(f"memory {when}: {name}", proc.resident(pid) / _MIB, "MiB", None, _SERVICE)
    whole = proc.proportional(member for pid in pids.values() for member in proc.family(pid))
    yield Figure(f"memory {when}: the stack", whole / _MIB, "MiB", None, _STACK, "shared memory counted once")


def _ready(stack: Stack, folder: Path) -> Iterator[Figure]:
    """Start one more process of each and see how long it takes; the others are at rest."""
    for program in local.programs(stack.installation, folder / "logs", free_port()):
        answers = partial(_answers, f"http://127.0.0.1:{program.settings['HUOTONG_METRICS_PORT']}/readyz")
        began = time.monotonic()
        process = program.spawn()
        try:
            until(answers, program.name)
            took = time.monotonic() - began
        finally:
            process.terminate()
            process.wait(_STOP_SECONDS)
        yield Figure(f"ready: {program.name.partition(' ')[0]}", took, "s", None, _READY)


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=5):
            return True
    except OSError:
        return False

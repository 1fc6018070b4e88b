"""What the figures of one run share: its options, and servers and a company started when the first figure asks."""

import argparse
import random
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from statistics import mean

from deploy.local.servers import PrivateServers
from tests.benchmarks import yardstick
from tests.benchmarks.stack import Stack, running_servers, running_stack
from tests.benchmarks.yardstick import Yardstick


@dataclass
class Bench:
    """One run."""

    given: argparse.Namespace
    open: ExitStack = field(default_factory=ExitStack)
    tps: list[float] = field(default_factory=list)
    """Every round of the yardstick so far."""

    def __post_init__(self) -> None:
        """Seeds follow one another, so that no two figures place the same orders."""
        self._seeds = random.Random(self.given.seed)

    @property
    def output(self) -> Path:
        """Where tables and profiles go."""
        folder: Path = self.given.output
        folder.mkdir(parents=True, exist_ok=True)
        return folder

    @cached_property
    def servers(self) -> PrivateServers:
        """RabbitMQ and PostgreSQL, durable."""
        return self.open.enter_context(running_servers())

    @cached_property
    def yardstick(self) -> Yardstick:
        """pgbench on the same PostgreSQL."""
        return yardstick.prepared(self.servers)

    @cached_property
    def stack(self) -> Stack:
        """The distributed company."""
        profiles = self.output if self.given.profile else None
        return self.open.enter_context(running_stack(self.servers, profiles))

    def seed(self) -> int:
        """The next seed."""
        return self._seeds.getrandbits(31)

    def measure_yardstick(self) -> float:
        """A round of the yardstick; the company should be at rest."""
        self.tps.append(self.yardstick.transactions_per_second())
        return self.tps[-1]

    @contextmanager
    def beside_yardstick(self) -> Iterator[list[float]]:
        """A round of the yardstick before and after what is measured; the list then holds their mean."""
        found: list[float] = []
        before = self.measure_yardstick()
        yield found
        found.append(mean((before, self.measure_yardstick())))

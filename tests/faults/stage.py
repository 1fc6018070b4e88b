"""The stage of these tests: every process of a company, each ready to be struck, and trials of one fault each on it."""

import os
import signal
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from deploy.local.servers import PrivateServers
from services.commands import audit
from services.commands.processes import PROJECT, Program
from services.commands.proof.report import lines as proof_lines
from tests.faults import striking
from tests.faults.backlog import Backlog
from tests.faults.lives import Lives
from tests.faults.striking import Strike
from tests.faults.table import Row
from tests.flows.gateways import Stack, stack

SECONDS = 300.0
"""The longest anything is waited for; nothing should take so long."""
_ENTRY = "import sys; sys.path.insert(0, {!r}); from tests.faults.struck_process import main; sys.exit(main({!r}))"


@dataclass
class Stage:
    """A running company that faults happen to."""

    servers: PrivateServers
    stack: Stack
    strikes: Path
    programs: dict[str, Program]

    def pid(self, service: str) -> int:
        """The present process of a service; 0 while there is none."""
        return self.stack.supervisor.running().get(self.programs[service].name, 0)

    def is_ready(self, service: str) -> bool:
        """Whether the service's own process says that it has all it needs."""
        port = self.programs[service].settings["HUOTONG_METRICS_PORT"]
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/readyz", timeout=5):
                return True
        except OSError:
            return False

    def all_ready(self) -> bool:
        """Whether every process says that it has all it needs."""
        return all(map(self.is_ready, self.programs))


@contextmanager
def staged(
    servers: PrivateServers, folder: Path, dress: Callable[[str, Program], Program] = lambda _, program: program
) -> Iterator[Stage]:
    """A company whose processes can be struck; `dress` may change each by its service's name."""
    strikes = folder / "strikes"
    strikes.mkdir()
    programs: dict[str, Program] = {}

    def strikable(program: Program) -> Program:
        service = program.name.split()[0]
        command = [sys.executable, "-c", _ENTRY.format(str(PROJECT), service)]
        settings = {**program.settings, striking.FOLDER: str(strikes)}
        programs[service] = dress(service, replace(program, command=command, settings=settings))
        return programs[service]

    with stack(servers, folder, dress=strikable) as running:
        yield Stage(servers, running, strikes, programs)


@dataclass
class Trial:
    """One fault, while a company of its own trades."""

    stage: Stage
    fault: str
    lives: Lives
    outcome: str = ""
    recovered: datetime | None = None
    drained: float = 0.0
    _backlog: Backlog = field(init=False)

    def __post_init__(self) -> None:
        """Know where its facts are."""
        self._backlog = Backlog(self.stage.stack.installation, self.lives.code)

    def until(self, done: Callable[[], bool], what: str, seconds: float = SECONDS) -> None:
        """Keep the processes running until something is so; a life that failed ends the trial."""

        def so() -> bool:
            self.lives.check()
            return done()

        self.stage.stack.until(so, f"{self.fault}: {what}", seconds)

    def last(self, seconds: float) -> None:
        """Let the fault last so long."""
        end = time.monotonic() + seconds
        self.until(lambda: time.monotonic() >= end, "the end of the fault", seconds + SECONDS)

    def more_lives(self, number: int) -> None:
        """Wait until so many lives more have ended."""
        goal = self.lives.ended + number
        self.until(lambda: self.lives.ended >= goal, f"{number} more lives")

    def strike(self, service: str, strike: Strike, pause: float = 0.0) -> None:
        """Have a process struck at a point, and come back: by the supervisor, or by SIGCONT after a pause."""
        stage, pid = self.stage, self.stage.pid(service)
        striking.order(stage.strikes, service, strike)
        self.until(lambda: not striking.is_due(stage.strikes, service), f"{service} passing the point")
        if strike.signal == signal.SIGSTOP:
            self.until(partial(is_stopped, pid), f"{service} standing still")
            self.last(pause)
            os.kill(pid, signal.SIGCONT)
        else:
            self.until(lambda: stage.pid(service) not in (0, pid), f"another {service}")
        self.has_recovered()

    def has_recovered(self) -> None:
        """Note the moment from which every process is ready again, and how long it then takes to take all in."""
        self.until(self.stage.all_ready, "every process ready again")
        at, began = datetime.now(UTC), time.monotonic()
        self.recovered = at
        self.until(lambda: not self._backlog.open(at), "all that was told by then taken in")
        self.drained = time.monotonic() - began


@contextmanager
def trial(stage: Stage, fault: str) -> Iterator[Trial]:
    """A company trades; in the `with` a fault happens and passes; then the company's lives and proof are looked at."""
    lives = Lives(stage.stack.gateway)
    running = Trial(stage, fault, lives)
    lives.start()
    try:
        running.more_lives(1)
        yield running
        assert running.recovered, "the trial said nothing of its end"
        running.more_lives(1)
        lives.stop()
        running.until(lambda: lives.done, "the end of every life")
    finally:
        lives.stop()
    proof = audit.take(lives.company.client, wait=SECONDS)
    assert not proof.broken, "\n".join(proof_lines(proof))
    assert lives.accounts() == lives.expected()


def row(of: Trial) -> Row:
    """What came of a trial that ended well."""
    return Row(of.fault, of.outcome or "nothing lost, nothing doubled", of.lives.ended, of.drained, "holds")


def is_stopped(pid: int) -> bool:
    """Whether a process is frozen."""
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "T"

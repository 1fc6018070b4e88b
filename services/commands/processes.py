"""Looking after child processes: start them, start again what ends by itself, stop all when told to.

What ends is started again after a second, then after pauses that double up to half a minute, and this is said: never
in silence.
"""

import logging
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType

from shared.telemetry import logs

log = logging.getLogger(__name__)
PROJECT = Path(__file__).resolve().parents[2]
STOP_SECONDS = 40.0
_LOOK_SECONDS = 0.2
_FIRST_PAUSE, _LONGEST_PAUSE = 1.0, 30.0
_SETTLED_SECONDS = 60.0


@dataclass(frozen=True)
class Program:
    """A process to keep running, with settings of its own beside our environment, logging to a file or where we do."""

    name: str
    command: Sequence[str]
    settings: Mapping[str, str] = field(default_factory=dict)
    log_file: Path | None = None

    def spawn(self) -> "subprocess.Popen[bytes]":
        """Start it, so that it is stopped even if we die, and a Ctrl-C reaches us alone."""
        setpriv = shutil.which("setpriv")
        prefix = [setpriv, "--pdeathsig", "TERM"] if setpriv else []
        with self.log_file.open("ab") if self.log_file else nullcontext() as output:
            return subprocess.Popen(  # noqa: S603 - our own program
                [*prefix, *self.command],
                env={**os.environ, **self.settings},
                stdin=subprocess.DEVNULL,
                stderr=output,
                start_new_session=True,
            )


def huotong(*arguments: str) -> list[str]:
    """The command line of this program, wherever it is started from."""
    entry = f"import sys; sys.path.insert(0, {str(PROJECT)!r}); from services.__main__ import main; sys.exit(main())"
    return [sys.executable, "-c", entry, *arguments]


class _Kept:
    """A program and its present process."""

    def __init__(self, program: Program) -> None:
        self.program, self.pause, self.due = program, _FIRST_PAUSE, 0.0
        self.process: subprocess.Popen[bytes] | None = None
        self.started = 0.0

    def look(self) -> None:
        """Start the process if it is due; notice that it ended."""
        now = time.monotonic()
        if self.process is None:
            if now >= self.due:
                self.process, self.started = self.program.spawn(), now
        elif (code := self.process.poll()) is not None:
            pause = _FIRST_PAUSE if now - self.started > _SETTLED_SECONDS else self.pause
            self.process, self.due, self.pause = None, now + pause, min(pause * 2, _LONGEST_PAUSE)
            log.error("ended, starting again", extra={"program": self.program.name, "code": code, "in": pause})


class Supervisor:
    """Keeps programs running until it is stopped. Used from the main thread."""

    def __init__(self, programs: Sequence[Program]) -> None:
        self._kept = [_Kept(program) for program in programs]
        self.stopping = threading.Event()

    def stop_on_signals(self) -> None:
        """Have SIGTERM and SIGINT stop everything."""

        def stop(_number: int, _frame: FrameType | None) -> None:
            self.stopping.set()

        signal.signal(signal.SIGTERM, stop)
        signal.signal(signal.SIGINT, stop)

    def start(self) -> None:
        """Start every program once."""
        self.look()

    def watch(self) -> None:
        """Keep them running until told to stop."""
        while not self.stopping.wait(_LOOK_SECONDS):
            self.look()

    def look(self) -> None:
        """Notice what has ended, and start what is due."""
        for kept in self._kept:
            kept.look()

    def running(self) -> Mapping[str, int]:
        """The process ids of the programs that run, as of the last look."""
        return {kept.program.name: kept.process.pid for kept in self._kept if kept.process}

    def stop(self) -> bool:
        """Ask the last one to stop and wait, then all others; whether all ended by themselves and well."""
        running = [kept.process for kept in reversed(self._kept) if kept.process]
        ended = [_ended_well(running[:1]), _ended_well(running[1:])]
        return all(ended)


def _ended_well(processes: "Sequence[subprocess.Popen[bytes]]") -> bool:
    for process in processes:
        process.send_signal(signal.SIGTERM)
    until = time.monotonic() + STOP_SECONDS
    ended = [_ended(process, until) for process in processes]
    return all(ended)


def _ended(process: "subprocess.Popen[bytes]", until: float) -> bool:
    try:
        return process.wait(max(0.0, until - time.monotonic())) == 0
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
        return False


def run_many(name: str, processes: int) -> int:
    """Run a service as several processes; the n-th serves its metrics on the n-th port from the one set."""
    logs.configure(os.environ.get("HUOTONG_LOG_LEVEL", "INFO"))
    metrics_port = os.environ.get("HUOTONG_METRICS_PORT")
    programs = []
    for number in range(processes):
        settings = {"HUOTONG_SHARED_ADDRESS": "1"}
        if metrics_port:
            settings["HUOTONG_METRICS_PORT"] = str(int(metrics_port) + number)
        programs.append(Program(f"{name} {number + 1}", huotong("run", name), settings))
    supervisor = Supervisor(programs)
    supervisor.stop_on_signals()
    supervisor.start()
    supervisor.watch()
    return 0 if supervisor.stop() else 1

"""Child processes of a private server: started quietly, awaited with a limit, ended for certain."""

import contextlib
import fcntl
import os
import pwd
import random
import shutil
import signal
import socket
import subprocess
import time
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

LOOPBACK = "127.0.0.1"
POLL_SECONDS = 0.05
LOG_TAIL_LINES = 30

# Below Linux's range for outgoing connections, so that no client's socket takes a port while its server restarts.
PRIVATE_PORTS = range(20_000, 32_000)
_HELD_PORTS = 256
_held: deque[socket.socket] = deque()


class ServerFailed(Exception):
    """A private server did not start, or ended when it should run; the message holds the end of its log."""


def free_port() -> int:
    """Give a loopback port that nobody has, and hold it, so that nobody else on the machine is given it.

    A server can listen there all the same, and come back after it was killed: the port is held by a socket that does
    not listen and lets others in who ask for that (SO_REUSEADDR), as servers do. The last ports given are held.
    """
    for port in random.sample(PRIVATE_PORTS, k=200):
        holder = socket.socket()
        try:
            holder.bind((LOOPBACK, port))
        except OSError:
            holder.close()
            continue
        holder.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if len(_held) == _HELD_PORTS:
            _held.popleft().close()
        _held.append(holder)
        return port
    raise ServerFailed("no free port found on the loopback address")


def unprivileged_user(preferred: str) -> str | None:
    """Name the user a server runs as when we are root; None when we are not and it runs as ourselves."""
    if os.geteuid() != 0:
        return None
    for name in (preferred, "nobody"):
        with contextlib.suppress(KeyError):
            return pwd.getpwnam(name).pw_name
    raise ServerFailed(f"neither the user {preferred} nor nobody exists to run a server as")


def folder_for(user: str | None, folder: Path) -> Path:
    """Make a folder that only this user may enter."""
    folder.mkdir(parents=True, exist_ok=True)
    if user is not None:
        shutil.chown(folder, user, pwd.getpwnam(user).pw_gid)
    folder.chmod(0o700)
    return folder


def may_enter(user: str | None, folder: Path) -> bool:
    """Tell whether a user can reach a folder of ours through all folders above it."""
    if user is None:
        return True
    existing = (parent for parent in folder.resolve().parents if parent.exists())
    return all(parent.stat().st_mode & 0o001 for parent in existing)


def wait_until(done: Callable[[], bool], seconds: float) -> bool:
    """Poll until something is so, and tell whether it became so in time."""
    deadline = time.monotonic() + seconds
    while not done():
        if time.monotonic() > deadline:
            return False
        time.sleep(POLL_SECONDS)
    return True


class FolderClaim:
    """The right to run servers on a folder's data, which one at a time has.

    The servers hold it too: when we are killed, it is free only after they have ended.
    """

    def __init__(self, folder: Path) -> None:
        self._path = folder / "claim"
        self._file: BinaryIO | None = None

    @property
    def held(self) -> tuple[int, ...]:
        """The open file that a process must inherit to hold the claim as well."""
        return () if self._file is None else (self._file.fileno(),)

    def take(self, seconds: float) -> None:
        """Take the claim; raises ServerFailed when another holds it longer than this."""
        file = self._path.open("ab")
        if not wait_until(lambda: _locked(file), seconds):
            file.close()
            raise ServerFailed(f"Servers already run on the data in {self._path.parent}")
        self._file = file

    def release(self) -> None:
        """Give the claim back; does nothing where it is not held."""
        if self._file is not None:
            self._file.close()
        self._file = None


def _locked(file: BinaryIO) -> bool:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


@dataclass
class Child:
    """One server process of ours, with its log.

    It is started from the main thread: it also ends when the thread that started it does.
    """

    name: str
    command: Sequence[str]
    log: Path
    environment: Mapping[str, str]
    user: str | None = None
    stop_signal: signal.Signals = signal.SIGTERM
    claim: FolderClaim | None = None
    _process: subprocess.Popen[bytes] | None = field(default=None, init=False, repr=False)

    @property
    def pid(self) -> int:
        """The process id while it runs."""
        if self._process is None:
            raise ServerFailed(f"{self.name} is not running")
        return self._process.pid

    @property
    def running(self) -> bool:
        """Whether the process is alive."""
        return self._process is not None and self._process.poll() is None

    def start(self) -> None:
        """Start the process; does not wait until it is ready."""
        self.log.parent.mkdir(parents=True, exist_ok=True)
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                [*_ending_with_parent(self.stop_signal), *self.command],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                cwd="/",
                env=dict(self.environment),
                user=self.user,
                group=None if self.user is None else pwd.getpwnam(self.user).pw_gid,
                extra_groups=None if self.user is None else [],
                pass_fds=() if self.claim is None else self.claim.held,
                # A Ctrl-C at the terminal reaches us alone; we stop servers after their clients.
                start_new_session=True,
            )

    def wait_ready(self, ready: Callable[[], bool], seconds: float) -> None:
        """Wait until the server answers; raises ServerFailed when it ends or stays silent."""
        answered = wait_until(lambda: not self.running or ready(), seconds)
        if not self.running:
            raise ServerFailed(f"{self.name} ended while starting\n{self.log_tail()}")
        if not answered:
            raise ServerFailed(f"{self.name} did not answer within {seconds:g} s\n{self.log_tail()}")

    def stop(self, seconds: float = 30) -> None:
        """Ask the process to end and wait; what does not end in time is killed."""
        if self._process is None:
            return
        family = descendants(self._process.pid)
        self._process.send_signal(self.stop_signal)
        try:
            self._process.wait(timeout=seconds)
        except subprocess.TimeoutExpired:
            self.kill()
        wait_until(lambda: not any(map(is_alive, family)), seconds=10)
        self._process = None

    def kill(self) -> None:
        """End the process and all it started at once, as a power cut would."""
        if self._process is None:
            return
        family = descendants(self._process.pid)
        for pid in (self._process.pid, *family):
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        self._process.wait()
        wait_until(lambda: not any(map(is_alive, family)), seconds=10)
        self._process = None

    def log_tail(self) -> str:
        """Give the last lines of the log."""
        if not self.log.exists():
            return "(no log)"
        lines = self.log.read_text(errors="replace").splitlines()
        return "\n".join(lines[-LOG_TAIL_LINES:])


def descendants(pid: int) -> list[int]:
    """List the processes a process has started, and those they have, by Linux's /proc."""
    try:
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    except (FileNotFoundError, ProcessLookupError):
        return []
    return [found for child in children for found in (int(child), *descendants(int(child)))]


def is_alive(pid: int) -> bool:
    """Tell whether a process still runs; one that has ended and only waits for its parent to notice does not."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except (FileNotFoundError, ProcessLookupError):
        return False
    return state != "Z"


def _ending_with_parent(stop_signal: signal.Signals) -> list[str]:
    """Give the command prefix by which Linux stops a child when we die without stopping it ourselves."""
    setpriv = shutil.which("setpriv")
    if setpriv is None:
        return []
    return [setpriv, "--pdeathsig", stop_signal.name.removeprefix("SIG")]

"""What the kernel says of processes: their memory, the processor time they took, and their children.

A process may end while it is looked at, as a database's helpers do all the time; it then counts as nothing.
"""

import os
from collections.abc import Iterable, Iterator
from pathlib import Path

_TICKS = os.sysconf("SC_CLK_TCK")
_KIB = 1024


def family(pid: int) -> Iterator[int]:
    """The process and all it started, directly or not."""
    yield pid
    for task in Path(f"/proc/{pid}/task").glob("*/children"):
        for child in _text(task).split():
            yield from family(int(child))


def resident(pid: int) -> int:
    """Bytes of memory the process holds, shared ones included."""
    return _bytes(Path(f"/proc/{pid}/status"), "VmRSS:")


def proportional(pids: Iterable[int]) -> int:
    """Bytes of memory the processes hold together, what they share counted once."""
    return sum(_bytes(Path(f"/proc/{pid}/smaps_rollup"), "Pss:") for pid in pids)


def cpu_seconds(pid: int) -> float:
    """Processor time of the process, of its children that ended, and of those that run."""
    return sum(_own(member) for member in family(pid))


def _own(pid: int) -> float:
    """Of itself and of the children it has seen end."""
    if not (text := _text(Path(f"/proc/{pid}/stat"))):
        return 0.0
    user, system, user_of_ended, system_of_ended = map(int, text.rpartition(")")[2].split()[11:15])
    return (user + system + user_of_ended + system_of_ended) / _TICKS


def _bytes(path: Path, name: str) -> int:
    return sum(int(line.split()[1]) * _KIB for line in _text(path).splitlines() if line.startswith(name))


def _text(path: Path) -> str:
    try:
        return path.read_text()
    except (FileNotFoundError, ProcessLookupError):
        return ""

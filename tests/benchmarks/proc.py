"""What the kernel says of processes: their memory, the processor time they took, and their children."""

import os
from collections.abc import Iterable, Iterator
from pathlib import Path

_TICKS = os.sysconf("SC_CLK_TCK")
_KIB = 1024


def family(pid: int) -> Iterator[int]:
    """The process and all it started, directly or not."""
    yield pid
    for task in Path(f"/proc/{pid}/task").glob("*/children"):
        for child in task.read_text().split():
            yield from family(int(child))


def resident(pid: int) -> int:
    """Bytes of memory the process holds, shared ones included."""
    status = Path(f"/proc/{pid}/status").read_text().splitlines()
    return next(int(line.split()[1]) * _KIB for line in status if line.startswith("VmRSS"))


def proportional(pids: Iterable[int]) -> int:
    """Bytes of memory the processes hold together, what they share counted once."""
    rollups = (Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines() for pid in pids)
    return sum(int(line.split()[1]) * _KIB for lines in rollups for line in lines if line.startswith("Pss:"))


def cpu_seconds(pid: int) -> float:
    """Processor time of the process, of its children that ended, and of those that run."""
    return sum(_own(member) for member in family(pid))


def _own(pid: int) -> float:
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except FileNotFoundError:
        return 0.0  # it ended meanwhile; its parent has its time once it is reaped
    user, system, user_of_ended, system_of_ended = map(int, fields[11:15])
    return (user + system + user_of_ended + system_of_ended) / _TICKS

"""Where the time goes: the calls of a piece of work by function, as a table and as a file for other viewers."""

import cProfile
import io
import pstats
import sysconfig
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[2]
_ROWS = 60
_OURS = r"/(services|gateway|shared)/\w"
_TABLES: dict[str, tuple[str, ...]] = {
    "own time": ("tottime",),
    "Huotong's own functions, with what they call": ("cumtime", _OURS),
    "Huotong's own functions by themselves": ("tottime", _OURS),
    "with what they call": ("cumtime",),
    "number of calls": ("ncalls",),
}


@dataclass
class Profile:
    """What was profiled; complete once its context has ended."""

    # By processor time, for on a busy machine any function may be the one that waits.
    profile: cProfile.Profile = field(default_factory=lambda: cProfile.Profile(time.process_time))

    @property
    def calls(self) -> int:
        """How many functions were called, built-in ones included."""
        return sum(self.calls_by_function().values())

    def calls_by_function(self) -> dict[str, int]:
        """How often each was called, by its name."""
        found: dict[str, int] = {}
        for (_file, _line, name), (_primitive, calls, *_) in self._stats().stats.items():  # type: ignore[attr-defined]
            found[name] = found.get(name, 0) + calls
        return found

    def write(self, path: Path) -> None:
        """Leave tables for reading, and beside them the raw profile for other viewers."""
        path.parent.mkdir(parents=True, exist_ok=True)
        self.profile.dump_stats(path.with_suffix(".pstats"))
        path.write_text("\n".join(f"==== {title}\n{self.table(*how)}" for title, how in _TABLES.items()))

    def table(self, order: str, only: str = "") -> str:
        """The functions that come first in this order, of the files named by the pattern `only`."""
        stream = io.StringIO()
        self._stats(stream).sort_stats(order).print_stats(*([only] if only else []), _ROWS)
        return stream.getvalue().replace(f"{PROJECT}/", "").replace(f"{sysconfig.get_path('purelib')}/", "")

    def _stats(self, stream: io.StringIO | None = None) -> pstats.Stats:
        return pstats.Stats(self.profile, stream=stream)


@contextmanager
def profiled() -> Iterator[Profile]:
    """Profile what this thread does in the context."""
    found = Profile()
    found.profile.enable()
    try:
        yield found
    finally:
        found.profile.disable()

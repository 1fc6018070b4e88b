"""A service process with a sampling profiler: where its processor time goes, greenlets and all.

Every few milliseconds of processor time the kernel interrupts the process, and the functions then at work are noted.
That costs little and is not confused by greenlets, as a tracing profiler is. Only the standard library is imported
here: the process patches itself before it loads anything else.
"""

import atexit
import signal
import sys
from collections import Counter
from pathlib import Path
from types import CodeType, FrameType

BEGIN_AGAIN = signal.SIGUSR2
_EVERY_SECONDS = 0.005
_ROWS = 50
_PROJECT = str(Path(__file__).resolve().parents[2])
_OURS = ("services/", "gateway/", "shared/")


class Samples:
    """How often each function was at work itself, and how often it was waiting for one it had called."""

    def __init__(self) -> None:
        self.count = 0
        self.own: Counter[CodeType] = Counter()
        self.within: Counter[CodeType] = Counter()

    def take(self, _signal: int, frame: FrameType | None) -> None:
        """Note the functions at work now."""
        if frame is None:
            return
        self.count += 1
        self.own[frame.f_code] += 1
        found = set()
        while frame is not None:
            found.add(frame.f_code)
            frame = frame.f_back
        self.within.update(found)

    def begin_again(self, _signal: int, _frame: FrameType | None) -> None:
        """Forget what was noted so far, such as the start."""
        self.count = 0
        self.own.clear()
        self.within.clear()

    def text(self) -> str:
        """The tables."""
        ours = {code: count for code, count in self.within.items() if _name(code).startswith(_OURS)}
        tables = {
            "own time": self.own,
            "Huotong's own functions, with what they call": Counter(ours),
            "with what they call": self.within,
        }
        return "\n".join(self._table(title, counts) for title, counts in tables.items())

    def _table(self, title: str, counts: Counter[CodeType]) -> str:
        head = f"==== {title} ({self.count} samples of {_EVERY_SECONDS * 1000:g} ms)"
        rows = (f"{count / max(1, self.count):7.2%}  {_name(code)}" for code, count in counts.most_common(_ROWS))
        return "\n".join((head, *rows, ""))


def _name(code: CodeType) -> str:
    file = code.co_filename.removeprefix(f"{_PROJECT}/").rpartition("site-packages/")[2]
    return f"{file}:{code.co_firstlineno}({code.co_qualname})"


def _leave(samples: Samples, path: Path) -> None:
    """Sample no more, and write the tables."""
    signal.setitimer(signal.ITIMER_PROF, 0)
    path.write_text(samples.text())


def main() -> None:
    """Run `huotong` with the arguments after the first, which names where the tables go when it ends."""
    output, *arguments = sys.argv[1:]
    samples = Samples()
    signal.signal(signal.SIGPROF, samples.take)
    signal.signal(BEGIN_AGAIN, samples.begin_again)
    signal.setitimer(signal.ITIMER_PROF, _EVERY_SECONDS, _EVERY_SECONDS)
    atexit.register(_leave, samples, Path(output))
    sys.argv = ["huotong", *arguments]
    from services.__main__ import main as huotong  # noqa: PLC0415 - after the profiler is at work, as it imports much

    sys.exit(huotong())

"""The garbage collector, told what a process that runs for long is like."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager

_COLLECTING = (20_000, 20, 50)


def collect_rarely() -> None:
    """Let it pass over what is there already (code, contracts, statements), and look through the rest less often.

    Almost all that a request or event makes is let go of without it.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(*_COLLECTING)


@contextmanager
def rarely_collecting() -> Iterator[None]:
    """The same while the context lasts.

    What a replayed company's people remember grows with the days, and was gone through again and again, for a sixth of
    the whole time.
    """
    before = gc.get_threshold()
    collect_rarely()
    try:
        yield
    finally:
        gc.set_threshold(*before)
        gc.unfreeze()

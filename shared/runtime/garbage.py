"""The garbage collector, told what a process that runs for long is like."""

import gc

COLLECTING = (20_000, 20, 50)


def collect_rarely() -> None:
    """Let it pass over what is there already (code, contracts, statements), and look through the rest less often.

    Almost all that a request or event makes is let go of without it.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(*COLLECTING)

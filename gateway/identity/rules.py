"""Rules of who gets in: how long failures slow the next attempt down, and how long sessions last."""

from datetime import timedelta

SESSION_LASTS = timedelta(hours=12)
FREE_BY_LOGIN, FREE_BY_ADDRESS = 5, 50
"""Failures that cost no wait: few for one login, more for an address, behind which a whole office may sit."""
LONGEST_WAIT = timedelta(minutes=15)
FORGOTTEN_AFTER = timedelta(hours=1)
"""Failures older than this no longer count; longer than the longest wait, so that waiting it out does not help."""


def wait_after(failures: int, free: int) -> timedelta:
    """How long no attempt is taken after so many failures: nothing at first, then 1 s, doubled by each further one."""
    beyond = failures - free
    if beyond < 0:
        return timedelta()
    return min(timedelta(seconds=2 ** min(beyond, 20)), LONGEST_WAIT)

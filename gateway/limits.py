"""Rate limits: so many requests in a window, by principal or, where none is known, by address."""

from dataclasses import dataclass
from functools import lru_cache
from math import ceil
from time import time

from limits import RateLimitItem, parse
from limits.storage import MemoryStorage
from limits.strategies import FixedWindowRateLimiter

from gateway.refusals import Refused
from shared.runtime.port import Problem

OFF = "off"


@dataclass(frozen=True)
class Standing:
    """What is left of a limit, as the response headers of draft-ietf-httpapi-ratelimit-headers say it."""

    quota: int
    window: int
    left: int
    resets_in: int

    @property
    def headers(self) -> dict[str, str]:
        """`RateLimit-Policy` and `RateLimit`."""
        return {
            "RateLimit-Policy": f'"default";q={self.quota};w={self.window}',
            "RateLimit": f'"default";r={self.left};t={self.resets_in}',
        }


class RateLimits:
    """Counts requests in this process. Several gateway processes each allow the whole limit."""

    def __init__(self) -> None:
        self._windows = FixedWindowRateLimiter(MemoryStorage())

    def count(self, who: str, limit: str) -> Standing | None:
        """Count a request of `who`; None where the limit is off, raises Refused (429) where it is used up."""
        if limit == OFF:
            return None
        item = _item(limit)
        allowed = self._windows.hit(item, who)
        stats = self._windows.get_window_stats(item, who)
        resets_in = max(1, ceil(stats.reset_time - time()))
        standing = Standing(item.amount, item.get_expiry(), max(0, stats.remaining), resets_in)
        if not allowed:
            problem = Problem(code="too_many_requests", status=429, detail=f"at most {limit}; wait {resets_in} s")
            raise Refused(problem, {"Retry-After": str(resets_in), **standing.headers})
        return standing


@lru_cache(maxsize=256)
def _item(limit: str) -> RateLimitItem:
    return parse(limit)

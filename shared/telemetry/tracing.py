"""W3C trace context: one trace through HTTP, RPC and every event it leads to."""

import random
import re

_TRACEPARENT = re.compile(r"00-(?!0{32})([0-9a-f]{32})-(?!0{16})([0-9a-f]{16})-([0-9a-f]{2})")
_bits = random.SystemRandom().getrandbits


def continued(traceparent: str | None) -> str:
    """A child span of `traceparent`, or the root of a new trace where there is none (or it is malformed)."""
    found = _TRACEPARENT.fullmatch(traceparent or "")
    trace = found[1] if found else f"{_bits(128) | 1:032x}"
    flags = found[3] if found else "01"
    return f"00-{trace}-{_bits(64) | 1:016x}-{flags}"


def trace_id(traceparent: str | None) -> str | None:
    """The trace a `traceparent` belongs to."""
    found = _TRACEPARENT.fullmatch(traceparent or "")
    return found[1] if found else None

"""What a process of the distributed runtime is told by its environment."""

import os
from collections.abc import Mapping
from dataclasses import dataclass

DEFAULT_START_SECONDS = 60.0
LOOPBACK = "127.0.0.1"
"""Only this machine: who wants a process seen from others says so."""


class NotConfigured(Exception):
    """The environment lacks something the process cannot be without."""


@dataclass(frozen=True)
class Settings:
    """Where a process finds its database and the broker, and where it shows itself to operators.

    `start_seconds` is how long it waits for both when it starts before it gives up and ends.
    """

    database_url: str
    broker_url: str
    metrics_port: int | None = None
    metrics_address: str = LOOPBACK
    log_level: str = "INFO"
    http_address: str = f"{LOOPBACK}:8000"
    workers: int = 10
    start_seconds: float = DEFAULT_START_SECONDS

    @classmethod
    def from_environment(cls, given: Mapping[str, str] = os.environ) -> "Settings":
        """Read the environment; raises NotConfigured."""
        missing = [name for name in ("HUOTONG_DATABASE_URL", "HUOTONG_BROKER_URL") if not given.get(name)]
        if missing:
            raise NotConfigured(f"set {' and '.join(missing)}")
        port = given.get("HUOTONG_METRICS_PORT")
        return cls(
            database_url=given["HUOTONG_DATABASE_URL"],
            broker_url=given["HUOTONG_BROKER_URL"],
            metrics_port=int(port) if port else None,
            metrics_address=given.get("HUOTONG_METRICS_ADDRESS", LOOPBACK),
            log_level=given.get("HUOTONG_LOG_LEVEL", "INFO"),
            http_address=given.get("HUOTONG_HTTP_ADDRESS", f"{LOOPBACK}:8000"),
            workers=int(given.get("HUOTONG_WORKERS", "10")),
            start_seconds=float(given.get("HUOTONG_START_SECONDS", DEFAULT_START_SECONDS)),
        )

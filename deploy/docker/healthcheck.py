"""Asks the process in this container whether it is ready: `python -m deploy.docker.healthcheck`."""

import os
import sys
import urllib.request
from typing import Final

SECONDS: Final = 3.0


def is_ready(port: int) -> bool:
    """Tell whether the process says it is ready, on the port it serves its metrics."""
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/readyz", timeout=SECONDS):
            return True
    except OSError:
        return False


if __name__ == "__main__":
    sys.exit(0 if is_ready(int(os.environ["HUOTONG_METRICS_PORT"])) else 1)

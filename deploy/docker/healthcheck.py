"""Asks the process in this container whether it is ready: `python -I -S deploy/docker/healthcheck.py`.

It is started every few seconds in every container, so it loads as little of Python as it can.
"""

import os
import socket
import sys

SECONDS = 3.0
READY = b" 200 "


def is_ready(port: int) -> bool:
    """Tell whether the process says it is ready, on the port it serves its metrics."""
    try:
        with socket.create_connection(("127.0.0.1", port), SECONDS) as connection:
            connection.sendall(b"GET /readyz HTTP/1.0\r\n\r\n")
            return READY in connection.makefile("rb").readline()
    except OSError:
        return False


if __name__ == "__main__":
    sys.exit(0 if is_ready(int(os.environ["HUOTONG_METRICS_PORT"])) else 1)

"""The small HTTP face of a process for operators: `/livez`, `/readyz`, `/metrics`."""

import json
import logging
import threading
from collections.abc import Callable, Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

log = logging.getLogger(__name__)
Readiness = Callable[[], Mapping[str, str]]


def start_observing(address: str, port: int, readiness: Readiness) -> ThreadingHTTPServer:
    """Serve in the background; `readiness` says per part `ready`, or what is missing."""

    class Handler(BaseHTTPRequestHandler):
        """Answers the three paths."""

        def do_GET(self) -> None:
            """Answer."""
            if self.path == "/metrics":
                self._answer(200, CONTENT_TYPE_LATEST, generate_latest())
            elif self.path == "/livez":
                self._answer(200, "application/json", b'{"status": "alive"}')
            elif self.path == "/readyz":
                parts = dict(readiness())
                status = 200 if all(state == "ready" for state in parts.values()) else 503
                self._answer(status, "application/json", json.dumps(parts).encode())
            else:
                self._answer(404, "text/plain", b"not found")

        def _answer(self, status: int, content_type: str, body: bytes) -> None:
            self.send_response(status)
            self.send_header("Content-Type", content_type)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002
            """Say nothing: probes come every few seconds."""

    server = ThreadingHTTPServer((address, port), Handler)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, name="observe", daemon=True).start()
    return server

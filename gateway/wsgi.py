"""Serving the gateway from threads of this process (the embedded runtime)."""

import threading
import time
from typing import Any

from flask import Flask
from waitress import wasyncore  # type: ignore[import-untyped]
from waitress.server import create_server  # type: ignore[import-untyped]

LOOPBACK = "127.0.0.1"
_LARGEST_BUFFERED = 64 * 1024 * 1024
"""The application refuses much smaller bodies itself, as a problem document; this is the last line."""


class Server:
    """A running HTTP server."""

    def __init__(self, server: Any) -> None:
        self._server = server
        self.port = int(server.effective_port)
        self._thread = threading.Thread(target=server.run, name="gateway", daemon=True)
        self._thread.start()

    def stop(self, timeout: float = 10.0) -> None:
        """Take no further connection, finish the requests under way (for `timeout` seconds at most), and end."""
        if not self._thread.is_alive():
            return
        server = self._server
        server.trigger.pull_trigger(lambda: wasyncore.dispatcher.close(server))
        deadline = time.monotonic() + timeout
        while self._busy() and time.monotonic() < deadline:
            time.sleep(0.01)
        server.task_dispatcher.shutdown(timeout=max(0.1, deadline - time.monotonic()))
        server.trigger.pull_trigger(lambda: wasyncore.close_all(server._map, ignore_all=True))  # noqa: SLF001 - its loop
        self._thread.join(timeout)

    def _busy(self) -> bool:
        channels = list(self._server.active_channels.values())
        return any(channel.requests or channel.total_outbufs_len for channel in channels)


def serve(app: Flask, host: str = LOOPBACK, port: int = 0, threads: int = 8) -> Server:
    """Serve `app` from `threads` threads; port 0 takes a free one, told by the server's `port`."""
    return Server(
        create_server(
            app,
            host=host,
            port=port,
            threads=threads,
            ident=None,
            max_request_header_size=32 * 1024,
            max_request_body_size=_LARGEST_BUFFERED,
            channel_timeout=60,
        )
    )

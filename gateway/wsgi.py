"""Serving the gateway from threads of this process (the embedded runtime), with bounds on what a client may send."""

import json
import socket
import threading
import time
from http import HTTPStatus
from typing import Any

from flask import Flask
from waitress import wasyncore  # type: ignore[import-untyped]
from waitress.channel import HTTPChannel  # type: ignore[import-untyped]
from waitress.parser import HTTPRequestParser, ParsingError  # type: ignore[import-untyped]
from waitress.server import create_server  # type: ignore[import-untyped]
from waitress.task import ErrorTask  # type: ignore[import-untyped]

from gateway.headers import NOTHING
from gateway.settings import GatewaySettings

LOOPBACK = "127.0.0.1"
REQUEST_SECONDS = 60
"""A request that is not whole by then is given up, however busily it trickles in; so is an idle connection."""
MOST_DISCARDED = 8 * 1024 * 1024
"""Of a body that is not wanted so much is read, so that the client comes to read why; then the connection is closed."""
_LARGEST_HEADERS = 32 * 1024


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


def serve(
    app: Flask, host: str = LOOPBACK, port: int = 0, threads: int = 8, *,
    largest_body: int = GatewaySettings.largest_body, request_seconds: int = REQUEST_SECONDS,
) -> Server:  # fmt: skip
    """Serve `app` from `threads` threads; port 0 takes a free one, told by the server's `port`."""
    server = create_server(
        app,
        host=host,
        port=port,
        threads=threads,
        ident=None,
        max_request_header_size=_LARGEST_HEADERS,
        # waitress refuses what is as large as this.
        max_request_body_size=largest_body + 1,
        channel_timeout=request_seconds,
        cleanup_interval=min(request_seconds, 10),
    )
    server.channel_class = _Channel
    return Server(server)


class _Refusal(ErrorTask):  # type: ignore[misc] # waitress has no types
    """The answer to what waitress itself refuses: a problem document like any other."""

    def execute(self) -> None:
        """Write it, and close."""
        status = HTTPStatus(self.request.error.code)
        code = "body_too_large" if status == HTTPStatus.REQUEST_ENTITY_TOO_LARGE else status.name.lower()
        problem = {"type": f"urn:huotong:problem:{code}", "title": status.phrase, "status": status, "code": code}
        body = json.dumps({**problem, "detail": status.description, "request_id": "", "errors": []}).encode()
        self.status = f"{status.value} {status.phrase}"
        self.response_headers += [
            ("Content-Type", "application/problem+json"),
            ("Content-Security-Policy", NOTHING),
            ("X-Content-Type-Options", "nosniff"),
        ]
        self.channel.refused = True
        self.set_close_on_finish()
        self.content_length = len(body)
        self.write(body)


class _Parser(HTTPRequestParser):  # type: ignore[misc] # waitress has no types
    """Refuses a request that says its length in two ways: a proxy in front may have gone by the other."""

    def parse_header(self, header_plus: bytes) -> None:
        """Read the head; raises ParsingError."""
        super().parse_header(header_plus)
        if self.chunked and "CONTENT_LENGTH" in self.headers:
            raise ParsingError("Content-Length and Transfer-Encoding do not go together")


class _Channel(HTTPChannel):  # type: ignore[misc] # waitress has no types
    """A connection that is not kept open by trickling, and is not cut off before a client could read why."""

    error_task_class = _Refusal
    parser_class = _Parser
    last_activity: float
    will_close: bool
    refused = False
    _left: int | None = None
    """How much more is read of what is not wanted, once the answer is out."""

    def handle_read(self) -> None:
        """Take in what has come; a request under way counts as activity only by its first byte."""
        if self._left is not None:
            self._discard()
            return
        since, under_way = self.last_activity, self.request
        super().handle_read()
        if under_way is not None and self.request is under_way:
            self.last_activity = since

    def handle_close(self) -> None:
        """Close; after a refusal, only once the client has stopped sending."""
        if self.refused and self.will_close and self.connected and self._left is None:
            self.will_close, self._left = False, MOST_DISCARDED
            self.socket.shutdown(socket.SHUT_WR)
        else:
            super().handle_close()

    def readable(self) -> bool:
        """Also what is not wanted is read, for a while."""
        return self._left is not None or bool(super().readable())

    def _discard(self) -> None:
        data = self.recv(self.adj.recv_bytes)
        self._left = (self._left or 0) - len(data)
        if data and self._left <= 0:
            self.will_close = True

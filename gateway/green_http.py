"""Serving the gateway from green threads of this process, with a bound on everything a client could make endless.

eventlet's server bounds the request line and the headers in size, but nothing in time, and not the lines between the
chunks of a body, which it also reads more generously than RFC 9112 has them, so that a proxy in front could see other
requests than it does. It shows its version in some refusals, and to the client the traceback of an error in a response.
"""

import re
import time
from collections.abc import Callable
from http import HTTPStatus
from typing import Any

import eventlet
import eventlet.wsgi
from eventlet.wsgi import ChunkReadError
from flask import Flask

CONNECTIONS = 1000
"""Clients served at once; more wait to be accepted."""
IDLE_SECONDS = 75
HEAD_SECONDS, BODY_SECONDS = 20.0, 60.0
"""For the line and the headers of a request, from its first byte on; for reading its body."""
MOST_DISCARDED = 8 * 1024 * 1024
"""Of a body that is not wanted so much is read, so that the client comes to read why; then the connection is closed."""
_LONGEST_LINE = 8192
_MOST_IN_LINES = 256 * 1024
"""In all lines of a body: while there is more to read at once, no other green thread has its turn."""
_END_OF_LINE = b"\r\n"
_CHUNK_SIZE = re.compile(rb"([0-9A-Fa-f]{1,16})(?:[ \t]*;[^\r\n]*)?\r\n")


def serve_green(
    socket: Any, app: Flask, head_seconds: float = HEAD_SECONDS, body_seconds: float = BODY_SECONDS
) -> None:
    """Serve `app` on a listening socket until this green thread is told to exit."""
    protocol = type("Bounded", (_Protocol,), {"head_seconds": head_seconds, "body_seconds": body_seconds})
    eventlet.wsgi.server(
        socket, app, protocol=protocol, log_output=False, debug=False, max_size=CONNECTIONS,
        socket_timeout=IDLE_SECONDS,
    )  # fmt: skip


class _Protocol(eventlet.wsgi.HttpProtocol):  # type: ignore[misc] # eventlet has no types
    """One connection."""

    head_seconds: float
    body_seconds: float

    def handle_one_request(self) -> None:
        """Wait for a request as long as a connection may be idle, and from then on for its head.

        Others have their turn first: whoever sends requests without a pause would never be waited for.
        """
        eventlet.sleep()
        if self.rfile.closed or not self.rfile.peek(1):
            self.close_connection = True
            return
        self._head = eventlet.Timeout(self.head_seconds, TimeoutError("the head of a request is too slow"))
        try:
            super().handle_one_request()
        finally:
            self._head.cancel()

    def parse_request(self) -> bool:
        """Read the head; whether it is one that no two readers understand differently."""
        return bool(super().parse_request()) and self._is_clear()

    def _is_clear(self) -> bool:
        lengths = self.headers.get_all("Content-Length", [])
        if self.headers.defects or len(lengths) > 1 or not all(each.isascii() and each.isdigit() for each in lengths):
            self.send_error(HTTPStatus.BAD_REQUEST)
            return False
        codings = self.headers.get_all("Transfer-Encoding", [])
        if codings and [each.strip().lower() for each in codings] != ["chunked"]:
            self.send_error(HTTPStatus.NOT_IMPLEMENTED)
            return False
        if codings and lengths:
            self.send_error(HTTPStatus.BAD_REQUEST)
            return False
        return True

    def send_error(self, code: int, message: str | None = None, explain: str | None = None) -> None:
        """Refuse what is no request; not a word about who does so."""
        phrase = HTTPStatus(code).phrase
        self.wfile.write(f"HTTP/1.1 {int(code)} {phrase}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n".encode())
        self.close_connection = True

    def get_environ(self) -> dict[str, Any]:
        """What the app is given: the head is read, the body has its own bounds."""
        self._head.cancel()
        environ: dict[str, Any] = super().get_environ()
        environ["wsgi.input"] = environ["eventlet.input"] = _Body(self, environ["eventlet.input"])
        environ["wsgi.input_terminated"] = True
        return environ


class _Body(eventlet.wsgi.Input):  # type: ignore[misc] # eventlet has no types
    """The body of a request: read in so many seconds in all."""

    def __init__(self, protocol: _Protocol, plain: Any) -> None:
        super().__init__(
            _Lines(protocol.rfile), plain.content_length, protocol.connection, wfile=plain.wfile,
            wfile_line=plain.wfile_line, chunked_input=plain.chunked_input,
        )  # fmt: skip
        self._seconds = protocol.body_seconds

    def read(self, length: int | None = None) -> bytes:
        """Read on; raises TimeoutError once it has taken too long, ChunkReadError where chunks are malformed."""
        if not self.chunked_input and self.position >= self.content_length:
            return b""
        began = time.monotonic()
        try:
            with eventlet.Timeout(max(self._seconds, 0.001), TimeoutError("a body is too slow")):
                return bytes(super().read(length))
        finally:
            self._seconds -= time.monotonic() - began

    def discard(self, buffer_size: int = 16 << 10) -> None:
        """Read what the app did not; raises OSError, so that the connection is closed, where that is too much."""
        left = MOST_DISCARDED
        while read := self.read(buffer_size):
            left -= len(read)
            if left <= 0:
                raise OSError("more of a body than is worth reading")


class _Lines:
    """The bytes of a chunked body, whose lines are bounded and exactly as RFC 9112, section 7.1, has them.

    eventlet asks for a line without a size where a chunk's size is due, after its data, and amid the trailers.
    """

    def __init__(self, plain: Any) -> None:
        self._plain = plain
        self.read = plain.read
        self._heed: Callable[[bytes], str] = self._heed_size
        self._refused = ""
        self._in_lines = 0

    def readline(self, size: int = -1) -> bytes:
        """The next line; raises ChunkReadError for one that is malformed or without an end, and ever after it."""
        if size >= 0:
            return bytes(self._plain.readline(size))
        line = b"" if self._refused else bytes(self._plain.readline(_LONGEST_LINE))
        if not self._refused:
            self._in_lines += len(line)
            self._refused = self._fault(line)
        if self._refused:
            raise ChunkReadError(self._refused)
        return line

    def _fault(self, line: bytes) -> str:
        """What is wrong with a line; nothing, as a rule."""
        if not line.endswith(_END_OF_LINE):
            return "a line without an end"
        if self._in_lines > _MOST_IN_LINES:
            return "lines without an end"
        return self._heed(line)

    def _heed_size(self, line: bytes) -> str:
        """A chunk's size; what is wrong with it."""
        if not (size := _CHUNK_SIZE.fullmatch(line)):
            return "no size of a chunk"
        self._heed = self._heed_end if int(size[1], 16) else _heed_trailer
        return ""

    def _heed_end(self, line: bytes) -> str:
        """The end of a chunk's data; what is wrong with it."""
        self._heed = self._heed_size
        return "" if line == _END_OF_LINE else "more data than the chunk's size"


def _heed_trailer(_: bytes) -> str:
    """What follows the last chunk is passed over."""
    return ""

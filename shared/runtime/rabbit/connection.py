"""A connection to the broker that asks the kernel seldom: it reads whatever has come, and can send many frames as one.

py-amqp reads each frame in three small pieces and gives each to the kernel by itself. A message arrives as three frames
and leaves at a call of the kernel each, and the broker wakes for every one.
"""

import contextlib
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import amqp
from amqp.transport import SSLTransport, TCPTransport

_READ_BYTES = 65_536
_CORK = getattr(socket, "TCP_CORK", None)


class Connection(amqp.Connection):  # type: ignore[misc] # py-amqp has no types
    """py-amqp's connection over a transport that reads ahead. Over TLS, OpenSSL does that already."""

    def Transport(  # noqa: N802 - py-amqp's name for making one
        self, host: str, connect_timeout: float, ssl: object = None, read_timeout: float | None = None,
        write_timeout: float | None = None, **options: Any,
    ) -> Any:  # fmt: skip
        """A transport that is not connected yet."""
        times = {"connect_timeout": connect_timeout, "read_timeout": read_timeout, "write_timeout": write_timeout}
        kind = SSLTransport if ssl else _ReadingAhead
        return kind(host, ssl=ssl, **times, **options)


class _ReadingAhead(TCPTransport):  # type: ignore[misc] # py-amqp has no types
    """Reads all there is and gives it out in the pieces that are asked for."""

    _read_buffer: bytes

    def _read(self, n: int, initial: bool = False, _errnos: object = None) -> bytes:  # noqa: FBT001, FBT002
        """Exactly n bytes. What has come stays in the buffer where a read ends in a timeout."""
        while len(self._read_buffer) < n:
            part = self.sock.recv(max(_READ_BYTES, n - len(self._read_buffer)))
            if not part:
                raise OSError("the broker closed the connection")
            self._read_buffer += part
        taken: bytes = self._read_buffer[:n]
        self._read_buffer = self._read_buffer[n:]
        return taken


@contextmanager
def sent_together(channel: Any) -> Iterator[None]:
    """Let what is sent within travel in as few packets as it fits in, at the end of the context at the latest."""
    if _CORK is None:
        yield
        return
    _cork(channel, 1)
    try:
        yield
    finally:
        _cork(channel, 0)


def _cork(channel: Any, on: int) -> None:
    """Hold packets back, or let them go. A connection that is gone has nothing to hold."""
    with contextlib.suppress(OSError, AttributeError):
        channel.connection.sock.setsockopt(socket.IPPROTO_TCP, _CORK, on)

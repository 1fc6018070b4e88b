"""The process that places orders: many kept connections in one loop over raw sockets, which cost next to nothing.

It reads a plan as JSON from the first line of its input, says `ready` when it is connected, and begins at the next
line. Each line then says how many orders it may have sent in all; the end of its input, or of the plan's seconds or
orders, ends it. What it measured comes as JSON on its output: per order when it was due and when it was answered
(CLOCK_MONOTONIC), the status, and the order's id.
"""

import json
import random
import re
import selectors
import socket
import sys
import time
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from tests.benchmarks.market import Market

_PATH = "/v1/sales/orders"
_HEAD = re.compile(rb"HTTP/1\.1 (\d+).*?\r\nContent-Length: (\d+).*?\r\n\r\n", re.DOTALL | re.IGNORECASE)
_ID = re.compile(rb'"id": ?"([0-9a-f-]{36})"')
_DRAIN_SECONDS = 30.0


@dataclass
class Line:
    """One connection: free, or waiting for an answer."""

    socket: socket.socket
    due: float | None = None
    got: bytes = b""


@dataclass
class Generator:
    """Places orders as the plan says."""

    plan: dict[str, Any]
    selector: selectors.BaseSelector = field(default_factory=selectors.DefaultSelector)
    done: list[tuple[float, float, int, str]] = field(default_factory=list)
    allowed: int = 0
    sent: int = 0
    ended: bool = False

    def __post_init__(self) -> None:
        """Connect; the orders come from a seed."""
        market = Market(tuple(self.plan["items"]), tuple(self.plan["customers"]))
        self._orders = _orders(market, random.Random(self.plan["seed"]), self.plan["hot"])
        self._free = [self._line() for _ in range(self.plan["connections"])]
        self._busy = 0

    def run(self) -> None:
        """Until the end of the plan or of the input; what is under way then is waited for."""
        self._obey()
        self.selector.register(sys.stdin, selectors.EVENT_READ)
        self._began = time.monotonic()
        stop = self._began + self.plan["seconds"]
        while not self._over() and (now := time.monotonic()) < stop:
            self._send_what_is_due(now)
            self._take(min(stop, self._next_due()) - now)
        until = time.monotonic() + _DRAIN_SECONDS
        while self._busy and time.monotonic() < until:
            self._take(0.1)

    def _over(self) -> bool:
        return self.ended or self.sent >= (self.plan["orders"] or float("inf"))

    def _line(self) -> Line:
        line = Line(socket.create_connection(("127.0.0.1", self.plan["port"])))
        line.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.selector.register(line.socket, selectors.EVENT_READ, line)
        return line

    def _next_due(self) -> float:
        """When the next order is due; never, while there is no one to send it or it is not allowed."""
        if not self._free or self.sent >= self.allowed:
            return float("inf")
        rate = self.plan["rate"]
        return self._began + self.sent / rate if rate else 0.0

    def _send_what_is_due(self, now: float) -> None:
        while (due := self._next_due()) <= now:
            line = self._free.pop()
            line.due, line.got = due or now, b""
            line.socket.sendall(self._request())
            self.sent += 1
            self._busy += 1

    def _request(self) -> bytes:
        body = next(self._orders)
        head = (
            f"POST {_PATH} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {self.plan['token']}\r\n"
            f"Content-Type: application/json\r\nIdempotency-Key: {uuid.uuid4()}\r\nContent-Length: {len(body)}\r\n\r\n"
        )
        return head.encode() + body

    def _take(self, seconds: float) -> None:
        for key, _ in self.selector.select(max(0.0, min(seconds, 1.0))):
            if key.data is None:
                self._obey()
            else:
                self._read(key.data)

    def _obey(self) -> None:
        said = sys.stdin.readline()
        if said:
            self.allowed = int(said)
        else:
            self.ended = True

    def _read(self, line: Line) -> None:
        part = line.socket.recv(65536)
        if not part:
            raise ConnectionError("the gateway closed a connection under way")
        line.got += part
        head = _HEAD.match(line.got)
        if head is None or len(line.got) < head.end() + int(head[2]):
            return
        found = _ID.search(line.got, head.end())
        assert line.due is not None
        self.done.append((line.due, time.monotonic(), int(head[1]), found[1].decode() if found else ""))
        line.due = None
        self._busy -= 1
        self._free.append(line)


def _orders(market: Market, rng: random.Random, hot: bool) -> Iterator[bytes]:
    while True:
        yield json.dumps(market.order(rng, hot=hot)).encode()


def main() -> None:
    """Generate."""
    generator = Generator(json.loads(sys.stdin.readline()))
    print("ready", flush=True)
    generator.run()
    print(json.dumps(generator.done))


if __name__ == "__main__":
    main()

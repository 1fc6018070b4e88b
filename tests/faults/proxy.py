"""A TCP proxy between a process and a server, that slows what goes through it, cuts it off, or leaves it half open."""

import contextlib
import socket
import threading
import time
from enum import Enum

from deploy.local.processes import LOOPBACK

_CHUNK = 65_536
_CONNECT_SECONDS = 5.0
_DELAY_SECONDS = 0.1


class Network(Enum):
    """What the network is like."""

    WELL = "well"
    SLOW = "slowed"
    CUT = "cut"
    HALF_OPEN = "half open"


class Proxy:
    """Passes connections on to one port of this machine."""

    def __init__(self, target: int) -> None:
        self._target, self._network = target, Network.WELL
        self._open: set[_Connection] = set()
        self._listener = socket.create_server((LOOPBACK, 0))
        self.port = int(self._listener.getsockname()[1])
        threading.Thread(target=self._accept, daemon=True).start()

    @property
    def network(self) -> Network:
        """What the network is like now."""
        return self._network

    @network.setter
    def network(self, network: Network) -> None:
        """Change the network. What is cut ends; what is half open now never learns that it is."""
        self._network = network
        for connection in list(self._open):
            if network is Network.CUT:
                connection.close()
            elif network is Network.HALF_OPEN:
                connection.swallows = True

    def close(self) -> None:
        """Take no connection any more and end all there are."""
        self._listener.close()
        for connection in list(self._open):
            connection.close()

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                client, _ = self._listener.accept()
                if self._network is Network.CUT:
                    client.close()
                else:
                    self._pass_on(client)

    def _pass_on(self, client: socket.socket) -> None:
        try:
            server = socket.create_connection((LOOPBACK, self._target), _CONNECT_SECONDS)
        except OSError:
            client.close()
            return
        server.settimeout(None)
        connection = _Connection(self, client, server)
        connection.swallows = self._network is Network.HALF_OPEN
        self._open.add(connection)
        connection.start()

    def forget(self, connection: "_Connection") -> None:
        """A connection has ended."""
        self._open.discard(connection)


class _Connection:
    """The two sockets of a connection, and a thread for each direction."""

    def __init__(self, proxy: Proxy, client: socket.socket, server: socket.socket) -> None:
        self._proxy, self._client, self._server = proxy, client, server
        self.swallows = False
        for each in (client, server):
            each.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def start(self) -> None:
        for from_, to in ((self._client, self._server), (self._server, self._client)):
            threading.Thread(target=self._pump, args=(from_, to), daemon=True).start()

    def close(self) -> None:
        self._proxy.forget(self)
        for each in (self._client, self._server):
            with contextlib.suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)
            each.close()

    def _pump(self, from_: socket.socket, to: socket.socket) -> None:
        """Pass on, until one side ends; a half open connection has no other side that could learn of it."""
        with contextlib.suppress(OSError):
            while data := from_.recv(_CHUNK):
                if self._proxy.network is Network.SLOW:
                    time.sleep(_DELAY_SECONDS)
                if not self.swallows:
                    to.sendall(data)
        if not self.swallows:
            self.close()

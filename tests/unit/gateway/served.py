"""A gateway of its own in a process of its own, by either server: `python -m tests.unit.gateway.served threads|green`.

It prints its port, waits a second at most for any part of a request, and ends with its standard input.
"""

import os
import sys
import threading
from datetime import timedelta
from pathlib import Path

import eventlet

from gateway.app import create_app
from gateway.green_http import serve_green
from gateway.identity.service import IDENTITY, identity_dispatcher
from gateway.settings import GatewaySettings
from gateway.wsgi import serve
from shared.runtime.embedded import EmbeddedRuntime
from shared.storage.backbone import BACKBONE
from shared.storage.database import Database
from shared.storage.engine import open_engine

SECONDS = 1


def main(kind: str, folder: Path) -> None:
    engine = open_engine(f"sqlite:///{folder / 'identity.db'}")
    BACKBONE.create_all(engine)
    IDENTITY.metadata.create_all(engine)
    settings = GatewaySettings(limit_by_address="off", known_for=timedelta())
    app = create_app(EmbeddedRuntime([], {}), identity_dispatcher(Database(engine)), [], settings)
    if kind == "threads":
        say(serve(app, request_seconds=SECONDS).port)
        sys.stdin.read()
    else:
        socket = eventlet.listen(("127.0.0.1", 0))
        socket.settimeout(None)
        say(socket.getsockname()[1])
        threading.Thread(target=lambda: (sys.stdin.read(), os._exit(0)), daemon=True).start()
        serve_green(socket, app, SECONDS, SECONDS)


def say(port: int) -> None:
    sys.stdout.write(f"{port}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]))

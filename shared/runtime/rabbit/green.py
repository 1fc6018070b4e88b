"""Make this process cooperative: imported for its effect, before anything else, by the entry points of this runtime.

Nothing else here imports eventlet: the parts of the adapter use the standard library's threads, which are green
threads where this module was imported and real ones where not (tests, tools).
"""

import warnings

with warnings.catch_warnings():
    # It says at every start that it is in maintenance only; ARCHITECTURE keeps it replaceable for that.
    warnings.simplefilter("ignore")
    import eventlet

eventlet.monkey_patch()

import eventlet.hubs  # noqa: E402
import psycopg2  # noqa: E402
from eventlet import patcher  # noqa: E402
from psycopg2 import extensions  # noqa: E402

from shared.storage.urgency import URGENT  # noqa: E402

CONNECT_SECONDS = 5.0
"""libpq's own connect_timeout does not hold for a connection that is opened without blocking."""
ANSWER_SECONDS = 30.0
"""How long a statement may go without a word. TCP notices a silent server only where nothing between acknowledges."""
_URGENT_MS = 20
"""How long at most everything else of the process stands still for the answer that others wait for."""
_select = patcher.original("select")


def _wait(connection: extensions.connection, _timeout: float = -1) -> None:
    """Let other green threads run until PostgreSQL has answered; raises OperationalError when it does not."""
    while (state := connection.poll()) != extensions.POLL_OK:
        if state not in (extensions.POLL_READ, extensions.POLL_WRITE):
            raise psycopg2.OperationalError(f"unexpected answer of poll: {state}")
        if id(connection) in URGENT and _answers_at_once(connection, state):
            continue
        opening = connection.status == extensions.STATUS_SETUP
        eventlet.hubs.trampoline(
            connection.fileno(),
            read=state == extensions.POLL_READ,
            write=state == extensions.POLL_WRITE,
            timeout=CONNECT_SECONDS if opening else ANSWER_SECONDS,
            timeout_exc=psycopg2.OperationalError("the database does not answer"),
        )


def _answers_at_once(connection: extensions.connection, state: int) -> bool:
    """Wait without letting others run; False where it takes longer, and one of them may be who it waits for."""
    poll = _select.poll()
    poll.register(connection.fileno(), _select.POLLIN if state == extensions.POLL_READ else _select.POLLOUT)
    return bool(poll.poll(_URGENT_MS))


extensions.set_wait_callback(_wait)

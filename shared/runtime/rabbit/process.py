"""The life of a process around its nameko container: wait for what it needs, start, and stop cleanly when told to."""

import logging
import signal
import time
from collections.abc import Callable
from typing import Any

import eventlet
from nameko.containers import ServiceContainer

from shared.runtime.garbage import collect_rarely
from shared.runtime.rabbit.link import connect

log = logging.getLogger(__name__)
STOP_SECONDS = 30.0
_PAUSE_SECONDS = 0.2


class NeverReady(Exception):
    """What the process needs did not come up in time."""


def check_broker(url: str, *queues: str) -> None:
    """Raise what keeps this user from the broker, or says that these queues were not declared there yet."""
    connection = connect(url, "check")
    try:
        for queue in queues:
            connection.channel().queue_declare(queue, passive=True)
    finally:
        connection.close()


def wait_for(what: str, check: Callable[[], None], until: float) -> None:
    """Try again until the check passes; raises NeverReady, with the last fault, when the time is up."""
    while True:
        try:
            check()
        except Exception as error:
            if time.monotonic() > until:
                raise NeverReady(f"{what}: {error}") from error
            log.info("waiting", extra={"for": what, "fault": str(error)})
            time.sleep(_PAUSE_SECONDS)
        else:
            return


def run_container(service_class: type, config: dict[str, Any]) -> int:
    """Run a nameko service until SIGTERM or SIGINT, finishing what is under way; the process's exit code."""
    container = ServiceContainer(service_class, config)

    def stop(*_: object) -> None:
        # A signal handler runs in the hub, which cannot wait.
        eventlet.spawn_n(_stop, container)

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    collect_rarely()
    container.start()
    log.info("started", extra={"service": container.service_name})
    try:
        container.wait()
    except Exception:
        log.exception("the service died", extra={"service": container.service_name})
        return 1
    log.info("stopped", extra={"service": container.service_name})
    return 0


def _stop(container: ServiceContainer) -> None:
    with eventlet.Timeout(STOP_SECONDS, False):  # noqa: FBT003 - eventlet's way to say "do not raise"
        container.stop()
        return
    log.error("did not stop in time", extra={"service": container.service_name})
    container.kill()

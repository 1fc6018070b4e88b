"""The port with identity in it: that service is here, all others are behind the runtime."""

from collections.abc import Callable

from sqlalchemy import select

from shared.runtime.dispatch import Dispatcher
from shared.runtime.port import Call, Port, Reply


class LocalFirst:
    """Calls identity in this process and everything else through `port`."""

    def __init__(self, port: Port, identity: Dispatcher, changed: Callable[[], None]) -> None:
        self._port, self._identity, self._changed = port, identity, changed

    def call(self, service: str, call: Call) -> Reply:
        """Carry out `call`; after one of identity that writes, `changed` is told."""
        if service != self._identity.service.name:
            return self._port.call(service, call)
        reply = self._identity.call(call)
        operation, _ = self._identity.service.operations.get(call.operation, (None, None))
        if operation and operation.writes:
            self._changed()
        return reply

    def readiness(self) -> dict[str, str]:
        """The runtime's parts and identity's database."""
        return {**self._port.readiness(), self._identity.service.name: self._own()}

    def _own(self) -> str:
        try:
            with self._identity.database.snapshot() as session:
                session.scalar(select(1))
        except Exception as error:  # noqa: BLE001 - whatever it is, this part is not ready
            return f"no database: {type(error).__name__}"
        return "ready"

"""Identity: what it can do, one line per capability."""

from gateway.identity import api_keys, companies, people, sessions
from gateway.identity.base import Base
from shared.contracts.identity import CONTRACT
from shared.kernel.clocks import Clock, SystemClock
from shared.kernel.ids import IdSource, RandomIds
from shared.runtime.dispatch import Dispatcher, Effects
from shared.runtime.registry import Service
from shared.storage.database import Database

IDENTITY = Service.of(
    CONTRACT,
    Base,
    (
        companies,  # the companies of the group
        people,  # people, machines and their roles
        sessions,  # signing in and out, passwords
        api_keys,  # keys of people and machines
    ),
)


def identity_dispatcher(database: Database, clock: Clock | None = None, ids: IdSource | None = None) -> Dispatcher:
    """Identity as it runs inside a gateway process; it tells no events, so nothing follows a commit."""

    def nothing_follows(effects: Effects) -> None:
        assert not effects.told  # noqa: S101 - a mistake of a later author, not of a caller

    return Dispatcher(IDENTITY, database, clock or SystemClock(), ids or RandomIds(), nothing_follows)

"""What a company still has to take in, asked of its databases directly: the gateway may be what is away."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import Engine, create_engine, select
from sqlalchemy.pool import NullPool

from deploy.local.servers import Installation
from services.commands.audit import subscribers
from services.commands.installation import DOMAINS
from shared.storage.backbone import dead_letters, inbox, outbox

_LISTENERS = subscribers(DOMAINS)


class Backlog:
    """The facts of one company that not every subscriber has."""

    def __init__(self, installation: Installation, company: str) -> None:
        self._company = company
        self._engines = {
            service.name: create_engine(installation.services[service.name].database_url, poolclass=NullPool)
            for service in DOMAINS
        }

    def open(self, until: datetime) -> list[tuple[str, str, str]]:
        """The facts recorded until then that someone lacks, as (fact, type, who lacks it)."""
        told = [fact for engine in self._engines.values() for fact in self._told(engine, until)]
        has = {name: self._taken(engine) for name, engine in self._engines.items()}
        return [
            (fact, type_, name)
            for fact, type_ in told
            for name in _LISTENERS.get(type_, ())
            if fact not in has[name]
        ]  # fmt: skip

    def _told(self, engine: Engine, until: datetime) -> Iterable[tuple[str, str]]:
        statement = select(outbox.c.id, outbox.c.type).where(
            outbox.c.company == self._company, outbox.c.recorded_at <= until
        )
        with engine.connect() as connection:
            return [(row.id, row.type) for row in connection.execute(statement)]

    def _taken(self, engine: Engine) -> set[str]:
        with engine.connect() as connection:
            return {
                fact
                for table in (inbox, dead_letters)
                for fact in connection.scalars(select(table.c.fact).where(table.c.company == self._company))
            }

"""Telling the broker what is in the outbox, after the commit, until it has confirmed each fact.

Every process of a service has a relay. They do not get in each other's way: each locks the rows it publishes and
passes over those another has locked (SKIP LOCKED), for as long as its transaction lasts. A relay that dies or
freezes with rows in hand loses them at the end of its connection, or after a limit; they are then published
again, and the subscribers' inboxes know them.
"""

import logging
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import func, select, true

from shared.runtime import outbox
from shared.runtime.cloudevents import CONTENT_TYPE
from shared.runtime.rabbit.link import Link
from shared.runtime.rabbit.pace import Pace
from shared.runtime.rabbit.publisher import Fate, Letter, Publisher
from shared.runtime.rabbit.topology import events_exchange
from shared.storage.database import Database, is_passing
from shared.storage.prepared import Prepared
from shared.storage.session import Session

log = logging.getLogger(__name__)
BATCH, SMALL_BATCH = 500, 16
"""How many facts go at once; the fewer while a crowd waits for this process to answer."""
CROWDED_SECONDS = 0.25
"""How long a round waits for a crowd: few facts, but often, or all who listen are at work at once while it waits."""
DEADLINE_SECONDS = 10.0
"""How long the broker may take to confirm a batch."""
_LENIENT = Prepared(
    select(
        func.set_config("synchronous_commit", "off", true()),
        func.set_config("idle_in_transaction_session_timeout", f"{DEADLINE_SECONDS * 2000:.0f}", true()),
    )
)
"""Sets both for the transaction, in one round trip."""
_LOOK_SECONDS = 1.0
"""How often it looks for what no one woke it for: facts of a process that died before it told them."""
_PAUSE_SECONDS = 1.0
_HOLD_SECONDS = 5.0
_LAST_SECONDS = 3.0


class Relay:
    """Publishes the outbox of one service."""

    def __init__(self, service: str, database: Database, link: Link, publisher: Publisher, pace: Pace) -> None:
        self._service, self._database, self._link = service, database, link
        self._publisher, self._pace = publisher, pace
        self._work, self._stopping = threading.Event(), threading.Event()
        self._held: dict[str, float] = {}
        self._thread = threading.Thread(target=self._run, name=f"{service} relay", daemon=True)

    def wake(self) -> None:
        """Say that there is something new to tell."""
        self._work.set()

    def start(self) -> None:
        """Publish in the background."""
        self._thread.start()

    def stop(self) -> None:
        """Tell what is committed if that is quick; the rest is told after the next start."""
        self._stopping.set()
        self._work.set()
        self._thread.join(DEADLINE_SECONDS + _LAST_SECONDS)

    def _run(self) -> None:
        while not self._stopping.is_set():
            self._round()
            self._work.wait(_LOOK_SECONDS)
            self._work.clear()
        until = time.monotonic() + _LAST_SECONDS
        while time.monotonic() < until and self._round():
            pass

    def _round(self) -> bool:
        """Publish until nothing is left; whether there was anything. No fault ends the relay."""
        told, left = False, True
        try:
            while left and self._link.ready and not self._link.blocked:
                with self._pace.round(self._stopping) as crowded:
                    most = SMALL_BATCH if crowded else BATCH
                    claimed, confirmed = self._publish_some(most)
                    told, left = told or bool(confirmed), claimed == most and bool(confirmed)
                    if left:
                        self._pace.left_more()
        except Exception as error:
            if not is_passing(error):
                log.exception("relay failed; it goes on", extra={"service": self._service})
            else:
                log.warning("relay put off", extra={"service": self._service, "fault": str(error)})
            self._stopping.wait(_PAUSE_SECONDS)
        return told

    def _publish_some(self, most: int) -> tuple[int, int]:
        """Publish so many facts at most and mark what was confirmed; how many were claimed and how many confirmed."""
        with self._claiming() as session:
            rows = outbox.claim(session, most, self._now_held())
            letters = [_letter(id_, type_, envelope) for id_, type_, envelope in rows]
            fates = self._publisher.send(letters, DEADLINE_SECONDS)
            confirmed = [letter.id for letter, fate in zip(letters, fates, strict=True) if fate == "confirmed"]
            if confirmed:
                outbox.mark_sent(session, confirmed)
        self._hold_back([type_ for _, type_, _ in rows], fates)
        return len(rows), len(confirmed)

    @contextmanager
    def _claiming(self) -> Iterator[Session]:
        """A transaction that need not reach the disk (a lost mark only means a second telling) and cannot hang on."""
        with self._database.transaction() as session:
            if self._database.engine.dialect.name == "postgresql":
                session.run(_LENIENT, {})
            yield session

    def _now_held(self) -> list[str]:
        now = time.monotonic()
        self._held = {type_: until for type_, until in self._held.items() if until > now}
        return list(self._held)

    def _hold_back(self, types: list[str], fates: list[Fate]) -> None:
        """Let events the broker does not take wait, so that they do not stand in the way of others."""
        troubled = {type_: fate for type_, fate in zip(types, fates, strict=True) if fate in ("unroutable", "refused")}
        for type_, fate in troubled.items():
            log.error(
                "the broker does not take an event", extra={"service": self._service, "type": type_, "fate": fate}
            )
            self._held[type_] = time.monotonic() + _HOLD_SECONDS
        if "unknown" in fates and self._link.ready and not self._link.blocked:
            log.warning("no confirmation in time; connecting again", extra={"service": self._service})
            self._link.reset()


def _letter(id_: str, type_: str, envelope: str) -> Letter:
    _, source, routing_key = type_.split(".", 2)
    return Letter(
        id=id_,
        exchange=events_exchange(source),
        routing_key=routing_key,
        body=envelope,
        content_type=CONTENT_TYPE,
    )

"""Slowing down who guesses: failed attempts by login and by address, counted in the database before each is judged."""

import hashlib
from collections.abc import Callable
from datetime import datetime
from math import ceil

from sqlalchemy import delete

from gateway.identity.rules import FORGOTTEN_AFTER, FREE_BY_ADDRESS, FREE_BY_LOGIN, wait_after
from gateway.identity.tables import Attempts
from gateway.refusals import Refused
from shared.kernel.clocks import Clock
from shared.runtime.port import Problem, Reply
from shared.storage.database import Database
from shared.storage.session import Session
from shared.storage.statements import keep_new


class LoginGuard:
    """Lets an attempt through, or says how long to wait.

    An attempt counts as failed before it is judged and is forgiven when it succeeds, in transactions of its own; so
    attempts at the same time do not slip past, and a refused login leaves its trace though its own work is undone.
    """

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database, self._clock = database, clock

    def attempt(self, login: str, address: str, judge: Callable[[], Reply]) -> Reply:
        """What `judge` answers; raises Refused (429) where too many attempts failed lately."""
        by_login, by_address = _subject("login", login), _subject("address", address)
        with self._database.transaction() as session:
            now = self._clock.now()
            session.execute(delete(Attempts).where(Attempts.last_at < now - FORGOTTEN_AFTER))
            for subject, free in sorted(((by_login, FREE_BY_LOGIN), (by_address, FREE_BY_ADDRESS))):
                _count(session, subject, free, now)
        reply = judge()
        if reply.problem is None:
            self._forgive(by_login, by_address)
        return reply

    def _forgive(self, by_login: str, by_address: str) -> None:
        with self._database.transaction() as session:
            session.execute(delete(Attempts).where(Attempts.subject == by_login))
            address = session.get(Attempts, by_address, lock=True)
            if address is not None:
                address.failures = max(0, address.failures - 1)
                address.blocked_until = None


def _subject(kind: str, name: str) -> str:
    return hashlib.sha256(f"{kind}:{name.lower()}".encode()).hexdigest()


def _count(session: Session, subject: str, free: int, now: datetime) -> None:
    keep_new(session, Attempts.__table__, {"subject": subject, "failures": 0, "last_at": now})
    found = session.get(Attempts, subject, lock=True)
    if found is None:
        raise LookupError("the row just kept is gone")
    if found.blocked_until and found.blocked_until > now:
        _refuse(ceil((found.blocked_until - now).total_seconds()))
    found.failures, found.last_at = found.failures + 1, now
    found.blocked_until = now + wait_after(found.failures, free)


def _refuse(seconds: int) -> None:
    detail = f"too many attempts failed; the next is taken in {seconds} s"
    raise Refused(Problem(code="too_many_attempts", status=429, detail=detail), {"Retry-After": str(seconds)})

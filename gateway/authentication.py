"""Who asks: the session or API key behind `Authorization: Bearer`, looked up by one query and known for a moment."""

import threading
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Executable, Row, select

from gateway.identity.roles import scopes_of
from gateway.identity.secrets import KEY_PREFIX, fingerprint
from gateway.identity.tables import ApiKey, Company, Grant, Person, Session
from gateway.refusals import Refused, refuse
from shared.contracts.operations import PUBLIC, SESSION, SIGNED_IN
from shared.kernel.clocks import Clock
from shared.storage.database import Database

_MOST_KNOWN = 10_000


@dataclass(frozen=True, kw_only=True)
class Membership:
    """A company the principal has roles in, and what they allow."""

    company: str
    currency: str
    time_zone: str
    scopes: frozenset[str]


@dataclass(frozen=True, kw_only=True)
class Principal:
    """A person or machine. `login` stands for both their sessions and their keys, so that no one is two people."""

    login: str
    locale: str
    expires_at: datetime
    rate_limit: str | None = None
    memberships: Mapping[str, Membership] = field(default_factory=dict)

    def member_of(self, company: str | None) -> Membership:
        """The membership in `company`, or the first there is; raises Refused."""
        if not self.memberships:
            raise refuse(403, "no_company", "you have no role in any company")
        if company is None:
            return next(iter(self.memberships.values()))
        if company not in self.memberships:
            raise refuse(403, "not_your_company", f"you have no role in company {company[:16]!r}")
        return self.memberships[company]


class Authentication:
    """Finds the principal behind a token."""

    def __init__(self, database: Database, clock: Clock, known_for: timedelta) -> None:
        self._database, self._clock, self._known_for = database, clock, known_for
        self._known: dict[str, tuple[datetime, Principal]] = {}
        self._guard = threading.Lock()
        self._round = 0

    def principal(self, authorization: str | None) -> Principal:
        """Who sent this `Authorization` header; raises Refused (401)."""
        if not authorization:
            raise unauthenticated("authentication_required", "send a session's token or an API key as a bearer token")
        kind, _, token = authorization.partition(" ")
        token = token.strip()
        if kind.lower() != "bearer" or not token.isascii() or not 8 <= len(token) <= 200:
            raise unauthenticated("invalid_token", "the Authorization header holds no bearer token of Huotong")
        found = self._find(token)
        if found.expires_at <= self._clock.now():
            raise unauthenticated("expired_token", "the session or API key has expired")
        return found

    def forget(self) -> None:
        """Know no one any more: something about people, roles, sessions or keys has changed."""
        with self._guard:
            self._known.clear()
            self._round += 1

    def _find(self, token: str) -> Principal:
        hashed, now = fingerprint(token), self._clock.now()
        with self._guard:
            until, principal = self._known.get(hashed, (now, None))
            began = self._round
        if principal is None or until <= now:
            principal = self._look_up(token, hashed)
            self._remember(hashed, now, principal, began)
        return principal

    def _remember(self, hashed: str, now: datetime, principal: Principal, began: int) -> None:
        """Unless a change came while it was looked up."""
        with self._guard:
            if len(self._known) >= _MOST_KNOWN:
                self._known.clear()
            if began == self._round:
                self._known[hashed] = now + self._known_for, principal

    def _look_up(self, token: str, hashed: str) -> Principal:
        is_key = token.startswith(KEY_PREFIX)
        with self._database.snapshot() as session:
            rows = session.execute(_key(hashed) if is_key else _session(hashed)).all()
        if not rows:
            raise unauthenticated("invalid_token", "the session or API key is not known, has ended or was revoked")
        first = rows[0]
        return Principal(
            login=first.login,
            locale=first.locale,
            expires_at=first.expires_at,
            rate_limit=first.rate_limit,
            memberships=_memberships(rows, frozenset(first.scopes) if is_key else None),
        )


def unauthenticated(code: str, detail: str) -> Refused:
    """A 401 that says how to authenticate."""
    return refuse(401, code, detail, WWW_Authenticate='Bearer realm="huotong"')


_WHO = (Person.login, Person.locale, Person.rate_limit, Grant.role, Company.code, Company.currency, Company.time_zone)


def _session(hashed: str) -> Executable:
    return (
        select(Session.expires_at, *_WHO)
        .join(Person, Person.id == Session.person_id)
        .outerjoin(Grant, Grant.person_id == Person.id)
        .outerjoin(Company, Company.code == Grant.company)
        .where(Session.token_hash == hashed, Session.ended_at.is_(None), Person.active)
        .order_by(Grant.id)
    )


def _key(hashed: str) -> Executable:
    return (
        select(ApiKey.expires_at, ApiKey.scopes, *_WHO)
        .join(Person, Person.id == ApiKey.owner_id)
        .outerjoin(Grant, (Grant.person_id == Person.id) & (Grant.company == ApiKey.company))
        .outerjoin(Company, Company.code == Grant.company)
        .where(ApiKey.secret_hash == hashed, ApiKey.revoked_at.is_(None), Person.active)
        .order_by(Grant.id)
    )


def _memberships(rows: Iterable[Row[Any]], key_scopes: frozenset[str] | None) -> dict[str, Membership]:
    """By company, in the order the roles were given; a key has what both it and its owner have."""
    found: dict[str, Membership] = {}
    rows = [row for row in rows if row.code is not None]
    for row in rows:
        held = scopes_of({other.role for other in rows if other.code == row.code})
        scopes = held | {PUBLIC, SIGNED_IN, SESSION} if key_scopes is None else held & key_scopes | {PUBLIC, SIGNED_IN}
        found[row.code] = Membership(
            company=row.code, currency=row.currency, time_zone=row.time_zone, scopes=frozenset(scopes)
        )
    return found

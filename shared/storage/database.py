"""A service's database: transactions for writing, snapshots for reading, and what kind of fault an error is."""

import threading
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from hashlib import blake2b

from sqlalchemy import ARRAY, BigInteger, Boolean, Engine, bindparam, func, select
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from shared.storage.prepared import Prepared
from shared.storage.session import Outdated, Session

_PASSING_SQLSTATES = ("40", "55P03", "57", "08", "53")  # serialization, lock, shutdown, connection, resources
_OUTAGE_SQLSTATES = ("53100", "53300", "57P03")  # disk full, too many connections, starting or shutting down
_CLAIMED = func.pg_try_advisory_xact_lock(func.unnest(bindparam("numbers", type_=ARRAY(BigInteger))), type_=Boolean)
_CLAIM = Prepared(select(_CLAIMED))


class Database:
    """One service's engine, and the sessions over it."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self._claims: set[str] = set()
        self._guard = threading.Lock()
        self._reading: dict[str, object] = (
            {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
            if engine.dialect.name == "postgresql"
            else {"reads_only": True}
        )

    @contextmanager
    def transaction(self, *claims: str) -> Iterator[Session]:
        """A session in one transaction, committed at the end or rolled back on any error.

        `claims` name work that only one transaction may do at a time; raises Claimed at once where another does any.
        """
        with self._claimed(claims), self.engine.begin() as connection:
            session = Session(connection)
            if claims and session.dialect == "postgresql":
                numbers = [_number(each) for each in claims]
                if not all(mine for (mine,) in session.ask(_CLAIM, {"numbers": numbers})):
                    raise Claimed(*claims)
            with session:
                yield session
                session.flush()

    @contextmanager
    def snapshot(self) -> Iterator[Session]:
        """A session for reading only, all of it as of one moment; nothing it does is kept."""
        with self.engine.connect().execution_options(**self._reading) as connection:
            connection.begin()
            with Session(connection) as session:
                yield session

    @contextmanager
    def _claimed(self, claims: Collection[str]) -> Iterator[None]:
        """Within this process; PostgreSQL's advisory locks do the same between processes."""
        if not claims:
            yield
            return
        with self._guard:
            if len(set(claims)) < len(claims) or not self._claims.isdisjoint(claims):
                raise Claimed(*claims)
            self._claims.update(claims)
        try:
            yield
        finally:
            self._claims.difference_update(claims)


def _number(claim: str) -> int:
    """The advisory lock that stands for a claim."""
    return int.from_bytes(blake2b(claim.encode(), digest_size=8).digest(), signed=True)


class Claimed(Exception):
    """Another transaction is doing just this."""


def is_passing(error: BaseException) -> bool:
    """Whether the same work may succeed when tried again: a lost connection, a deadlock, a row changed meanwhile."""
    if isinstance(error, Outdated | PoolTimeout):
        return True
    if isinstance(error, DBAPIError):
        state = getattr(error.orig, "pgcode", None) or ""
        return (
            error.connection_invalidated or state.startswith(_PASSING_SQLSTATES) or isinstance(error, OperationalError)
        )
    return isinstance(error, ConnectionError)


def is_outage(error: BaseException) -> bool:
    """Whether it is the database that cannot, whatever is asked of it: it is full, or has no connection left.

    A connection lost amid the work is none: what was asked for may itself have been too much.
    """
    if not isinstance(error, DBAPIError):
        return isinstance(error, PoolTimeout)
    return getattr(error.orig, "pgcode", None) in _OUTAGE_SQLSTATES

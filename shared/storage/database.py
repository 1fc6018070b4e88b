"""A service's database: transactions for writing, snapshots for reading, and what kind of fault an error is."""

import threading
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from hashlib import blake2b

from sqlalchemy import ARRAY, BigInteger, Boolean, Engine, bindparam, func, select
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from shared.storage.prepared import Prepared, unaided
from shared.storage.session import Outdated, Session

_PASSING_SQLSTATES = ("40", "55P03", "57", "08", "53")  # serialization, lock, shutdown, connection, resources
_OUTAGE_SQLSTATES = ("53100", "53300", "57P03")  # disk full, too many connections, starting or shutting down
_BEGIN = b"BEGIN ISOLATION LEVEL READ COMMITTED"
_BEGIN_READING = b"BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"
_CLAIMED = func.pg_try_advisory_xact_lock(func.unnest(bindparam("numbers", type_=ARRAY(BigInteger))), type_=Boolean)
_CLAIM = Prepared(select(_CLAIMED))


class Database:
    """One service's engine, and the sessions over it."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self._claims: set[str] = set()
        self._guard = threading.Lock()

    @contextmanager
    def transaction(self, *claims: str) -> Iterator[Session]:
        """A session in one transaction, committed at the end or rolled back on any error.

        `claims` name work that only one transaction may do at a time; raises Claimed at once where another does any.
        """
        with self._claimed(claims), self._session() as session:
            if claims and session.dialect == "postgresql":
                numbers = [_number(each) for each in claims]
                if not all(mine for (mine,) in session.ask(_CLAIM, {"numbers": numbers})):
                    raise Claimed(*claims)
            yield session

    @contextmanager
    def snapshot(self) -> Iterator[Session]:
        """A session for reading only, all of it as of one moment; nothing it does is kept."""
        if _is_postgresql(self.engine):
            with self._begun(_BEGIN_READING) as session:
                yield session
            return
        with self.engine.connect().execution_options(reads_only=True) as connection:
            connection.begin()
            with Session(connection) as session:
                yield session

    @contextmanager
    def _session(self) -> Iterator[Session]:
        """A session whose transaction is committed at the end."""
        if _is_postgresql(self.engine):
            with self._begun(_BEGIN) as session:
                yield session
                session.commit()
            return
        with self.engine.begin() as connection, Session(connection) as session:
            yield session
            session.flush()

    @contextmanager
    def _begun(self, begin: bytes) -> Iterator[Session]:
        """A session on PostgreSQL whose transaction is begun along with its first statement and never outlasts it."""
        with self.engine.connect() as connection, unaided(connection), Session(connection, begin) as session:
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


def _is_postgresql(engine: Engine) -> bool:
    return engine.dialect.name == "postgresql"


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

"""A database and a login per service in PostgreSQL. Every statement may be made again: what is there stays."""

from collections.abc import Iterator
from contextlib import closing, contextmanager

import psycopg2
from psycopg2 import sql
from psycopg2.extensions import cursor

CONNECT_SECONDS = 5


@contextmanager
def administration(url: str) -> Iterator[cursor]:
    """Give a cursor of the administrator outside any transaction, as CREATE DATABASE asks for."""
    with closing(psycopg2.connect(url, connect_timeout=CONNECT_SECONDS)) as connection:
        connection.autocommit = True
        with connection.cursor() as statements:
            yield statements


def shut_common_databases(statements: cursor) -> None:
    """Keep every login but the administrator out of the databases that belong to no service."""
    statements.execute("REVOKE ALL ON DATABASE postgres, template1 FROM PUBLIC")


def make_login_and_database(statements: cursor, name: str, password: str) -> None:
    """Make a login with this password and a database of the same name that no other login may enter."""
    login = sql.Identifier(name)
    if not _exists(statements, "SELECT 1 FROM pg_roles WHERE rolname = %s", name):
        statements.execute(sql.SQL("CREATE ROLE {} LOGIN").format(login))
    statements.execute(sql.SQL("ALTER ROLE {} PASSWORD {}").format(login, sql.Literal(password)))
    if not _exists(statements, "SELECT 1 FROM pg_database WHERE datname = %s", name):
        statements.execute(sql.SQL("CREATE DATABASE {} OWNER {}").format(login, login))
    statements.execute(sql.SQL("REVOKE ALL ON DATABASE {} FROM PUBLIC").format(login))


def _exists(statements: cursor, query: str, name: str) -> bool:
    statements.execute(query, (name,))
    return statements.fetchone() is not None

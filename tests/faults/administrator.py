"""The administrator of the private database, by whom it is put into trouble."""

from collections.abc import Iterator
from contextlib import closing, contextmanager

import psycopg2
from psycopg2.extensions import connection as Connection  # noqa: N812 - a class in fact
from psycopg2.extensions import cursor
from sqlalchemy import make_url

from tests.faults.stage import Stage


def connected(stage: Stage, service: str) -> Connection:
    """A connection of the administrator to a service's database."""
    admin = make_url(stage.servers.database.admin_url)
    database = make_url(stage.stack.installation.services[service].database_url).database
    return psycopg2.connect(
        host=admin.host, port=admin.port, user=admin.username, password=admin.password, dbname=database,
        application_name="test", connect_timeout=5,
    )  # fmt: skip


@contextmanager
def transaction(stage: Stage, service: str) -> Iterator[cursor]:
    """A transaction in a service's database that is rolled back in the end."""
    with closing(connected(stage, service)) as held, held.cursor() as statements:
        yield statements
        held.rollback()


def one(statements: cursor, query: str, *given: object) -> object:
    """The one value of a query."""
    statements.execute(query, given)
    row = statements.fetchone()
    assert row is not None
    return row[0]

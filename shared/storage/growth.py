"""Having PostgreSQL look at tables that have grown, before its own autovacuum comes by.

Until it has looked once it takes a company's rows for a handful, and finds a row among all of them rather than by its
key; and a table that was small when a plan was made is read as a whole. Autovacuum looks a minute or more after a table
began to grow; this looks at one that has doubled, which is soon in the first minutes, and seldom from then on.
"""

from sqlalchemy import text

from shared.storage.database import Claimed, Database

FEW, MANY = 50, 1_000_000
"""Fewer rows are read as fast in any way; of more, autovacuum knows by then, and to look at them may take a while."""
_DOUBLED = text(
    "SELECT quote_ident(stat.schemaname) || '.' || quote_ident(stat.relname) "
    "FROM pg_stat_user_tables AS stat JOIN pg_class ON pg_class.oid = stat.relid "
    "WHERE stat.n_live_tup > 2 * greatest(pg_class.reltuples, :few) AND stat.n_live_tup < :many ORDER BY stat.relname"
)


def look_at_what_grew(database: Database) -> list[str]:
    """Have each table looked at that has doubled since the last time; which ones. On SQLite there is no need to."""
    if database.engine.dialect.name != "postgresql":
        return []
    try:
        with database.transaction("statistics") as session:
            grown = [str(name) for name in session.scalars(_DOUBLED.bindparams(few=FEW, many=MANY))]
            for name in grown:
                session.execute(text(f"ANALYZE (SKIP_LOCKED) {name}"))
    except Claimed:
        return []
    return grown

"""The base of sales' tables."""

from shared.storage.rows import Row, service_metadata


class Base(Row):
    """Every row of sales."""

    metadata = service_metadata()

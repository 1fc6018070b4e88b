"""The base of finance's tables."""

from shared.storage.rows import Row, service_metadata


class Base(Row):
    """Every row of finance."""

    metadata = service_metadata()
